import ArgumentParser
import Foundation
import NeuronikaBenchmarking

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Measure everything once (the default).",
    discussion: """
      Each benchmark is verified, then measured in rounds of one turn each, in an order drawn anew \
      for each round, together with what the machine can do at most. Tables, losses and figures go \
      to a folder. Beside the losses stand those of PyTorch from the same weights and batches, if \
      --python or python3 has it (with --quick: --python only). At the end stands what changed since \
      the last run of the same machine and build; that is a hint, no verdict: `ab` gives one.

      \(exitStatuses)
      """)

  @OptionGroup var options: BenchOptions
  @OptionGroup var judging: JudgingOptions
  @OptionGroup var build: BuildOptions
  @OptionGroup var peers: PeerOptions

  @Flag(help: "Append the medians to results/bench/runs.csv, which `bench history` reads.")
  var record = false

  @Option(help: ArgumentHelp("Compare with a baseline, as `check` does.", valueName: "name"))
  var baseline: String?

  func run() throws {
    if record { try build.requireRelease("run --record") }
    if baseline != nil { try build.requireRelease("run --baseline \(baseline!)") }
    try MainActor.assumeIsolated {
      if options.dryRun { return try listChosen(options) }
      let standard = try baseline.map { try BaselineStore.standard.load($0) }
      var surroundings = begin(options)
      if let standard { try refuseForeign(standard, surroundings) }
      let peer = try LossPeer(peers, options, &surroundings)
      defer { peer?.quit() }
      let results = try Results(options.out, surroundings)
      defer { results.discard() }
      let measured = try survey(options, surroundings, results, beside: peer)
      let table = try summarize(measured, threads: surroundings.fingerprint.threads, results)
      for format in try options.formats { table.print(as: format) }

      var status = ExitStatus.success
      var sections = [table.markdown]
      if !measured.peaks.isEmpty {
        let peaks = measured.peaks.map { "\($0.id) \($0.bytes / 1_000_000) MB" }
        let sentence = "Peak memory of a process that trains: " + peaks.joined(separator: " · ")
        say("\n" + sentence)
        sections.append(sentence)
      }
      if let standard {
        let (comparison, added, removed) = check(measured, standard, surroundings, judging.policy)
        sections.append(try present(comparison, options, results, added: added, removed: removed))
        status = comparison.exitStatus(isStrict: judging.strict)
      } else if let note = sinceLastRun(measured, surroundings, judging.policy) {
        say("\n" + note)
        sections.append(note)
      }
      let store = BaselineStore(results.path)
      try store.save(measured.baseline(surroundings), as: "run")
      if record { try RunHistory.standard.append(measured, surroundings) }
      try report(surroundings, sections, options, results)
      try results.settle()
      try Conclusion.conclude(status)
    }
  }
}

/// `--dry-run`: what would be measured, and how often.
func listChosen(_ options: BenchOptions) throws {
  let chosen = try options.selection.benchmarks
  for benchmark in chosen { print(benchmark.id) }
  print("\n\(chosen.count) benchmarks, \(options.rounds) rounds; nothing was measured.")
}

/// Draws the figures and writes `report.md`, which can be pasted into a pull request.
func report(
  _ surroundings: Surroundings, _ sections: [String], _ options: BenchOptions, _ results: Results
) throws {
  if !options.noPlots { results.draw() }
  let plots = results.path + "/plots"
  let pictures = ((try? FileManager.default.contentsOfDirectory(atPath: plots)) ?? [])
    .filter { $0.hasSuffix(".png") }.sorted()
  let figures = pictures.map { "![\($0.dropLast(4))](plots/\($0))" }
  let text = (["# bench", surroundings.line] + sections + figures).joined(separator: "\n\n") + "\n"
  try results.write("report.md", text)
}

/// What changed since the last run of the same fingerprint, in a sentence; nil if there was none.
private func sinceLastRun(
  _ measured: Measured, _ surroundings: Surroundings, _ policy: Policy
) -> String? {
  let folders = (try? FileManager.default.contentsOfDirectory(atPath: Folder.standard)) ?? []
  // Their names begin with the time.
  for name in folders.sorted(by: >) where !name.hasSuffix(".running") {
    guard let last = try? BaselineStore(Folder.standard + "/" + name).load("run"),
      last.fingerprint == surroundings.fingerprint
    else { continue }
    let comparison = check(measured, last, surroundings, policy).comparison
    guard comparison.exitStatus() != .nothingCompared else { continue }
    let since = "Since \(last.utc)" + (last.revision.map { " (\($0))" } ?? "") + ": "
    if !comparison.movedControls.isEmpty {
      return since + "the machine is not what it was; times can't be compared."
    }
    func names(_ outcome: Verdict.Outcome) -> String? {
      let own = comparison.verdicts.filter { $0.outcome == outcome }
      if own.isEmpty { return nil }
      let words = own.map { "\($0.id) (× \(String(format: "%.2f", $0.ratio)))" }
      return "\(outcome.rawValue) " + words.joined(separator: ", ")
    }
    let changed = [names(.regressed), names(.improved)].compactMap { $0 }
    let counters = comparison.changes.keys.sorted()
    return since + (changed.isEmpty ? "no time changed" : changed.joined(separator: " · "))
      + (counters.isEmpty ? "." : " · exact counters changed: " + counters.joined(separator: ", "))
  }
  return nil
}
