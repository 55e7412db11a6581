import ArgumentParser
import Foundation
import NeuronikaBenchmarking

extension BaselineStore {
  /// Where baselines are unless told otherwise.
  nonisolated static let standard = BaselineStore(Folder.standard + "/baselines")
}

struct FolderOptions: ParsableArguments {
  @Option(help: "Folder of the baselines. (default: results/bench/baselines)")
  var folder: String?

  var store: BaselineStore { folder.map { BaselineStore($0) } ?? .standard }
}

struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline", abstract: "Keep runs to compare later ones with.",
    subcommands: [Save.self, List.self, Show.self, Remove.self])

  struct Save: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measure, and keep the times and counters under a name.")

    @Argument(help: "Letters, digits, '-', '_' and '.'.")
    var name: String
    @Flag(help: "Keep the exact counters only: measures no time.")
    var counters = false
    @OptionGroup var options: BenchOptions
    @OptionGroup var build: BuildOptions
    @OptionGroup var folder: FolderOptions

    func run() throws {
      try build.requireRelease("baseline save \(name)")
      try MainActor.assumeIsolated {
        if options.dryRun { return try listChosen(options) }
        let path = try folder.store.path(name)
        let surroundings = begin(options, isTiming: !counters)
        if counters {
          let measured = Measured(
            benchmarks: [], series: try options.selection.benchmarks.map { Series($0.id) },
            counters: try count(options))
          try folder.store.save(measured.baseline(surroundings), as: name)
          return say("baseline: \(path)")
        }
        let results = try Results(options.out, surroundings)
        defer { results.discard() }
        let measured = try survey(options, surroundings, results)
        let table = try summarize(measured, threads: surroundings.fingerprint.threads, results)
        for format in try options.formats { table.print(as: format) }
        try folder.store.save(measured.baseline(surroundings), as: name)
        try BaselineStore(results.path).save(measured.baseline(surroundings), as: "run")
        try report(surroundings, [table.markdown], options, results)
        try results.settle()
        say("baseline: \(path)")
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the baselines.")

    @OptionGroup var folder: FolderOptions

    func run() throws {
      MainActor.assumeIsolated {
        let store = folder.store
        if store.names.isEmpty { print("no baselines in \(store.folder)") }
        for name in store.names {
          do {
            let baseline = try store.load(name)
            print(
              name.padded(to: 16), baseline.utc, baseline.revision ?? "",
              "\(baseline.entries.count) benchmarks", baseline.fingerprint.processor)
          } catch { print(name.padded(to: 16), "\(error)") }
        }
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print a baseline.")

    @Argument var name: String
    @OptionGroup var folder: FolderOptions

    func run() throws {
      try MainActor.assumeIsolated {
        let baseline = try folder.store.load(name)
        let fingerprint = baseline.fingerprint
        print(
          "\(name) · \(baseline.utc) · \(baseline.revision ?? "unknown revision") · "
            + "\(fingerprint.processor), \(fingerprint.instructionSet) · "
            + "\(fingerprint.threads) threads · \(fingerprint.build) build\n")
        printTable(
          ["benchmark", "median", "min", "95 % interval", "turns"],
          baseline.entries.map { entry in
            let series = entry.series
            if series.turns.isEmpty { return [series.id, "–", "–", "counters only", "0"] }
            return [
              series.id, time(series.median), time(series.least),
              series.interval.map { "\(time($0.lowerBound)) … \(time($0.upperBound))" } ?? "–",
              "\(series.turns.count)",
            ]
          })
      }
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Delete a baseline.")

    @Argument var name: String
    @OptionGroup var folder: FolderOptions

    func run() throws { try folder.store.remove(name) }
  }
}

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Measure, and compare with a baseline of this machine.",
    discussion: """
      Weaker than `ab`, which measures both sides in turns: whatever the machine did differently \
      when the baseline was saved looks like a difference, unless the controls show it. Counters are \
      exact, on any machine; --counters compares nothing else.

      \(exitStatuses)
      """)

  @Option(help: "The baseline's name.")
  var baseline: String
  @Flag(help: "Compare the exact counters only: measures no time.")
  var counters = false
  @OptionGroup var options: BenchOptions
  @OptionGroup var judging: JudgingOptions
  @OptionGroup var build: BuildOptions
  @OptionGroup var folder: FolderOptions

  func run() throws {
    if !counters { try build.requireRelease("check --baseline \(baseline)") }
    try MainActor.assumeIsolated {
      if options.dryRun { return try listChosen(options) }
      let standard = try folder.store.load(baseline)
      let surroundings = begin(options, isTiming: !counters)
      if counters { return try checkCounters(options, standard, surroundings) }
      try refuseForeign(standard, surroundings)
      let results = try Results(options.out, surroundings)
      defer { results.discard() }
      let measured = try survey(options, surroundings, results)
      _ = try summarize(measured, threads: surroundings.fingerprint.threads, results)
      let (comparison, added, removed) = check(measured, standard, surroundings, judging.policy)
      let text = try present(comparison, options, results, added: added, removed: removed)
      try report(surroundings, [text], options, results)
      try results.settle()
      try Conclusion.conclude(comparison.exitStatus(isStrict: judging.strict))
    }
  }
}

/// Counters that depend on the version of oneDNN. The engine counts what it asks for, not how that is
/// done, so there are none so far.
private let dependentCounters: Set<String> = []

/// Compares what was measured with a baseline.
func check(
  _ measured: Measured, _ baseline: Baseline, _ surroundings: Surroundings, _ policy: Policy
) -> (comparison: Comparison, added: [String], removed: [String]) {
  let limits = Set(measured.benchmarks.filter { $0.group == "limits" }.map(\.id))
  let counters = measured.counters.filter { !limits.contains($0.key) }
  let chosen = Set(measured.series.map(\.id))
  let result = Comparison.with(
    baseline, measured.series.filter { !limits.contains($0.id) },
    counters: counters.filter { id, _ in !Benchmark.controls.contains { $0.id == id } },
    dependent: dependentCounters, libraries: surroundings.libraries, policy: policy)
  // What was not chosen is not missing.
  let all = (try? Selection.parse([]).benchmarks.map(\.id)) ?? []
  return (
    result.comparison, result.added,
    result.removed.filter { !chosen.contains($0) && !all.contains($0) && !limits.contains($0) }
  )
}

/// Stops where a time of the baseline would say nothing here.
func refuseForeign(_ baseline: Baseline, _ surroundings: Surroundings) throws {
  let differences = surroundings.fingerprint.differences(from: baseline.fingerprint)
  if differences.isEmpty { return }
  throw NothingCompared(
    description: "the baseline is of another machine or setting: "
      + differences.joined(separator: "; ") + ". `ab` compares revisions on this one")
}

/// What an iteration of each benchmark that was chosen does.
private func count(_ options: BenchOptions) throws -> [String: Counters] {
  let benchmarks = try options.selection.benchmarks
  var counters: [String: Counters] = [:]
  for (index, benchmark) in benchmarks.enumerated() {
    progress("counting \(index + 1) of \(benchmarks.count): \(benchmark.id)")
    counters[benchmark.id] = try benchmark.prepare().count()
  }
  progress(nil)
  return counters
}

private func checkCounters(
  _ options: BenchOptions, _ baseline: Baseline, _ surroundings: Surroundings
) throws {
  guard surroundings.fingerprint.threads == baseline.fingerprint.threads else {
    throw NothingCompared(
      description: "the baseline's counters are those of \(baseline.fingerprint.threads) threads, "
        + "not \(surroundings.fingerprint.threads): --threads \(baseline.fingerprint.threads)")
  }
  let counters = try count(options)
  let known = Set(baseline.entries.map(\.series.id))
  let compared = counters.keys.filter(known.contains)
  if compared.isEmpty {
    throw NothingCompared(description: "the baseline holds none of these benchmarks")
  }
  let same = surroundings.libraries == baseline.libraries
  let changes = Comparison.changes(baseline, counters, ignoring: same ? [] : dependentCounters)
  for (id, changes) in changes.sorted(by: { $0.key < $1.key }) {
    print("\(id): " + changes.map(\.description).joined(separator: ", "))
  }
  print(
    changes.isEmpty
      ? "The counters of \(compared.count) benchmarks are what they were."
      : "Counters changed. If that was meant, save the baseline anew.")
  try Conclusion.conclude(changes.isEmpty ? .success : .regression)
}
