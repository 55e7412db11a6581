import Foundation
import NeuronikaTutorialKit
import Testing

@Suite("Expectations")
struct ExpectationTests {
  @Test("have bands of three robust deviations, at least the floor")
  func bands() {
    let narrow = Expectations.Band(values: [0.97, 0.971, 0.9705, 0.9702, 0.5], floor: 0.005)
    #expect(narrow.median == 0.9702)
    #expect(abs(narrow.high - 0.9752) < 1e-12 && abs(narrow.low - 0.9652) < 1e-12)
    let wide = Expectations.Band(values: [1, 2, 3, 4, 5], floor: 0.1)
    #expect(wide.median == 3)
    #expect(abs(wide.high - (3 + 3 * 1.4826)) < 1e-12)
    #expect(Expectations.floor(of: "test_accuracy", median: 0.9) == 0.005)
    #expect(Expectations.floor(of: "r2_mlp", median: 0.9) == 0.01)
  }

  private func run(
    score: Double, loss: Double = 0.25, seed: UInt64 = 0, epochs: String = "2", sha: String = "ab"
  ) -> Document {
    var header = header(
      "//: # T\nnotebook.metric(\"score\", s)  //#expect score\n//: The score: {{score}}.")
    header.seed = seed
    header.settings = ["epochs": epochs]
    return Document(records: [
      Record(.run(header)), Record(line: 2, .data(name: "digits", sha256: sha)),
      Record(line: 2, .metric(name: "score", value: score)),
      Record(line: 2, .history(rows: ["1,1,train,\(loss),,"])), Record(.ended(status: 0)),
    ])
  }

  private func problems(_ document: Document, words: String? = nil) throws -> [String] {
    let runs = (0..<5).map { run(score: 1 + Double($0) / 1000, seed: $0) }
    let expected = try Expectations(runs: runs, replacing: nil)
    let decoded = try JSON.decode(Expectations.self, from: JSON.encode(expected))
    #expect(decoded == expected)
    let recorded = words ?? Expectations.masked(MarkdownWriter(runs[0]).text())
    return decoded.problems(of: document, words: recorded).map(\.message)
  }

  @Test("are met by a run like those that made them")
  func met() throws {
    #expect(try problems(run(score: 1.002)).isEmpty)
    #expect(try problems(run(score: 1.002, loss: 0.25 * (1 + 5e-6))).isEmpty)
    #expect(Expectations.file(for: run(score: 1)) == "digits-full")
  }

  @Test("are missed below, above, and by a single loss")
  func missed() throws {
    #expect(try problems(run(score: 0.9)) == ["score: 0.9000 lies outside [0.9920, 1.012]"])
    #expect(try problems(run(score: 1.1)).count == 1)
    #expect(try problems(run(score: .nan)).first?.hasPrefix("score: nan lies outside") == true)
    #expect(
      try problems(run(score: 1, loss: 0.2501)) == ["train: loss 1 is 0.2501, expected 0.25"])
  }

  @Test("say nothing about other data or hyper-parameters, and that fails")
  func unknown() throws {
    #expect(
      try problems(run(score: 1, epochs: "3")) == [
        "no expectation recorded for this run: epochs 3 instead of 2"
      ])
    #expect(
      try problems(run(score: 1, sha: "cd")) == [
        "no expectation recorded for this run: other data"
      ])
  }

  @Test("see other words, but not other numbers")
  func words() throws {
    let found = try problems(run(score: 1), words: "# T\n\nOther.")
    #expect(found.count == 1 && found[0].hasPrefix("words differ: "))
    #expect(
      Expectations.masked("a -1.5e-3  b |  12,345 |  ---: |") == "a # b | # | ---: |")
  }
}

@Suite("The folder of a run")
struct RunFolderTests {
  private func write(_ final: String, mark: String, status: Int32) throws {
    var folder = RunFolder(final)
    try folder.prepare()
    try save(mark, folder.running + "/mark")
    try save("", folder.running + "/events.jsonl")
    let document = Document(records: [Record(.run(header())), Record(.ended(status: status))])
    let provenance = Provenance(
      document: document, arguments: [], threads: nil, package: nil, started: Date())
    try save(
      String(decoding: JSON.encode(provenance), as: UTF8.self), folder.running + "/provenance.json")
    let place = try folder.settle()
    #expect(place == (status == 0 ? final : folder.incomplete))
  }

  private func mark(_ folder: String) -> String? {
    try? String(contentsOfFile: folder + "/mark", encoding: .utf8)
  }

  @Test("gives way to the next complete one; any other goes to .incomplete")
  func moves() throws {
    let final = try scratch() + "/run"
    try write(final, mark: "1", status: 0)
    try write(final, mark: "2", status: 0)
    #expect(mark(final) == "2" && mark(final + ".previous") == "1")
    try write(final, mark: "3", status: 132)
    #expect(mark(final) == "2" && mark(final + ".previous") == "1")
    try write(final, mark: "4", status: 0)
    #expect(mark(final) == "4" && mark(final + ".previous") == "2")
    #expect(mark(final + ".incomplete") == "3")
    #expect(!exists(final + ".running") && !exists(final + ".previous.old"))
  }

