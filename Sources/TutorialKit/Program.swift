import Foundation

/// The parent: runs the tutorial as a child and writes the document, or weaves, checks, promotes.
struct Program<Options: NotebookOptions> {
  private let options: RunOptions
  private let resume: String?
  private let settings: [String: String]
  private let places: Places
  private let started = Date()
  private var console = Console()

  init(_ options: Options, file: String) {
    self.options = options.run
    resume = options.resume
    settings = options.settings
    places = Places(file: file)
  }

  func runAndExit() -> Never {
    var program = self
    do {
      exit(try program.run())
    } catch {
      writeAll(Array("\(error.description)\n".utf8), to: STDERR_FILENO)
      exit(error.status)
    }
  }

  private mutating func run() throws(NotebookError) -> Int32 {
    // A reader that goes away (`| head`, a missing blahtexml) must not end the run.
    signal(SIGPIPE, SIG_IGN)
    if options.promote { return try promote() }
    if let weave = options.weave {
      let folder = URL(fileURLWithPath: weave).standardizedFileURL.path
      let result = try Weaver(directory: folder).weave(current: places.source)
      return report(result, in: folder, failing: options.check ? check(result) : [])
    }
    var folder = RunFolder(places.output(options))
    try folder.prepare(resuming: resume)
    let arguments = Array(CommandLine.arguments.dropFirst())
    let status = try supervise(in: folder.running, arguments, seed: options.seed)
    let result = try Weaver(directory: folder.running).weave(current: places.source)
    let provenance = Provenance(
      document: result.document, arguments: arguments, threads: options.threads,
      package: places.package, started: started)
    let json = JSON.encode(provenance, pretty: true)
    try save(String(decoding: json, as: UTF8.self) + "\n", folder.running + "/provenance.json")
    let failing = options.check ? check(result) : []
    let place = try folder.settle()
    let reported = report(result, in: place, failing: failing)
    if place != folder.final, exists(folder.final) {
      console.line("  The earlier run in \(shortened(folder.final)) is left as it was.")
    }
    if status != 0 { offerToGoOn(arguments, from: "\(place)/\(RunFolder.checkpoint)") }
    return status == 0 ? max(reported, result.document.status) : status
  }

  private mutating func supervise(
    in directory: String, _ arguments: [String], seed: UInt64, quietly: Bool = false
  ) throws(NotebookError) -> Int32 {
    let header = RunHeader(
      name: places.name, file: URL(fileURLWithPath: places.file).lastPathComponent,
      source: places.source ?? "", seed: seed, quick: options.quick, settings: settings,
      program: CommandLine.arguments.first?.split(separator: "/").last.map(String.init))
    if header.source.isEmpty {
      console.line("\(places.file) is not there: the document will hold outputs only.")
    }
    var supervisor = Supervisor(directory: directory, header: header, arguments: arguments)
    supervisor.isQuiet = quietly
    return try supervisor.run(console: &console)
  }

  private func check(_ result: Weaver.Result) -> [Document.Problem] {
    let base = "\(places.expected)/\(Expectations.file(for: result.document))"
    guard let data = FileManager.default.contents(atPath: base + ".json") else {
      return result.problems + [
        .init(message: "no expectation recorded: \(shortened(base)).json is missing (--promote)")
      ]
    }
    guard let expected = try? JSON.decode(Expectations.self, from: data) else {
      return result.problems + [.init(message: "\(shortened(base)).json can't be read")]
    }
    let words = try? String(contentsOfFile: base + ".md", encoding: .utf8)
    return result.problems
      + expected.problems(of: result.document, words: words)
  }

