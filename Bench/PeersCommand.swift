import ArgumentParser
import Foundation
import NeuronikaBenchmarking

struct PeersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peers",
    abstract: "Measure the same work in PyTorch, JAX and NumPy, in turns.",
    discussion: """
      The peers are PyTorch (eager; with channels last, where there are convolutions; and by \
      torch.compile), JAX (jitted) and NumPy (by hand, where there are only linear layers). One \
      that is missing, or can't do a task, is named and skipped.

      Each peer is one process that does a turn on request, from the same initial weights and \
      batches. Before anything is timed its first 20 losses have to agree within 1e-4. Then come \
      rounds of one turn each, in an order drawn anew for each round, with a pause between turns in \
      which the others' threads go to sleep.

      With --agreement nothing is timed: operations, layers, losses, optimizers and schedules are \
      compared with PyTorch's on random cases, in values and gradients, which have to agree within \
      1e-4 of the greatest element.

      \(exitStatuses)
      """)

  @OptionGroup var peers: PeerOptions

  @Option(help: ArgumentHelp("Pause between turns, in milliseconds.", valueName: "ms"))
  var pause = 60

  @Flag(help: "Compare values and gradients instead of times.")
  var agreement = false

  @Option(help: "With --agreement: how many cases a family has at least, like all losses.")
  var cases = 200

  @OptionGroup var options: BenchOptions

  func validate() throws {
    if pause < 50 { throw ValidationError("--pause must be at least 50.") }
    if cases < 1 { throw ValidationError("--cases must be at least 1.") }
  }

  func run() throws {
    try MainActor.assumeIsolated {
      if agreement {
        try compareSubjects(options, python: peers.path, count: cases)
      } else {
        try compare(options, python: peers.path, pause: Double(pause) / 1000)
      }
    }
  }
}

/// PyTorch with images in another order in memory: beside PyTorch where there are convolutions.
private let channelsLast = "PyTorch channels-last"

private func compare(_ options: BenchOptions, python: String, pause: Double) throws {
  let tasks = try options.selection.tasks
  do { try Peer.executable(python) } catch {
    throw NothingCompared(description: "nothing compared: \(error)")
  }
  var surroundings = begin(options)

  let work = tasks.map { (task: $0, data: TrainingData($0, seed: options.selection.seed)) }
  let file = temporaryFile("tasks")
  defer { try? FileManager.default.removeItem(at: file) }
  try writeTasks(work, to: file)

  var peers: [Peer] = []
  defer { for peer in peers { peer.quit() } }
  for (framework, name) in [
    ("torch", "PyTorch"), ("torch-channels-last", channelsLast),
    ("torch-compile", "PyTorch compile"), ("jax", "JAX"), ("numpy", "NumPy"),
  ] where name != channelsLast || tasks.contains(where: \.isConvolutional) {
    do {
      let peer = try Peer(
        framework: framework, tasks: file, threads: surroundings.fingerprint.threads,
        python: python)
      peers.append(peer)
      // Its ways to compute share a version: those of `PyTorch compile` and `PyTorch`.
      surroundings.libraries[String(peer.name.prefix { $0 != " " })] = peer.version
      print("peer: \(peer.name) \(peer.version)")
    } catch { print("skipped: \(name): \(error)") }
  }
  guard !peers.isEmpty else {
    throw NothingCompared(
      description: "nothing compared: no peer is there. `--python` names a Python that has one")
  }
  let results = try Results(options.out, surroundings)
  defer { results.discard() }

  var random = SplitMix(seed: options.selection.seed)
  var (rows, limits): ([[String]], [[String]]) = ([], [])
  var (comparisons, samples, history) = ([[String]](), [[String]](), [[String]]())
  for (task, data) in work {
    let step = TrainingStep(task, seed: options.selection.seed, data: data)
    let trainer = step.trainer
    var notes: [String] = []
    let ours = try verify(trainer)
    history += step.history()
    var able: [Peer] = []
    for peer in peers where peer.name != channelsLast || task.isConvolutional {
      progress("\(task.id): preparing \(peer.name)")
      do {
        notes.append("\(peer.name) \(try peer.prepare(task))")
      } catch {
        progress(nil)
        print("skipped: \(task.id): \(error)")
        continue
      }
      let theirs = try PeerHistory(task, peer, seed: options.selection.seed, beside: ours)
      notes[notes.count - 1] += String(format: ", losses within %.0e", theirs.worst)
      history += theirs.rows
      able.append(peer)
    }
    progress(nil)
    if able.isEmpty { continue }
    print("\n\(task.id): \(task.summary) · " + notes.joined(separator: " · "))

    // The same number of steps for all: 150 ms of ours, but no more than 1.5 s of the slowest. The
    // pause cools the clock and the caches; fewer steps would measure that.
    let seconds = options.quick ? 0.04 : 0.15
    var steps = stepsPerTurn(trainer, seconds: seconds)
    let slowest = try able.map { try $0.time(task, warmup: 2, steps: 10) }.max()!
    steps = max(3, min(steps, Int(seconds * 10e9 / slowest)))
    var sides: [(name: String, time: (_ warmup: Int) throws -> Double)] = [
      ("neuronika", { trainer.time(warmup: $0, steps: steps) })
    ]
    sides += able.map { peer in
      (peer.name, { try peer.time(task, warmup: $0, steps: steps) })
    }
    if let limit = Limit(task) {
      sides.append(("limit", { limit.time(warmup: $0, steps: steps) }))
    }
    var times = [[Double]](repeating: [], count: sides.count)
    for round in 0..<options.rounds {
      for side in times.indices.shuffled(using: &random) {
        Thread.sleep(forTimeInterval: pause)
        times[side].append(try sides[side].time(steps / 10 + 2))
      }
      progress("\(task.id): round \(round + 1) of \(options.rounds)")
    }
    progress(nil)

    for (side, sideTimes) in zip(sides, times) {
      samples += sideTimes.enumerated().map {
        sampleRow(task.id, side.name, round: $0, Turn(nanoseconds: $1, iterations: steps))
      }
    }
    if sides.count > able.count + 1 {
      limits.append(limitRow(task, ours: times[0], limit: times.last!))
    }
    for (peer, theirs) in zip(able, times.dropFirst()) {
      let comparison = PeerComparison(task, peer.name, ours: times[0], theirs: theirs)
      rows.append(comparison.row)
      comparisons.append(comparison.record)
    }
  }

  guard !rows.isEmpty else {
    throw NothingCompared(description: "nothing compared: no peer can do what was chosen")
  }
  print()
  let table = TextTable(
    columns: ["step", "neuronika", "peer", "", "ratio", "95 % interval", "to reach", ""],
    rows: rows)
  for format in try options.formats { table.print(as: format) }
  if !limits.isEmpty {
    print("\nThe step's own products and three times its parameters' bytes, timed alone:\n")
    printTable(["step", "neuronika", "limit", "ratio", "95 % interval"], limits)
  }
  try results.write("compare.csv", PeerComparison.columns, comparisons)
  try results.write("samples.csv", sampleColumns, samples)
  try results.write("train.csv", trainColumns, history)
  try report(surroundings, [table.markdown], options, results)
  try results.settle()
}