  @Test("is never somebody else's")
  func foreign() throws {
    let final = try scratch()
    try save("mine", final + "/thesis.txt")
    var folder = RunFolder(final)
    #expect(throws: NotebookError.self) { try folder.prepare() }
    #expect(exists(final + "/thesis.txt"))
  }

  @Test("is never a file, nor a folder that only looks empty")
  func files() throws {
    let scratch = try scratch()
    for name in ["run", "run.previous", "run.incomplete", "run.running"] {
      let file = "\(scratch)/\(name)"
      try save("mine", file)
      var folder = RunFolder(scratch + "/run")
      let error = #expect(throws: NotebookError.self) { try folder.prepare() }
      #expect(error?.description == "\(file) is a file; --out names a folder.")
      #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == [name])
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
      try FileManager.default.removeItem(atPath: file)
    }
    try makeFolder(scratch + "/run/.git")
    var folder = RunFolder(scratch + "/run")
    #expect(throws: NotebookError.self) { try folder.prepare() }
    #expect(exists(scratch + "/run/.git"))
  }

  @Test("that takes a file's place meanwhile stays where it is")
  func meanwhile() throws {
    let final = try scratch() + "/run"
    var folder = RunFolder(final)
    try folder.prepare()
    let provenance = Provenance(
      document: Document(records: [Record(.run(header())), Record(.ended(status: 0))]),
      arguments: [], threads: nil, package: nil, started: Date())
    try save(
      String(decoding: JSON.encode(provenance), as: UTF8.self), folder.running + "/provenance.json")
    try save("mine", final)
    let running = folder
    #expect(throws: NotebookError.self) { _ = try running.settle() }
    #expect(try String(contentsOfFile: final, encoding: .utf8) == "mine")
    #expect(exists(folder.running + "/provenance.json"))
  }

  @Test("that can't be written is said in one line")
  func unwritable() throws {
    let file = try scratch() + "/file"
    try save("", file)
    var folder = RunFolder(file + "/run")
    let error = #expect(throws: NotebookError.self) { try folder.prepare() }
    #expect(error?.description.hasSuffix("can't be made: Not a directory.") == true)
  }
}

@Suite("Small helpers")
struct TextTests {
  @Test("raw output is shown as a terminal would leave it")
  func cleaning() {
    #expect(
      cleaned("10 %\r20 %\n\u{1B}[31mred\u{1B}[0m\tok\r\nend\u{7}") == "20 %\nred\tok\nend\u{FFFD}")
    #expect(cleaned("größer") == "größer")
  }

  @Test(
    "numbers are short",
    arguments: [
      (0.0, "0"), (1234.5, "1234"), (0.012345, "0.01235"), (1e-9, "1.000e-09"), (-2.0, "-2.000"),
    ])
  func numbers(value: Double, text: String) { #expect(significant(value) == text) }

  @Test(
    "numbers in tables get a true minus sign, other text doesn't",
    arguments: [
      ("-1.5", "−1.5"), ("1.0e-05", "1.0e−05"), ("-1,234", "−1,234"), ("-3 %", "−3 %"),
      ("2026-11-22", "2026-11-22"), ("left-handed", "left-handed"), ("-", "-"),
    ])
  func minus(text: String, expected: String) { #expect(withMinus(text) == expected) }

  @Test(
    "Markdown loses its marks on a terminal",
    arguments: [
      ("The *sun* is **hot**, `a * b`, 2 * 3", "The sun is hot, a * b, 2 * 3"),
      ("see [there](x.md)", "see there"),
      ("light $g = G \\cos\\varphi$ and", "light g = G cos φ and"),
      (
        "$300 \\, \\frac{g}{1000} \\, e^{-w/10} (1 - 0.004\\,(T_c - 25))$",
        "300 g/1000 e^(-w/10) (1 - 0.004 (T_c - 25))"
      ),
      ("it costs $5 or $6", "it costs $5 or $6"),
    ])
  func plain(markdown: String, text: String) { #expect(plainText(markdown) == text) }

  @Test("Swift is coloured without losing a character")
  func highlighting() {
    let code = "let a = \"x \\(f(\"y\")) <z>\" // note\nfunc b(_ c: Int) -> [Float] { 1.5e-3 }"
    let html = SwiftHighlighter.html(code)
    let plain = html.replacingOccurrences(
      of: "</?span[^>]*>", with: "", options: .regularExpression)
    #expect(plain == escaped(code))
    #expect(html.contains("<span class=\"n\">1.5e-3</span>"))
    #expect(html.contains("<span class=\"c\">// note</span>"))
  }
}