  /// Says where the document lies, and what is wrong with it.
  private mutating func report(
    _ result: Weaver.Result, in folder: String, failing: [Document.Problem]
  ) -> Int32 {
    for warning in result.warnings { console.line(console.dim("warning: \(warning)")) }
    let header = result.document.header
    let took = clock(Date().timeIntervalSince(started))
    let status = result.document.status
    let (sign, color) =
      status == 130 ? ("■", 33) : status == 0 && failing.isEmpty ? ("✓", 32) : ("✗", 31)
    let what = "\(header.name)\(header.quick ? " (quick)" : "")"
    console.line("")
    console.line(
      "\(console.styled(sign, color)) \(console.bold(what))  "
        + console.dim("seed \(header.seed), \(took)"))
    for ending in ["html", "md", "ipynb"] {
      console.line("  \(shortened(folder))/\(header.name).\(ending)")
    }
    for fault in result.document.faults {
      console.line("  \(console.styled("✗", 31)) \(fault.message), in cell \(fault.cell ?? 0)")
    }
    guard options.check else { return 0 }
    if failing.isEmpty {
      console.line("  Everything is as expected.")
      return 0
    }
    console.line("\n  --check found \(failing.count == 1 ? "a fault" : "\(failing.count) faults"):")
    for problem in failing {
      let place = problem.cell.map { "cell \($0)" } ?? "run"
      console.line("  • \(place): \(problem.message)")
    }
    return 1
  }

  /// Says how to go on with an interrupted training.
  private mutating func offerToGoOn(_ arguments: [String], from checkpoint: String) {
    guard exists(checkpoint) else { return }
    var words = CommandLine.arguments.prefix(1).map { fileStem($0) }
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if word == "--resume" {
        rest = rest.dropFirst()
      } else if !word.hasPrefix("--resume=") {
        words.append(word.contains(" ") ? "'\(word)'" : word)
      }
    }
    console.line("  Go on with  swift run \(words.joined(separator: " ")) \\")
    console.line("                --resume \(shortened(checkpoint))")
  }

  /// Five seeds, each a run in a folder of its own that is deleted in the end.
  private mutating func promote() throws(NotebookError) -> Int32 {
    let scratch = NSTemporaryDirectory() + "/neuronika-promote-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    var runs: [Weaver.Result] = []
    for seed in options.seed..<options.seed + 5 {
      console.line(console.dim("seed \(seed) …"))
      let folder = "\(scratch)/seed-\(seed)"
      try makeFolder(folder)
      // Of two `--seed` the parser takes the last.
      let arguments =
        CommandLine.arguments.dropFirst().filter { $0 != "--promote" } + ["--seed", "\(seed)"]
      let status = try supervise(in: folder, arguments, seed: seed, quietly: true)
      let result = try Weaver(directory: folder).weave(current: places.source)
      guard status == 0 else {
        console.line(MarkdownWriter(result.document).text())
        throw NotebookError("Seed \(seed) ended with status \(status): nothing was promoted.")
      }
      let problems = result.problems + result.document.faults
      guard problems.isEmpty else {
        let list = problems.map { "cell \($0.cell ?? 0): \($0.message)" }
        throw NotebookError("Nothing was promoted. \(list.joined(separator: "; "))")
      }
      runs.append(result)
    }
    let base = "\(places.expected)/\(Expectations.file(for: runs[0].document))"
    let old = FileManager.default.contents(atPath: base + ".json")
      .flatMap { try? JSON.decode(Expectations.self, from: $0) }
    let new = try Expectations(runs: runs.map(\.document), replacing: old)
    try makeFolder(places.expected)
    try save(String(decoding: JSON.encode(new, pretty: true), as: UTF8.self) + "\n", base + ".json")
    try save(Expectations.masked(runs[0].markdown), base + ".md")
    let rows = new.metrics.sorted { $0.key < $1.key }.map { name, band in
      [name, significant(band.median), significant(band.low), significant(band.high)]
        + [old?.metrics[name].map { significant($0.median) } ?? "–"]
    }
    console.line(
      alignedTable(headers: ["metric", "median", "low", "high", "before"], rows: rows))
    console.line("\nWritten: \(shortened(base)).json and .md. Commit both.")
    return 0
  }

  /// Relative to where the user stands, if it is below.
  private func shortened(_ path: String) -> String {
    let here = FileManager.default.currentDirectoryPath + "/"
    return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
  }
}
