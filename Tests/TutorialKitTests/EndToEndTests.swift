import Foundation
import NeuronikaTutorialKit
import Testing
import TutorialRunning

/// What a run of one seed gives again, bit by bit.
private let lasting = [
  "SampleTutorial.md", "SampleTutorial.html", "SampleTutorial.ipynb", "metrics.csv",
  "history.csv", "figures/dot.png",
]

/// Runs the sample tutorial.
private func sample(
  _ arguments: String..., in folder: String? = nil, source: String? = nil
) throws -> TutorialRun {
  try TutorialRun("sample-tutorial", arguments, in: folder, source: source)
}

@Suite("A tutorial run as a program")
struct EndToEndTests {
  @Test("leaves all its files, the same ones each time, and keeps the run before")
  func complete() async throws {
    let first = try sample()
    #expect(try await first.status() == 0)
    #expect(first.output.contains("✓ SampleTutorial"))
    #expect(first.text("metrics.csv") == "name,value\nanswer,42.0\n")
    let history = try #require(first.text("history.csv")).split(separator: "\n")
    #expect(history.count == 41 && history[40] == "40,1,train,0.025,,0.1")
    #expect(first.text("SampleTutorial.md")?.contains("Six cells, which end with 42.00.") == true)
    for name in ["events.jsonl", "provenance.json", "timing.csv"] {
      #expect(first.bytes(name) != nil, "\(name)")
    }
    let kept = lasting.map { first.bytes($0) }
    #expect(!kept.contains(nil))

    let second = try sample(in: first.folder)
    #expect(try await second.status() == 0)
    #expect(lasting.map { second.bytes($0) } == kept)
    #expect(lasting.map { second.bytes(".previous/" + $0) } == kept)
    #expect(!exists(second.folder + ".running") && !exists(second.folder + ".incomplete"))
  }

  @Test("is woven again to the same bytes without being run")
  func weaving() async throws {
    let run = try sample()
    #expect(try await run.status() == 0)
    let kept = lasting.map { run.bytes($0) }
    for name in lasting.dropLast() + ["alive"] {
      try FileManager.default.removeItem(atPath: "\(run.folder)/\(name)")
    }
    let again = try sample("--weave", run.folder, in: run.folder)
    #expect(try await again.status() == 0)
    #expect(lasting.map { run.bytes($0) } == kept)
    #expect(!exists(run.folder + "/alive"))
  }

  @Test(
    "that crashes in its fifth cell has a document up to there, with message and line",
    arguments: [
      ("fatalError", 132, "main.swift:48: Fatal error: the fifth cell is broken"),
      ("outOfBounds", 132, "(illegal instruction: a Swift trap)"),
      ("segmentationFault", 139, "(segmentation fault)"),
    ])
  func crash(mischief: String, status: Int32, message: String) async throws {
    let run = try sample("--mischief", mischief)
    #expect(try await run.status() == status)
    let text = try #require(run.text(".incomplete/SampleTutorial.md"))
    #expect(text.contains("## Training\n") && text.contains("## Mischief\n"))
    #expect(!text.contains("## The end"))
    #expect(text.contains("the fifth cell\n") && text.contains(message))
    #expect(text.contains("in line ") && text.contains("    case .\(mischief): "))
    #expect(!exists(run.folder))
  }

  @Test("gives on the status with which it ends itself")
  func exits() async throws {
    let run = try sample("--mischief", "exit")
    #expect(try await run.status() == 3)
    #expect(
      run.text(".incomplete/SampleTutorial.md")?.contains("The run ended here with status 3")
        == true)
  }

  @Test("that gives up says why in one line, and ends with status 66")
  func givesUp() async throws {
    let run = try sample("--mischief", "giveUp")
    #expect(try await run.status() == 66)
    let message = "table.csv: expected a number in line 3, found \"x\"\n"
    #expect(run.output.contains("\n" + message))
    #expect(run.text(".incomplete/SampleTutorial.md")?.contains("```text\n" + message) == true)
    #expect(run.text(".incomplete/SampleTutorial.md")?.contains("ended here") == false)
  }

  @Test("may print ten megabytes in a cell, which are cut and kept")
  func flood() async throws {
    let run = try sample("--mischief", "flood")
    #expect(try await run.status() == 0)
    let text = try #require(run.text("SampleTutorial.md"))
    #expect(text.utf8.count < 20_000)
    #expect(text.contains("199,957 lines left out"))
    #expect(text.contains("[the whole output](outputs/cell-05-1.txt)"))
    let whole = try #require(run.text("outputs/cell-05-1.txt"))
    #expect(whole.utf8.count > 10_000_000)
    #expect(whole.hasSuffix("line 199999 of a long output, with still more after it\nits end\n"))
  }

  @Test("with a metric that is no number fails with status 1 and names it")
  func noNumber() async throws {
    let run = try sample("--mischief", "noNumber")
    #expect(try await run.status() == 1)
    #expect(run.output.contains("✗ answer is not finite (nan), in cell 6"))
    #expect(run.text(".incomplete/metrics.csv") == "name,value\nanswer,nan\n")
  }

  @Test("has both outputs in order, and lines without an end in their cell")
  func text() async throws {
    let both = try sample("--mischief", "standardError")
    #expect(try await both.status() == 0)
    #expect(
      both.text("SampleTutorial.md")?.contains(
        "```text\nthe fifth cell\nfirst second third\nits end\n```")
        == true)
    let open = try sample("--mischief", "noNewline")
    #expect(try await open.status() == 0)
    #expect(
      open.text("SampleTutorial.md")?.contains("```text\nthe fifth cell\nno newline\nits end\n```")
        == true)
  }

  @Test("keeps the rows of its history that were recorded last")
  func lastRow() async throws {
    let run = try sample("--mischief", "lastRow")
    #expect(try await run.status() == 0)
    #expect(
      run.text("history.csv")?.hasSuffix("\n40,1,train,0.025,,0.1\n41,2,train,0.125,,\n") == true)
  }
}

