/// Whole numbers that say what an iteration did: equal for equal work, on a busy machine too. They
/// are compared with tolerance 0.
public struct Counters: Codable, Equatable, Sendable, ExpressibleByDictionaryLiteral {
  /// The numbers by name, like `plan_steps`.
  public var values: [String: Int]

  /// No counters.
  public init() { values = [:] }

  /// - Parameter elements: Names and numbers; no name twice.
  public init(dictionaryLiteral elements: (String, Int)...) {
    values = Dictionary(uniqueKeysWithValues: elements)
  }

  /// - Parameter values: The numbers by name.
  public init(_ values: [String: Int]) { self.values = values }

  /// Reads an object of whole numbers.
  public init(from decoder: any Decoder) throws {
    values = try decoder.singleValueContainer().decode([String: Int].self)
  }

  /// Writes an object of whole numbers.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }

  /// A counter that isn't what it was.
  public struct Change: Equatable, Sendable, CustomStringConvertible {
    /// The counter's name.
    public let name: String
    /// What it was; `nil` if it wasn't counted.
    public let base: Int?
    /// What it is; `nil` if it isn't counted any more.
    public let head: Int?

    /// Like `plan_steps 12 → 13`.
    public var description: String {
      "\(name) \(base.map(String.init) ?? "–") → \(head.map(String.init) ?? "–")"
    }
  }

  /// What differs from earlier counters, by name.
  public func changes(since base: Counters) -> [Change] {
    Set(values.keys).union(base.values.keys).sorted().compactMap { name in
      let (before, now) = (base.values[name], values[name])
      return before == now ? nil : Change(name: name, base: before, head: now)
    }
  }
}
