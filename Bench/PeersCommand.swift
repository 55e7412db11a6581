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

  let peers = Peer.all(tasks: file, threads: surroundings.fingerprint.threads, python: python) {
    $0 != Peer.channelsLast || tasks.contains(where: \.isConvolutional)
  }
  defer { for peer in peers { peer.quit() } }
  guard !peers.isEmpty else {
    throw NothingCompared(
      description: "nothing compared: no peer is there. `--python` names a Python that has one")
  }
  for peer in peers { surroundings.note(peer) }
  let results = try Results(options.out, surroundings)
  defer { results.discard() }

  var measurement = PeerMeasurement(peers, options, pause: pause)
  for (task, data) in work {
    try measurement.measure(TrainingStep(task, seed: options.selection.seed, data: data))
  }
  guard !measurement.comparisons.isEmpty else {
    throw NothingCompared(description: "nothing compared: no peer can do what was chosen")
  }
  print()
  let table = TextTable(
    columns: PeerComparison.tableColumns, rows: measurement.comparisons.map(\.row))
  for format in try options.formats { table.print(as: format) }
  if !measurement.limits.isEmpty {
    print("\nThe step's own products and three times its parameters' bytes, timed alone:\n")
    printTable(
      ["step", "neuronika", "limit", "ratio", "95 % interval"],
      measurement.limits.map { task, times in
        [task.id, time(median(times.ours)), time(median(times.theirs))] + times.words
      })
  }
  try results.write(
    "compare.csv", PeerComparison.columns, measurement.comparisons.map(\.record))
  try results.write("samples.csv", sampleColumns, measurement.samples)
  try results.write("train.csv", LossHistory.columns, measurement.history)
  try report(surroundings, [table.markdown], options, results)
  try results.settle()
}
