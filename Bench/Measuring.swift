import Foundation
import NeuronikaBenchmarking

/// What has been measured by itself: the same for `run`, `check` and `baseline save`.
struct Measured {
  let benchmarks: [Benchmark]
  let series: [Series]
  let counters: [String: Counters]
  /// The most bytes that a process needs which trains, by benchmark.
  var peaks: [(id: String, bytes: Int)] = []

  /// To be compared with later.
  func baseline(_ surroundings: Surroundings) -> Baseline {
    let controls = Set(benchmarks.filter(\.isControl).map(\.id))
    return Baseline(
      utc: surroundings.utc, revision: surroundings.revision,
      fingerprint: surroundings.fingerprint, libraries: surroundings.libraries,
      entries: series.map {
        Baseline.Entry(
          $0, isControl: controls.contains($0.id), counters: counters[$0.id] ?? Counters())
      })
  }
}

/// Verifies, counts and measures what was chosen, and writes `samples.csv` and `train.csv` meanwhile.
///
/// - Parameter peer: Whose losses are to stand beside ours.
func survey(
  _ options: BenchOptions, _ surroundings: Surroundings, _ results: Results,
  beside peer: LossPeer? = nil
) throws -> Measured {
  let chosen = try options.selection.chosen
  let threads = surroundings.fingerprint.threads
  let benchmarks =
    chosen.benchmarks + MachineLimits.benchmarks(threads: threads) + Benchmark.controls
  let clock = SystemClock()
  let side = LocalSide("neuronika", benchmarks, clock: clock)

  var counters: [String: Counters] = [:]
  for (index, benchmark) in benchmarks.enumerated() {
    progress("verifying \(index + 1) of \(benchmarks.count): \(benchmark.id)")
    let ready = try side.prepare(benchmark.id)
    try ready.verify()
    counters[benchmark.id] = ready.count()
  }
  let train = try results.table("train.csv", LossHistory.columns)
  for step in chosen.steps {
    progress("losses of \(step.task.id)")
    let ours = step.history()
    try train.append(ours.rows)
    if let theirs = try peer?.history(of: step.task, beside: ours) { try train.append(theirs.rows) }
  }
  // Not while anything is timed.
  peer?.quit()

  let samples = try results.table("samples.csv", sampleColumns)
  var remaining = Remaining()
  progress("calibrating and warming up")
  var survey = Survey(side, seed: options.selection.seed)
  let series = try survey.measure(
    benchmarks.map(\.id), rounds: options.rounds, target: options.target(clock),
    isOver: options.timeLimit(clock),
    progress: { done in
      if done == 1 { remaining = Remaining() }
      let left = remaining.text(done: done - 1, of: options.rounds - 1)
      progress("round \(done) of \(options.rounds)\(left)")
    },
    record: { round, turns in
      try samples.append(turns.map { sampleRow($0.id, side.name, round: round, $0.turn) })
    })
  var measured = Measured(benchmarks: benchmarks, series: series, counters: counters)
  for step in chosen.steps where !step.task.id.hasPrefix("random") {
    progress("memory of \(step.task.id)")
    measured.peaks.append((step.task.id, try OwnMemory.ofTraining(step.task.id, steps: 50)))
  }
  progress(nil)
  return measured
}

/// The table of what was measured, and `summary.csv`.
func summarize(_ measured: Measured, threads: Int, _ results: Results) throws -> TextTable {
  let roofline = Roofline(measured.series, threads: threads, measured.benchmarks)
  var table = TextTable(
    columns: ["benchmark", "median", "min", "95 % interval", "rate", "of the limit", "disturbed"])
  var rows: [[String]] = []
  for (benchmark, series) in zip(measured.benchmarks, measured.series) {
    let (work, interval) = (benchmark.work, series.interval!)
    let share = roofline?.share(work, nanoseconds: series.median)
    let rate =
      work.flops > 0
      ? digits(work.flops / series.median) + " GFLOP/s"
      : work.bytes > 0
        ? digits(work.bytes / series.median) + " GB/s"
        : scaled(work.items / series.median * 1e9) + "\(work.unit)/s"
    table.rows.append([
      series.id, time(series.median), time(series.least),
      "\(time(interval.lowerBound)) … \(time(interval.upperBound))", rate,
      benchmark.group == "limits"
        ? "" : share.map { String(format: "%.0f %% \($0.limit)", $0.share * 100) } ?? "",
      series.disturbed == 0 ? "" : "\(series.disturbed) of \(series.turns.count)",
    ])
    rows.append(
      [series.id, benchmark.group, "neuronika"]
        + [series.median, series.least, interval.lowerBound, interval.upperBound].map {
          decimal($0)
        }
        + [String(format: "%.0f", work.flops), String(format: "%.0f", work.bytes)]
        + [String(format: "%.0f", work.items), work.unit]
        + (share.map { [String(format: "%.4f", $0.share), $0.limit] } ?? ["", ""]))
  }
  try results.write(
    "summary.csv",
    [
      "benchmark", "group", "implementation", "median_ns", "min_ns", "low_ns", "high_ns", "flops",
      "moved_bytes", "items", "item", "limit_share", "limit",
    ], rows)
  try results.write(
    "memory.csv", ["benchmark", "peak_bytes"], measured.peaks.map { [$0.id, "\($0.bytes)"] })
  let counted = measured.benchmarks.flatMap { benchmark in
    (measured.counters[benchmark.id] ?? Counters()).values.sorted { $0.key < $1.key }.map {
      [benchmark.id, $0.key, "\($0.value)"]
    }
  }
  try results.write("counters.csv", ["benchmark", "counter", "count"], counted)
  return table
}
