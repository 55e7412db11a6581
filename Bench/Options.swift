import ArgumentParser
import Foundation
import NeuronikaBenchmarking

/// What is measured.
struct Selection: ParsableArguments {
  @Option(help: ArgumentHelp("Only benchmarks whose name contains this.", valueName: "text"))
  var filter: String?

  @Option(help: ArgumentHelp("No benchmarks whose name contains this.", valueName: "text"))
  var skip: String?

  @Option(help: "How many random models to add.")
  var random = 0

  @Option(help: "Seed of the random models, the data and the order of turns.")
  var seed: UInt64 = 1

  func validate() throws {
    if random < 0 { throw ValidationError("--random must not be negative.") }
  }

  /// Whether a name is chosen.
  func chooses(_ name: String) -> Bool {
    (filter.map { name.contains($0) } ?? true) && !(skip.map { name.contains($0) } ?? false)
  }

  /// What was chosen, by name.
  ///
  /// - Throws: `UsageFailure` if that is nothing.
  func choose<Thing>(_ all: [Thing], _ name: (Thing) -> String) throws -> [Thing] {
    let chosen = all.filter { chooses(name($0)) }
    if chosen.isEmpty {
      let words = [filter.map { "--filter \($0)" }, skip.map { "--skip \($0)" }]
      throw UsageFailure(
        description: "nothing is left by \(words.compactMap { $0 }.joined(separator: " and ")): "
          + "`bench list` lists the names")
    }
    return chosen
  }
}

/// How it is measured, and where the results go.
struct BenchOptions: ParsableArguments {
  @OptionGroup var selection: Selection

  @Flag(help: "Fewer and shorter turns: a look, not a measurement.")
  var quick = false

  @Option(name: .customLong("rounds"), help: "How many rounds, at least 6. (default: 30, quick 12)")
  var givenRounds: Int?

  @Option(help: ArgumentHelp("The least time of a turn. (default: 10, quick 1)", valueName: "ms"))
  var minTime: Double?

  @Option(
    help: ArgumentHelp("No new round after so long; 6 of a stage there are anyway.", valueName: "s")
  )
  var maxTime: Double?

  @Option(help: "Threads to compute with. (default: the engine's choice)")
  var threads: Int?

  @Option(help: "Folder for the results. (default: results/bench/<utc>-<revision>)")
  var out: String?

  @Option(
    help: ArgumentHelp(
      "What is printed: table, csv, md, json, several by commas.", valueName: "f,…"))
  var format = "table"

  @Flag(help: "Write no figures.")
  var noPlots = false

  @Flag(help: "Say what would be measured, and measure nothing.")
  var dryRun = false

  var rounds: Int { givenRounds ?? (quick ? 12 : 30) }

  var formats: [Format] {
    get throws {
      try format.split(separator: ",").map { word in
        guard let format = Format(rawValue: String(word)) else {
          throw ValidationError("--format knows table, csv, md and json, not \"\(word)\".")
        }
        return format
      }
    }
  }

  /// The least time of a turn in nanoseconds.
  func target(_ clock: any BenchmarkClock) -> Double {
    Calibration.target(for: clock, wished: (minTime ?? (quick ? 1 : 10)) * 1e6)
  }

  /// Tells, each time it is asked, whether all time for rounds has passed since now.
  func timeLimit(_ clock: any BenchmarkClock) -> () -> Bool {
    let start = clock.now()
    return { maxTime.map { clock.now() - start > $0 * 1e9 } ?? false }
  }

  func validate() throws {
    if rounds < 6 { throw ValidationError("--rounds must be at least 6: fewer give no interval.") }
    if let minTime, !(minTime > 0) { throw ValidationError("--min-time must be above 0.") }
    if let maxTime, !(maxTime > 0) { throw ValidationError("--max-time must be above 0.") }
    _ = try formats
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

/// When a difference is one.
struct JudgingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Differences below are none.", valueName: "%"))
  var threshold = 3.0

  @Flag(help: "Fail on inconclusive benchmarks, too.")
  var strict = false

  func validate() throws {
    guard threshold > 0, threshold < 100 else {
      throw ValidationError("--threshold is a percentage above 0 and below 100.")
    }
  }

  var policy: Policy {
    var policy = Policy()
    policy.threshold = threshold / 100
    return policy
  }
}

/// What wants a release build, since what it keeps or refuses is read by others.
struct BuildOptions: ParsableArguments {
  @Flag(help: "Go on in a debug build, too.")
  var allowDebug = false

  /// - Parameter command: What was typed after `bench`.
  func requireRelease(_ command: String) throws {
    if Surroundings.isRelease || allowDebug { return }
    throw UsageFailure(
      description:
        "`bench \(command)` wants a release build: swift run -c release bench \(command) "
        + "(or add --allow-debug)")
  }
}

/// How a table is printed.
enum Format: String { case table, csv, md, json }
