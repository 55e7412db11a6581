import ArgumentParser
import Foundation

nonisolated let exitStatuses = """
  Exit status: 0 measured · 1 internal · 2 wrong usage (where the tutorials have 64) · 5 nothing \
  compared · 6 wrong result, so nothing was timed · 73 the results can't be written.
  """

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures training steps, alone and against other implementations.",
    discussion: exitStatuses,
    subcommands: [RunCommand.self, PeersCommand.self, CopiesCommand.self, ListCommand.self],
    defaultSubcommand: RunCommand.self)
}

/// What is measured.
struct Selection: ParsableArguments {
  @Option(help: ArgumentHelp("Only benchmarks whose name contains this.", valueName: "text"))
  var filter: String?

  @Option(help: "How many random models to add.")
  var random = 0

  @Option(help: "Seed of the random models, the data and the order of turns.")
  var seed: UInt64 = 1

  func validate() throws {
    if random < 0 { throw ValidationError("--random must not be negative.") }
  }
}

/// What is measured, and how.
struct BenchOptions: ParsableArguments {
  @OptionGroup var selection: Selection

  @Option(help: "How many rounds, at least 6.")
  var rounds = 30

  @Option(help: "Threads to compute with (default: the engine's choice).")
  var threads: Int?

  @Option(help: "Folder for the results (default: results/bench/<utc>-<revision>).")
  var out: String?

  func validate() throws {
    if rounds < 6 { throw ValidationError("--rounds must be at least 6: fewer give no interval.") }
    guard let threads else { return }
    if threads < 1 { throw ValidationError("--threads must be at least 1.") }
    let processors = ProcessInfo.processInfo.activeProcessorCount
    if threads > processors {
      throw ValidationError(
        processors == 1
          ? "--threads \(threads): there is only 1 processor."
          : "--threads \(threads): there are only \(processors) processors.")
    }
  }
}

extension Selection {
  /// The benchmarks that were chosen.
  @MainActor var tasks: [TrainingTask] {
    get throws {
      let all = trainingSteps + randomModels(random, seed: seed)
      let chosen = all.filter { task in filter.map { task.id.contains($0) } ?? true }
      if chosen.isEmpty {
        throw ValidationError(
          "No benchmark's name contains \"\(filter ?? "")\". `bench list` lists them.")
      }
      return chosen
    }
  }
}

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the benchmarks.")

  @OptionGroup var selection: Selection

  func run() throws {
    try MainActor.assumeIsolated {
      for task in try selection.tasks { print(task.id.padded(to: 18), task.summary) }
    }
  }
}
