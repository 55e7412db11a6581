// How a verb comes from the command line to its exit status:
//
//   run, check, baseline save
//     Selection ──▶ Chosen ──LocalSide──▶ Survey ──▶ Measured ──▶ summarize, check ──┐
//                  (Suites/)               │  samples.csv, train.csv                 │
//   ab, aa                                 ▼  as they come                           ▼
//     Revision ──▶ ProcessSide × 2 ──▶ compareSides ──▶ Comparison ──▶ present ──▶ Results ──▶ Folder
//                  (`bench turns`)            rounds.csv                             │
//   peers                                                                            ▼
//     Trainer, Peer ──▶ PeerMeasurement ──▶ PeerComparison ───────────────────▶ Plots, report.md
//   publish
//     the folders of run and peers ──▶ results/gallery/bench ──▶ the README's performance section
//
// What decides (rounds, sign tests, verdicts, baselines) is in `Sources/Benchmarking`; here is what is
// measured, and what is printed. A verb ends by returning, or by throwing: `exitStatus(of:)` knows
// which error is which status, and a `Conclusion` is a status whose reasons were told already.

import ArgumentParser
import NeuronikaBenchmarking

nonisolated let exitStatuses =
  "Exit status: "
  + ExitStatus.allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: " · ")
  + " · 73 the results can't be written."

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures Neuronika, alone, against other revisions and against other frameworks.",
    discussion: exitStatuses,
    subcommands: [
      RunCommand.self, ListCommand.self, PeersCommand.self, CopiesCommand.self, ABCommand.self,
      AACommand.self, CheckCommand.self, BaselineCommand.self, TimeToAccuracyCommand.self,
      GoldenCommand.self, HistoryCommand.self, PlotCommand.self, PublishCommand.self,
      SelftestCommand.self, EnvironmentCommand.self, TurnsCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  /// A first word that is no verb would be taken for an argument of `run`, which has none.
  static func refuseUnknownVerb(_ word: String?) throws {
    let verbs = configuration.subcommands.compactMap { $0.configuration.commandName }
    guard let word, !word.hasPrefix("-"), word != "help", !verbs.contains(word) else { return }
    let shown = verbs.filter { $0 != TurnsCommand.configuration.commandName }
    throw UsageFailure(
      description: "there is no verb \"\(word)\": bench knows " + shown.joined(separator: ", "))
  }
}

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the benchmarks.")

  @OptionGroup var selection: Selection

  func run() throws {
    try MainActor.assumeIsolated {
      let chosen = try selection.benchmarks
      let width = chosen.map(\.id.count).max()!
      var group = ""
      for benchmark in chosen {
        if benchmark.group != group { print((group.isEmpty ? "" : "\n") + benchmark.group) }
        group = benchmark.group
        print("  " + benchmark.id.padded(to: width + 2) + benchmark.summary)
      }
    }
  }
}

struct EnvironmentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "env", abstract: "Print where and how would be measured, as in env.json.")

  @Option(help: "Threads to compute with. (default: the engine's choice)")
  var threads: Int?

  func run() throws {
    try MainActor.assumeIsolated {
      let surroundings = Surroundings(threads: threads ?? Surroundings.defaultThreads)
      print(String(decoding: try surroundings.json, as: UTF8.self))
    }
  }
}
