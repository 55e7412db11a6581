import ArgumentParser
import Foundation
import Neuronika
import NeuronikaBenchmarking

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Measure the training steps (the default).",
    discussion: exitStatuses)

  @OptionGroup var options: BenchOptions

  func run() throws { try MainActor.assumeIsolated { try measure(options) } }
}

/// Measures all benchmarks in rounds of one turn each, in an order drawn anew for each round.
private func measure(_ options: BenchOptions) throws {
  let tasks = try options.selection.tasks
  let surroundings = begin(options)
  let report = try Report(options.out, surroundings)
  defer { report.discard() }
  var random = SplitMix(seed: options.selection.seed)

  let trainers = tasks.map { Trainer($0, TrainingData($0, seed: options.selection.seed)) }
  var history: [[String]] = []
  for trainer in trainers {
    try verify(trainer)
    history += record(trainer, seed: options.selection.seed)
  }
  let steps = trainers.map { stepsPerTurn($0, seconds: 0.02) }
  var samples = trainers.map { _ in [Double]() }
  for round in 0..<options.rounds {
    for index in trainers.indices.shuffled(using: &random) {
      let warmup = steps[index] / 10 + 2
      samples[index].append(trainers[index].time(warmup: warmup, steps: steps[index]))
    }
    progress("round \(round + 1) of \(options.rounds)")
  }
  progress(nil)

  var rows: [[String]] = []
  var summary: [[String]] = []
  for (task, times) in zip(tasks, samples) {
    let (middle, least) = (median(times), times.min()!)
    let interval = medianInterval(times)!
    rows.append([
      task.id, time(middle), time(least),
      "\(time(interval.lowerBound)) … \(time(interval.upperBound))",
      digits(task.flops / middle), digits(Double(task.batch) / middle * 1e9),
    ])
    summary.append(
      [task.id, "neuronika"]
        + [middle, least, interval.lowerBound, interval.upperBound].map { decimal($0) }
        + [String(format: "%.0f", task.flops), "\(task.batch)"])
  }
  printTable(["step", "median", "min", "95 % interval", "GFLOP/s", "rows/s"], rows)
  try report.write(
    "summary.csv",
    [
      "benchmark", "implementation", "median_ns", "min_ns", "low_ns", "high_ns", "products_flop",
      "rows",
    ], summary)
  try report.write(
    "samples.csv", ["benchmark", "implementation", "round", "steps", "step_ns"],
    zip(tasks, zip(steps, samples)).flatMap { task, turn in
      turn.1.enumerated().map { round, sample in
        [task.id, "neuronika", "\(round)", "\(turn.0)", decimal(sample)]
      }
    })
  try report.write("train.csv", trainColumns, history)
  try report.settle()
}

let trainColumns = ["benchmark", "implementation", "seed", "step", "seconds", "loss"]

/// Sets the threads and prints the head line.
func begin(_ options: BenchOptions, isTiming: Bool = true) -> Surroundings {
  if let threads = options.threads { setThreads(threads) }
  let surroundings = Surroundings(threads: options.threads ?? Surroundings.defaultThreads)
  print("neuronika bench · \(surroundings.line)")
  if isTiming, surroundings.load > 0.5 {
    print("The machine is busy (load \(digits(surroundings.load))): times will be too long.")
  }
  print()
  return surroundings
}

/// Refuses to time a step whose losses are wrong: they have to be finite and the same, bit for
/// bit, the second time, and a step has to lower the loss of its batch.
///
/// - Returns: The first 20 losses.
@discardableResult
func verify(_ trainer: Trainer) throws -> [Float] {
  let (first, second) = (trainer.losses(20), trainer.losses(20))
  func fail(_ what: String) -> WrongResult {
    WrongResult(description: "\(trainer.task.id): \(what)\n  \(trainer.task.summary)")
  }
  if let step = first.firstIndex(where: { !$0.isFinite }) {
    throw fail("the loss of step \(step) is \(first[step])")
  }
  if let step = zip(first, second).enumerated().first(where: { $1.0 != $1.1 })?.offset {
    throw fail("step \(step) has a loss of \(first[step]), but \(second[step]) when run again")
  }
  trainer.reset()
  let (before, after) = (trainer.step(0), trainer.step(0))
  if after > before {
    throw fail("a step raised the loss of its own batch from \(before) to \(after)")
  }
  return first
}

/// A result that is wrong, so that its time means nothing. Exit status 6.
struct WrongResult: Error, CustomStringConvertible {
  let description: String
}

/// The loss against steps and seconds, from the initial weights.
func record(_ trainer: Trainer, seed: UInt64) -> [[String]] {
  trainer.reset()
  let start = ContinuousClock.now
  return (0..<100).map { step in
    let loss = trainer.step(step)
    let seconds = (ContinuousClock.now - start).nanoseconds / 1e9
    return [
      trainer.task.id, "neuronika", "\(seed)", "\(step)", String(format: "%.6f", seconds),
      "\(loss)",
    ]
  }
}

/// As many steps as take about so long, and at least 3.
func stepsPerTurn(_ trainer: Trainer, seconds: Double) -> Int {
  var steps = 3
  while true {
    let nanoseconds = trainer.time(warmup: 2, steps: steps)
    if nanoseconds * Double(steps) > 5e6 || steps >= 100_000 {
      return min(max(Int(seconds * 1e9 / nanoseconds), 3), 100_000)
    }
    steps *= 2
  }
}

/// A line on a terminal that the next one replaces; nothing elsewhere.
func progress(_ text: String?) {
  fflush(nil)
  guard isatty(2) != 0 else { return }
  FileHandle.standardError.write(Data("\r\u{1b}[K\(text ?? "")".utf8))
}

nonisolated extension String {
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(width - count, 0))
  }
}
