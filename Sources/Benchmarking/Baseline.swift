import Foundation

/// A run that later ones are compared with, in a JSON file.
public struct Baseline: Codable, Equatable, Sendable {
  /// The version of the file's layout.
  public static let currentSchema = 1

  /// What one benchmark took.
  public struct Entry: Codable, Equatable, Sendable {
    /// The turns.
    public var series: Series
    /// Whether it watched the machine.
    public var isControl: Bool
    /// What an iteration did.
    public var counters: Counters

    /// - Parameters:
    ///   - series: The turns.
    ///   - isControl: Whether it watched the machine.
    ///   - counters: What an iteration did.
    public init(_ series: Series, isControl: Bool, counters: Counters) {
      self.series = series
      self.isControl = isControl
      self.counters = counters
    }
  }

  /// The version of the file's layout.
  public let schema: Int
  /// When it was measured, as ISO 8601 says.
  public let utc: String
  /// The revision that was measured, if it is known.
  public let revision: String?
  /// Where it was measured.
  public let fingerprint: Fingerprint
  /// Versions of what the times and counters depend on besides, by name.
  public let libraries: [String: String]
  /// What was measured.
  public let entries: [Entry]

  /// - Parameters:
  ///   - utc: When it was measured.
  ///   - revision: The revision that was measured.
  ///   - fingerprint: Where it was measured.
  ///   - libraries: Versions of what else the numbers depend on.
  ///   - entries: What was measured.
  public init(
    utc: String, revision: String?, fingerprint: Fingerprint, libraries: [String: String],
    entries: [Entry]
  ) {
    schema = Baseline.currentSchema
    self.utc = utc
    self.revision = revision
    self.fingerprint = fingerprint
    self.libraries = libraries
    self.entries = entries
  }

  /// Why a baseline can't be used. One line each.
  public struct Failure: Error, CustomStringConvertible, Sendable {
    /// Which file, what is wrong with it, what to do.
    public let description: String
    init(_ description: String) { self.description = description }
  }
}

/// The baselines in a folder, `<name>.json` each.
public struct BaselineStore: Sendable {
  /// The folder's path.
  public let folder: String

  /// - Parameter folder: Its path. It is made when something is saved.
  public init(_ folder: String) { self.folder = folder }

  /// The names there are, sorted.
  public var names: [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }

  /// Where a baseline lies.
  ///
  /// - Throws: ``Baseline/Failure`` if the name can't name a file.
  public func path(_ name: String) throws -> String {
    let plain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    guard plain, !name.isEmpty, !name.hasPrefix(".") else {
      throw Baseline.Failure(
        "\"\(name)\" can't name a baseline: use letters, digits, '-', '_' and '.'")
    }
    return folder + "/" + name + ".json"
  }

  /// Writes a baseline; one of the name is replaced, whole or not at all.
  public func save(_ baseline: Baseline, as name: String) throws {
    let path = try path(name)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      try encoder.encode(baseline).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw Baseline.Failure("\(path) can't be written: \(error.localizedDescription)")
    }
  }

  /// Reads a baseline and believes nothing: what is missing, cut off, twice there or no time is an
  /// error that says so. A benchmark may have no turns at all, only counters.
  public func load(_ name: String) throws -> Baseline {
    let path = try path(name)
    guard let data = FileManager.default.contents(atPath: path) else {
      let known =
        names.isEmpty ? "there are none yet" : "there are " + names.joined(separator: ", ")
      throw Baseline.Failure(
        "no baseline \"\(name)\" in \(folder): \(known). `bench baseline save \(name)` makes one")
    }
    func fail(_ what: String) -> Baseline.Failure {
      Baseline.Failure("\(path) \(what); `bench baseline save \(name)` makes it anew")
    }
    let baseline: Baseline
    do {
      let schema = try JSONDecoder().decode(Schema.self, from: data).schema
      guard schema == Baseline.currentSchema else {
        throw fail("has schema \(schema), this program reads \(Baseline.currentSchema)")
      }
      baseline = try JSONDecoder().decode(Baseline.self, from: data)
    } catch let error as DecodingError {
      throw fail(BaselineStore.describe(error))
    }
    if baseline.entries.isEmpty { throw fail("holds no benchmark") }
    var seen: Set<String> = []
    for series in baseline.entries.map(\.series) {
      if !seen.insert(series.id).inserted { throw fail("holds \"\(series.id)\" twice") }
      guard series.turns.isEmpty || series.turns.count >= 6 else {
        throw fail("has \(series.turns.count) turns of \"\(series.id)\", fewer than 6")
      }
      for turn in series.turns where !(turn.nanoseconds > 0 && turn.nanoseconds.isFinite) {
        throw fail("has a turn of \"\(series.id)\" that took \(turn.nanoseconds) ns")
      }
    }
    return baseline
  }

  /// Deletes a baseline.
  public func remove(_ name: String) throws {
    let path = try path(name)
    guard FileManager.default.fileExists(atPath: path) else {
      throw Baseline.Failure("no baseline \"\(name)\" in \(folder)")
    }
    try FileManager.default.removeItem(atPath: path)
  }

  private struct Schema: Decodable { let schema: Int }

  private static func describe(_ error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
    switch error {
    case .dataCorrupted: return "is cut off or no JSON"
    case .keyNotFound(let key, let context):
      return "has no `\(place(context.codingPath + [key]))`"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "has something else than expected at `\(place(context.codingPath))`"
    @unknown default: return "can't be understood"
    }
  }
}