@Suite("A tutorial that is interrupted")
struct InterruptionTests {
  @Test("with Ctrl-C comes to its end, says where it was stopped, and can be gone on with")
  func once() async throws {
    let run = try sample("--mischief", "endless")
    try await run.hasBegun()
    run.send(SIGINT)
    #expect(try await run.status() == 130)
    #expect(run.output.contains("Stopping after this step. Ctrl-C again ends at once."))
    let text = try #require(run.text(".incomplete/SampleTutorial.md"))
    let steps = try #require(run.text(".incomplete/checkpoint.safetensors"))
    #expect(text.contains("> **Stopped** with Ctrl-C at step \(steps) of 1000000, epoch 1."))
    #expect(text.contains("## The end") && text.contains("end with 42.00."))
    let rows = try #require(run.text(".incomplete/history.csv")).split(separator: "\n")
    #expect(rows.last?.hasPrefix("\(steps),1,train,") == true)
    let checkpoint = run.folder + ".incomplete/checkpoint.safetensors"
    #expect(
      run.output.contains(
        "Go on with  swift run sample-tutorial --mischief endless --out \(run.folder) \\\n"
          + "                --resume \(checkpoint)\n"))
    #expect(!exists(run.folder) && !exists(run.folder + ".running"))

    let next = try sample("--resume", checkpoint, "--steps", "\(Int(steps)! + 5)", in: run.folder)
    #expect(try await next.status() == 0)
    #expect(next.text("SampleTutorial.md")?.contains("went on from step \(steps)\n") == true)
    #expect(next.text("checkpoint.safetensors") == "\(Int(steps)! + 5)")
    #expect(next.text(".incomplete/checkpoint.safetensors") == steps)
  }

  @Test("twice ends at once, with its child")
  func twice() async throws {
    let run = try sample("--mischief", "deaf")
    try await run.hasBegun()
    run.send(SIGINT)
    try await run.hasPrinted("Stopping after this step.")
    run.send(SIGINT)
    #expect(try await run.status() == 130)
    try await run.childIsGone(from: ".running")
    #expect(!exists(run.folder) && !exists(run.folder + ".incomplete"))
  }

  @Test("by a signal takes its child with it", arguments: [SIGKILL, SIGTERM, SIGHUP])
  func parent(signal: Int32) async throws {
    let run = try sample("--mischief", "endless")
    try await run.hasBegun()
    run.send(signal)
    _ = try await run.status()
    try await run.childIsGone(from: ".running")
  }

  @Test("by kill −9 leaves a checkpoint that the next run goes on from, wherever it lies")
  func checkpoint() async throws {
    let run = try sample("--mischief", "endless")
    try await run.hasBegun()
    try save("17", run.folder + ".running/checkpoint.safetensors")
    run.send(SIGKILL)
    _ = try await run.status()
    try await run.childIsGone(from: ".running")
    let running = run.folder + ".running/checkpoint.safetensors"
    let second = try sample("--resume", running, "--mischief", "exit", in: run.folder)
    #expect(try await second.status() == 3)
    let incomplete = run.folder + ".incomplete/checkpoint.safetensors"
    try save("19", incomplete)
    let third = try sample("--resume", incomplete, in: run.folder)
    #expect(try await third.status() == 0)
    #expect(third.text("SampleTutorial.md")?.contains("went on from step 19\n") == true)
    #expect(third.text(".incomplete/checkpoint.safetensors") == "19")
  }

  @Test("by kill −9 can still be woven as far as it came")
  func woven() async throws {
    let run = try sample("--mischief", "endless")
    try await run.hasBegun()
    run.send(SIGKILL)
    _ = try await run.status()
    try await run.childIsGone(from: ".running")
    let events = run.folder + ".running/events.jsonl"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: events)) + Data("{\"line\":3".utf8)
    try bytes.write(to: URL(fileURLWithPath: events))
    let weaving = try sample("--weave", run.folder + ".running", in: run.folder)
    #expect(try await weaving.status() == 0)
    let text = try #require(run.text(".running/SampleTutorial.md"))
    #expect(text.contains("## Training\n") && !text.contains("## Mischief"))
    #expect(text.contains("The run ended here with status 137 (killed"))
  }

  @Test("is not disturbed by another one that wants its folder")
  func locked() async throws {
    let run = try sample("--mischief", "endless")
    try await run.hasBegun()
    let other = try sample(in: run.folder)
    #expect(try await other.status() == 73)
    #expect(
      other.output == "\(run.folder) is being written by another run: wait for it to end.\n")
    run.send(SIGINT)
    #expect(try await run.status() == 130)
  }

  @Test("has to leave the checkpoint that is named")
  func missing() async throws {
    let run = try sample("--resume", "nowhere/checkpoint.safetensors")
    #expect(try await run.status() == 66)
    #expect(
      run.output == "nowhere/checkpoint.safetensors can't be read: No such file or directory. "
        + "--resume takes the checkpoint.safetensors of an interrupted run.\n")
    #expect(!exists(run.folder + ".running"))
    let promoted = try sample("--promote", "--resume", "nowhere")
    #expect(try await promoted.status() == 64)
    #expect(promoted.output.contains("leave out --promote and --weave"))
  }

  @Test("by a reader of its output that goes away still writes its document")
  func reader() async throws {
    let folder = try scratch() + "/run"
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = [
      "-c",
      "'\(TutorialRun.programs)/sample-tutorial' --mischief flood --out '\(folder)' | head -n 1 > /dev/null",
    ]
    try shell.run()
    for _ in 0..<6000 where !exists(folder) { try await Task.sleep(for: .milliseconds(10)) }
    #expect(exists(folder + "/outputs/cell-05-1.txt"))
  }
}