/// How far a step is from what it can't do without.
private func limitRow(_ task: TrainingTask, ours: [Double], limit: [Double]) -> [String] {
  let ratios = zip(ours, limit).map { $0 / $1 }
  let interval = medianInterval(ratios)!
  return [
    task.id, time(median(ours)), time(median(limit)), String(format: "%.3f", median(ratios)),
    String(format: "%.3f … %.3f", interval.lowerBound, interval.upperBound),
  ]
}

/// The rounds of two sides.
private struct PeerComparison {
  let task: TrainingTask
  let peer: String
  let ours: [Double]
  let theirs: [Double]
  let ratio: Double
  let interval: ClosedRange<Double>

  init(_ task: TrainingTask, _ peer: String, ours: [Double], theirs: [Double]) {
    (self.task, self.peer, self.ours, self.theirs) = (task, peer, ours, theirs)
    let ratios = zip(ours, theirs).map { $0 / $1 }
    ratio = median(ratios)
    interval = medianInterval(ratios)!
  }

  /// Whether the upper end of the interval is below the figure to reach, and that figure.
  var goal: (text: String, isMet: Bool)? {
    switch task.goal {
    case .nanoseconds(let most):
      ("≤ " + time(most), medianInterval(ours)!.upperBound <= most)
    case .ratios(let most):
      most[peer].map { ("≤ " + String(format: "%.2f", $0), interval.upperBound <= $0) }
    case nil: nil
    }
  }

  var row: [String] {
    [
      task.id, time(median(ours)), peer, time(median(theirs)), String(format: "%.3f", ratio),
      String(format: "%.3f … %.3f", interval.lowerBound, interval.upperBound), goal?.text ?? "",
      goal.map { $0.isMet ? "met" : "missed" } ?? "",
    ]
  }

  static let columns = [
    "benchmark", "peer", "rounds", "neuronika_median_ns", "neuronika_min_ns", "peer_median_ns",
    "peer_min_ns", "ratio", "ratio_low", "ratio_high",
  ]

  var record: [String] {
    [task.id, peer, "\(ours.count)"]
      + [median(ours), ours.min()!, median(theirs), theirs.min()!].map { decimal($0) }
      + [ratio, interval.lowerBound, interval.upperBound].map { String(format: "%.5f", $0) }
  }
}
