import Foundation

extension Comparison {
  /// Compares fresh series with those of a baseline. Weaker than both sides in turns: nothing cancels
  /// what the machine did differently then, so the base's own uncertainty widens every bound, and a
  /// control that moved makes it void.
  ///
  /// - Parameters:
  ///   - baseline: What is compared with.
  ///   - series: What was measured now.
  ///   - counters: What an iteration does now, by benchmark.
  ///   - dependent: Counters that depend on the libraries' versions, compared only if those are equal.
  ///   - libraries: The versions now.
  ///   - policy: What counts as a difference.
  /// - Returns: The comparison, with the benchmarks that only one of both has.
  public static func with(
    _ baseline: Baseline, _ series: [Series], counters: [String: Counters],
    dependent: Set<String> = [], libraries: [String: String], policy: Policy
  ) -> (comparison: Comparison, added: [String], removed: [String]) {
    let entries = Dictionary(uniqueKeysWithValues: baseline.entries.map { ($0.series.id, $0) })
    func evidence(isControl: Bool) -> [Evidence] {
      series.compactMap { series in
        guard let entry = entries[series.id], entry.isControl == isControl,
          !entry.series.turns.isEmpty
        else { return nil }
        return Evidence(series, against: entry.series, hasFloor: !isControl)
      }
    }
    var comparison = Comparison(
      verdicts: Verdict.judge(evidence(isControl: false), policy),
      controls: Verdict.judge(evidence(isControl: true), policy), rounds: [], decided: 0)
    comparison.changes = changes(
      baseline, counters, ignoring: libraries == baseline.libraries ? [] : dependent)
    return (
      comparison, counters.keys.filter { entries[$0] == nil }.sorted(),
      entries.keys.filter { counters[$0] == nil && !entries[$0]!.isControl }.sorted()
    )
  }

  /// The counters that differ from those of a baseline, by benchmark. Only benchmarks of both.
  public static func changes(
    _ baseline: Baseline, _ counters: [String: Counters], ignoring: Set<String> = []
  ) -> [String: [Counters.Change]] {
    var changes: [String: [Counters.Change]] = [:]
    for entry in baseline.entries {
      guard let now = counters[entry.series.id] else { continue }
      let changed = now.changes(since: entry.counters).filter { !ignoring.contains($0.name) }
      if !changed.isEmpty { changes[entry.series.id] = changed }
    }
    return changes
  }
}

extension Evidence {
  /// Turns against the median of earlier ones.
  fileprivate init(_ head: Series, against base: Series, hasFloor: Bool) {
    let middle = base.median
    let interval = base.interval ?? middle...middle
    let neighbours = [base, head].flatMap { series in
      zip(series.times, series.times.dropFirst()).map { log($1 / $0) }
    }
    self.init(
      id: head.id, logRatios: head.times.map { log($0 / middle) },
      sameSide: hasFloor ? neighbours : [], baseNanoseconds: middle,
      uncertainty: max(log(interval.upperBound / middle), log(middle / interval.lowerBound)))
  }
}