@Suite("What a tutorial promises of itself")
struct PromiseTests {
  /// A package with the sample in it, so that what is promoted is written there.
  private func package() throws -> String {
    let root = try scratch()
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("SampleTutorial/main.swift")
    try makeFolder(root + "/Tutorials/sample")
    try save("", root + "/Package.swift")
    try FileManager.default.copyItem(
      atPath: file.path, toPath: root + "/Tutorials/sample/main.swift")
    return root
  }

  @Test("is recorded by --promote, and every way of missing it is named by --check")
  func check() async throws {
    let root = try package()
    let source = root + "/Tutorials/sample/main.swift"
    func run(_ arguments: String...) async throws -> (status: Int32, found: [String]) {
      let sample = try TutorialRun(
        "sample-tutorial", arguments, in: root + "/run", source: source)
      let status = try await sample.status()
      let lines = sample.output.split(separator: "\n").filter { $0.hasPrefix("  • ") }
      return (status, lines.map { String($0.dropFirst(4)) })
    }
    let base = root + "/Tutorials/sample/Expected/sample-full"
    let unknown = try await run("--check")
    #expect(unknown.status == 1)
    #expect(
      unknown.found == ["run: no expectation recorded: \(base).json is missing (--promote)"])

    let promotion = try sample("--promote", source: source)
    #expect(try await promotion.status() == 0)
    #expect(promotion.output.contains("Written: \(base).json and .md. Commit both."))

    #expect(try await run("--check") == (0, []))
    #expect(
      try await run("--check", "--mischief", "otherLoss")
        == (1, ["run: train: loss 7 is 0.14287142857142857, expected 0.14285714285714285"]))
    #expect(
      try await run("--check", "--mischief", "otherMetric")
        == (1, ["cell 6: answer: 50.00 lies outside [41.58, 42.42]"]))
    let noFigure = try await run("--check", "--mischief", "noFigure")
    #expect(noFigure.status == 1)
    #expect(noFigure.found.first == "cell 3: line 20, figure, never ran")
    #expect(
      try await run("--check", "--steps", "50")
        == (1, ["run: no expectation recorded for this run: steps 50 instead of 40"]))

    let words = try String(contentsOfFile: source, encoding: .utf8)
    try save(words.replacing("Six cells", with: "A few cells"), source)
    #expect(
      try await run("--check")
        == (
          1,
          [
            "cell 1: words differ: “A few cells, which end with #.”, expected “Six cells, which "
              + "end with #.”"
          ]
        ))
    try save(words.replacing("{{answer|", with: "{{question|"), source)
    let unresolved = try await run("--check")
    #expect(unresolved.status == 1)
    #expect(
      unresolved.found.first
        == "cell 1: {{question|fixed 2}} is unresolved: no metric of that name was measured")
  }
}
