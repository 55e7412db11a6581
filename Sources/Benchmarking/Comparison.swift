// How a comparison comes to its word:
//
//   Benchmark ──LocalSide──▶ Side ─┐                        ┌──▶ Verdict (one a benchmark)
//   another revision ──────▶ Side ─┴─▶ Rounds ──▶ [Round] ──┤
//                                        │ (CSV, as they    └──▶ controls moved? void
//                                        ▼  come)                     │
//                     screen, 12 rounds ──▶ decision, fresh ones      ▼
//                                                           Comparison.exitStatus
//
// The unit is the round, not the sample: both sides within moments, in the order ABBA or BAAB. The
// screen only sorts out what is equivalent. Table, files and exit status are made from the same
// verdicts.

/// Two sides that have been compared, with all that was measured.
public struct Comparison {
  /// What is said about each benchmark, in the order they were given.
  public let verdicts: [Verdict]
  /// The same about the controls, over all rounds.
  public let controls: [Verdict]
  /// All rounds, in the order they were done.
  public let rounds: [Round]
  /// How many benchmarks the screen did not find equivalent.
  public let decided: Int
  /// The counters that changed, by benchmark. Empty where none were compared.
  public var changes: [String: [Counters.Change]] = [:]

  /// A comparison of what was measured elsewhere.
  ///
  /// - Parameters:
  ///   - verdicts: What is said about each benchmark.
  ///   - controls: The same about the controls.
  ///   - rounds: The rounds behind them, if there are any.
  ///   - decided: How many benchmarks a screen did not find equivalent.
  public init(
    verdicts: [Verdict], controls: [Verdict] = [], rounds: [Round] = [], decided: Int = 0
  ) {
    self.verdicts = verdicts
    self.controls = controls
    self.rounds = rounds
    self.decided = decided
  }

  /// The controls that moved: the machine was not the same for both sides.
  public var movedControls: [Verdict] {
    controls.filter { $0.outcome == .regressed || $0.outcome == .improved }
  }

  /// What the program is to end with.
  ///
  /// - Parameter isStrict: Whether an inconclusive benchmark is a failure.
  public func exitStatus(isStrict: Bool = false) -> ExitStatus {
    if verdicts.isEmpty { return .nothingCompared }
    // Counters are exact: no unquiet machine excuses them.
    if !changes.isEmpty { return .regression }
    if !movedControls.isEmpty { return .void }
    if verdicts.contains(where: { $0.outcome == .regressed }) { return .regression }
    if isStrict, verdicts.contains(where: { $0.outcome == .inconclusive }) { return .inconclusive }
    return .success
  }
}

extension Comparison {
  /// What is being done, for a progress line.
  public struct Progress: Sendable {
    /// Whether this is the screen; else the decision.
    public let isScreen: Bool
    /// Rounds done.
    public let done: Int
    /// Rounds of this stage.
    public let total: Int
    /// How many benchmarks are in this stage.
    public let benchmarks: Int
  }

  /// Compares two sides.
  ///
  /// - Parameters:
  ///   - ids: The benchmarks that both have.
  ///   - controls: Those that watch the machine, measured in every round.
  ///   - rounds: The two sides.
  ///   - target: The least time of a turn, in nanoseconds.
  ///   - policy: What counts as a difference.
  ///   - isOver: Asked after each round of a stage from the 6th on; true ends the stage, as when time
  ///     is up. Fewer rounds would say nothing at all.
  ///   - progress: Is told after each round.
  ///   - record: Gets the rounds as they come, so that a run that is killed leaves what it has.
  public init(
    _ ids: [String], controls: [String], in rounds: Rounds, target: Double, policy: Policy,
    isOver: () -> Bool = { false }, progress: (Progress) -> Void = { _ in },
    record: ([Round]) throws -> Void = { _ in }
  ) throws {
    var rounds = rounds
    var all: [Round] = []
    try rounds.prepare(ids + controls, target: target)
    func measure(_ ids: [String], _ count: Int, isScreen: Bool) throws -> [Evidence] {
      let start = all.count
      for done in 0..<count {
        if done >= 6, isOver() { break }
        let new = try rounds.round(ids + controls)
        all += new
        try record(new)
        progress(
          Progress(isScreen: isScreen, done: done + 1, total: count, benchmarks: ids.count))
      }
      let byName = Dictionary(grouping: all[start...], by: \.id)
      return ids.map { Evidence(byName[$0]!) }
    }

    let screened = Verdict.judge(
      try measure(ids, ids.isEmpty ? 0 : policy.screenRounds, isScreen: true), policy)
    let open = screened.filter { $0.outcome != .equivalent }.map(\.id)
    let decided = Verdict.judge(
      try measure(open, open.isEmpty ? 0 : policy.decisionRounds, isScreen: false), policy)
    let words = Dictionary(uniqueKeysWithValues: decided.map { ($0.id, $0) })

    let byName = Dictionary(grouping: all, by: \.id)
    self.init(
      verdicts: screened.map { words[$0.id] ?? $0 },
      controls: Verdict.judge(
        controls.compactMap { byName[$0].map { Evidence($0).withoutFloor } }, policy),
      rounds: all, decided: open.count)
  }
}

extension Evidence {
  /// A control that wanders on its own is what it is there to tell, so its floor is no excuse.
  fileprivate var withoutFloor: Evidence {
    Evidence(id: id, logRatios: logRatios, sameSide: [], baseNanoseconds: baseNanoseconds)
  }
}
