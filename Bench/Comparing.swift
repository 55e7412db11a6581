import NeuronikaBenchmarking

/// The columns of `compare.csv`, and those of the turns behind it.
private let compareColumns = [
  "benchmark", "is_control", "outcome", "rounds", "base_ns", "ratio", "ratio_low", "ratio_high",
  "tolerance", "floor", "p_value", "smallest_visible",
]
private let roundColumns = [
  "benchmark", "side", "round", "is_base_outside", "turn", "iterations", "iteration_ns",
  "interruptions",
]

/// Compares two sides and writes the rounds to `rounds.csv` as they come.
///
/// - Parameters:
///   - names: What is compared.
///   - controls: What watches the machine.
func compareSides(
  _ names: [String], controls: [String], base: any Side, head: any Side,
  target: Double, policy: Policy, seed: UInt64, isOver: () -> Bool = { false }, _ results: Results?
) throws -> Comparison {
  let file = try results?.table("rounds.csv", roundColumns)
  var remaining = Remaining()
  progress("calibrating and warming up")
  defer { progress(nil) }
  return try Comparison(
    names, controls: controls,
    in: Rounds(base: base, head: head, seed: seed), target: target,
    policy: policy, isOver: isOver,
    progress: { stage in
      if stage.done == 1 { remaining = Remaining() }
      let left = remaining.text(done: stage.done - 1, of: stage.total - 1)
      progress(
        (stage.isScreen ? "screen" : "decision on \(stage.benchmarks)")
          + ": round \(stage.done) of \(stage.total)\(left)")
    },
    record: { rounds in
      try file?.append(
        rounds.flatMap { round in
          [("base", round.base), ("head", round.head)].flatMap { side, turns in
            turns.enumerated().map { index, turn in
              [
                round.id, side, "\(round.number)", "\(round.baseIsOutside)", "\(index)",
                "\(turn.iterations)", decimal(turn.nanoseconds), "\(turn.interruptions)",
              ]
            }
          }
        })
    })
}

/// Prints the table and the word, and writes `compare.csv`.
///
/// - Returns: The same as Markdown.
func present(
  _ comparison: Comparison, _ options: BenchOptions, _ results: Results?, added: [String] = [],
  removed: [String] = [], remarks: [String] = [], isSilent: Bool = false
) throws -> String {
  let table = comparison.table
  let notes = comparison.notes(added: added, removed: removed) + remarks
  if !isSilent {
    say()
    for format in try options.formats { table.print(as: format) }
    for note in notes { say(note) }
  }
  let all = comparison.verdicts.map { ($0, false) } + comparison.controls.map { ($0, true) }
  try results?.write(
    "compare.csv", compareColumns,
    all.map { verdict, isControl in
      func number(_ value: Double?) -> String {
        value.map { $0.isFinite ? "\($0)" : "" } ?? ""
      }
      return [verdict.id, "\(isControl)", verdict.outcome.rawValue, "\(verdict.rounds)"]
        + [
          verdict.baseNanoseconds, verdict.ratio, verdict.interval?.lowerBound,
          verdict.interval?.upperBound, verdict.tolerance, verdict.floor, verdict.pValue,
          verdict.smallestVisible,
        ].map(number)
    })
  return ([table.markdown] + notes.map { "- " + $0 }).joined(separator: "\n")
}

extension Comparison {
  /// A row for each benchmark and each control.
  fileprivate var table: TextTable {
    TextTable(
      columns: [
        "benchmark", "base", "ratio", "95 % interval", "tolerance", "verdict", "visible from",
        "rounds",
      ],
      rows: (verdicts + controls).map { verdict in
        [
          verdict.id, time(verdict.baseNanoseconds), String(format: "%.3f", verdict.ratio),
          verdict.interval.map {
            String(format: "%.3f … %.3f", $0.lowerBound, $0.upperBound)
          } ?? "–", percent(verdict.tolerance), verdict.outcome.rawValue,
          percent(verdict.smallestVisible), "\(verdict.rounds)",
        ]
      })
  }

  /// What else is to be said, in sentences.
  fileprivate func notes(added: [String], removed: [String]) -> [String] {
    var notes: [String] = []
    for (id, changes) in self.changes.sorted(by: { $0.key < $1.key }) {
      notes.append("\(id): " + changes.map(\.description).joined(separator: ", "))
    }
    if !changes.isEmpty {
      notes.append("Exact counters changed. If that was meant, save the baseline anew.")
    }
    if !added.isEmpty { notes.append("only in head: " + added.joined(separator: ", ")) }
    if !removed.isEmpty { notes.append("only in base: " + removed.joined(separator: ", ")) }
    for control in movedControls {
      notes.append(
        "\(control.id) moved (× \(String(format: "%.3f", control.ratio))): the machine wasn't the "
          + "same for both sides, so the run is void.")
    }
    let open = verdicts.filter { $0.outcome == .inconclusive }
    if !open.isEmpty, open.allSatisfy({ !$0.smallestVisible.isFinite }) {
      notes.append(
        "\(open[0].rounds) rounds of \(open.count) benchmarks can name nothing, however slow it is. "
          + "Give more by --rounds, or choose by --filter.")
    }
    let disturbed = rounds.count(where: \.isDisturbed)
    if disturbed > 0 {
      notes.append(
        "\(disturbed) of \(rounds.count) rounds were disturbed by other work; all count.")
    }
    return notes
  }
}
