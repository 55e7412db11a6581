/// What is measured: a name, the work that one iteration does, and how to get ready for it.
public struct Benchmark {
  /// Names it everywhere: in tables, files, `--filter`.
  public let id: String
  /// What it belongs to, like `training` or `operations`.
  public let group: String
  /// Sizes and settings in a few words, for readers.
  public let summary: String
  /// What one iteration does.
  public let work: Work
  /// Whether it is there to watch the machine: its code is never what changes.
  public let isControl: Bool
  /// Makes the data and whatever else takes time once. Runs before anything is timed, and again for
  /// every side.
  public let prepare: () throws -> Prepared

  /// The work of one iteration, in the units in which machines have limits.
  public struct Work: Codable, Equatable, Sendable {
    /// How many things are worked on, and what they are: 128 `rows`.
    public var items: Double
    /// What the items are.
    public var unit: String
    /// Floating-point operations that can't be left out; 0 if it isn't about them.
    public var flops: Double
    /// Bytes that have to be read or written at least; 0 if it isn't about them.
    public var bytes: Double

    /// - Parameters:
    ///   - items: How many things an iteration works on.
    ///   - unit: What they are.
    ///   - flops: Floating-point operations.
    ///   - bytes: Bytes that have to move.
    public init(items: Double = 1, unit: String = "", flops: Double = 0, bytes: Double = 0) {
      self.items = items
      self.unit = unit
      self.flops = flops
      self.bytes = bytes
    }
  }

  /// A benchmark with its data in place.
  public struct Prepared {
    /// Runs so many iterations. Only this is timed.
    public let run: (_ iterations: Int) -> Void
    /// Runs before each turn, so that all turns start from the same state.
    public let reset: () -> Void
    /// Throws a ``WrongResult`` if what it computes is wrong.
    public let verify: () throws -> Void
    /// What one iteration in the steady state does, counted by the program that is measured.
    public let count: () -> Counters

    /// - Parameters:
    ///   - run: Runs so many iterations.
    ///   - reset: Runs before each turn.
    ///   - verify: Throws a ``WrongResult`` if what it computes is wrong.
    ///   - count: What one iteration does in the steady state, counted exactly.
    public init(
      run: @escaping (_ iterations: Int) -> Void, reset: @escaping () -> Void = {},
      verify: @escaping () throws -> Void = {}, count: @escaping () -> Counters = { Counters() }
    ) {
      self.run = run
      self.reset = reset
      self.verify = verify
      self.count = count
    }
  }

  /// - Parameters:
  ///   - id: Letters, digits, `-`, `.`, `/` and `_`; no blanks, so that it is one word everywhere.
  ///   - group: What it belongs to.
  ///   - summary: Sizes and settings in a few words.
  ///   - work: What one iteration does.
  ///   - isControl: Whether it is there to watch the machine.
  ///   - prepare: Makes the data and whatever else takes time once.
  public init(
    _ id: String, group: String, summary: String = "", work: Work = Work(),
    isControl: Bool = false, prepare: @escaping () throws -> Prepared
  ) {
    let plain = id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-./_".contains($0)) }
    guard plain, !id.isEmpty else {
      fatalError("Benchmark: \"\(id)\" is no name; use letters, digits, '-', '.', '/' and '_'")
    }
    self.id = id
    self.group = group
    self.summary = summary
    self.work = work
    self.isControl = isControl
    self.prepare = prepare
  }
}

/// A result that is wrong, so that its time means nothing.
public struct WrongResult: Error, CustomStringConvertible, Sendable {
  /// Which benchmark, what it gave, and what was expected.
  public let description: String

  /// - Parameter description: Which benchmark, what it gave, and what was expected.
  public init(_ description: String) { self.description = description }
}
