import ArgumentParser
import Foundation
import NeuronikaBenchmarking

struct ABCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ab", abstract: "Compare two revisions, in turns.",
    discussion: """
      Builds both for release, each in a folder of its own, then launches each twice for each round, \
      and lets them take turns at each benchmark, in the order base, head, head, base or the reverse. \
      What a first look of 12 rounds doesn't find equivalent is measured again in fresh ones, as many \
      as --rounds says, and only those decide.

      \(exitStatuses)
      """)

  @Argument(help: "The revision to compare with.")
  var base: String
  @Argument(help: "The revision in question. (default: the working tree)")
  var head: String?
  @OptionGroup var options: BenchOptions
  @OptionGroup var judging: JudgingOptions

  func run() throws {
    try MainActor.assumeIsolated {
      let revisions = try (Revision.named(base), head.map(Revision.named) ?? .workingTree)
      if options.dryRun {
        print("\(revisions.0.name) against \(revisions.1.name):")
        return try listChosen(options)
      }
      let surroundings = begin(options)
      let paths = try (revisions.0.build(), revisions.1.build())
      try compareExecutables(
        (revisions.0.name, paths.0), (revisions.1.name, paths.1), options, judging, surroundings)
    }
  }
}

struct AACommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aa", abstract: "Compare this program with itself: how calm is the machine?",
    discussion: "Whatever differs here is a false alarm.\n\n" + exitStatuses)

  @OptionGroup var options: BenchOptions
  @OptionGroup var judging: JudgingOptions

  func run() throws {
    try MainActor.assumeIsolated {
      if options.dryRun { return try listChosen(options) }
      let surroundings = begin(options)
      let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
      try compareExecutables(("this", path), ("this again", path), options, judging, surroundings)
    }
  }
}

/// Launches both in turns.
private func compareExecutables(
  _ base: (name: String, path: String), _ head: (name: String, path: String),
  _ options: BenchOptions, _ judging: JudgingOptions, _ surroundings: Surroundings
) throws {
  let sides = (
    ProcessSide(base.name, base.path, options, surroundings),
    ProcessSide(head.name, head.path, options, surroundings)
  )
  let (ours, theirs) = try (sides.1.list(), sides.0.list())
  let both = ours.filter(Set(theirs).contains)
  let controls = Benchmark.controls.map(\.id).filter(both.contains)
  let names = both.filter { !controls.contains($0) && options.selection.chooses($0) }
  if names.isEmpty { throw NothingCompared(description: "both have no benchmark of the choice") }
  let results = try Results(options.out, surroundings)
  defer { results.discard() }
  defer { for side in [sides.0, sides.1] { side.end() } }
  say("base: \(base.name) · head: \(head.name) · \(names.count) benchmarks")
  var policy = judging.policy
  policy.decisionRounds = options.rounds
  let clock = SystemClock()
  let comparison = try compareSides(
    names, controls: controls, base: sides.0, head: sides.1, target: options.target(clock),
    policy: policy, seed: options.selection.seed, isOver: options.timeLimit(clock), results)
  let before = try sides.0.counters(names)
  // Between revisions a changed counter explains a time; it is no regression by itself.
  let remarks = try sides.1.counters(names).sorted { $0.key < $1.key }.compactMap { id, now in
    let changes = now.changes(since: before[id] ?? Counters())
    return changes.isEmpty ? nil : "\(id): " + changes.map(\.description).joined(separator: ", ")
  }
  let text = try present(
    comparison, options, results, added: ours.filter { !theirs.contains($0) },
    removed: theirs.filter { !ours.contains($0) }, remarks: remarks)
  try report(
    surroundings, ["base \(base.name), head \(head.name)", text], options, results)
  try results.settle()
  try Conclusion.conclude(comparison.exitStatus(isStrict: judging.strict))
}
