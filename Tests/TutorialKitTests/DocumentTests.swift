import Foundation
import NeuronikaTutorialKit
import Testing

let sampleSource = """
  //: # Title
  //: Lead with $x_1$.
  let notebook = try Notebook.start(Options.self)
  //: ## One
  //: The score is {{score|percent}}, see [two](#two).
  notebook.metric("score", 0.5)
  print("raw")
  //: ## Two
  notebook.table([[1, 2.5]], headers: ["n", "x|y"])
  notebook.figure("a.png", alt: "A [small] \\"square\\" & more.")
  notebook.note("Mind the *gap*.")
  """

let pixel = Data(
  base64Encoded:
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)!

func header(_ source: String = sampleSource, quick: Bool = false) -> RunHeader {
  RunHeader(
    name: "t", file: "main.swift", source: source, seed: 0, quick: quick, settings: ["epochs": "2"],
    program: "tutorial-t")
}

let square = Picture(
  path: "figures/a.png", alt: "A [small] \"square\" & more.", caption: nil, pixelated: false)

func sampleRecords(quick: Bool = false) -> [Record] {
  [
    Record(.run(header(quick: quick))), Record(line: 6, .metric(name: "score", value: 0.5)),
    Record(.text("raw\n")),
    Record(line: 9, .table(headers: ["n", "x|y"], rows: [["1", "2.500"], ["2", "-3.000"]])),
    Record(line: 10, .figure(square)), Record(line: 11, .note(markdown: "Mind the *gap*.")),
    Record(line: 11, .timing(name: "train", seconds: 1.5)),
    Record(line: 11, .history(rows: ["1,1,train,0.5,,0.1"])), Record(.ended(status: 0)),
  ]
}

@Suite("A woven document")
struct DocumentTests {
  @Test("is this Markdown")
  func golden() {
    let markdown = MarkdownWriter(Document(records: sampleRecords())).text()
    #expect(
      markdown == """
        # Title
        Lead with $x_1$.

        ```swift
        let notebook = try Notebook.start(Options.self)
        ```

        ## One
        The score is 50.0\u{A0}%, see [two](#two).

        ```swift
        notebook.metric("score", 0.5)
        print("raw")
        ```

        ```text
        score = 0.5000
        ```

        ## Two

        ```swift
        notebook.table([[1, 2.5]], headers: ["n", "x|y"])
        notebook.figure("a.png", alt: "A [small] \\"square\\" & more.")
        notebook.note("Mind the *gap*.")
        ```

        ```text
        raw
        ```

        | n | x\\|y |
        | ---: | ---: |
        | 1 | 2.500 |
        | 2 | −3.000 |

        ![A \\[small\\] "square" & more.](figures/a.png)

        *Figure 1. A [small] "square" & more.*

        > Mind the *gap*.

        ---

        Seed 0 · written by `swift run tutorial-t`

        """)
  }

  @Test("says on every page that a run was quick")
  func quick() throws {
    let document = Document(records: sampleRecords(quick: true))
    let markdown = MarkdownWriter(document).text()
    #expect(markdown.hasPrefix("# Title\n\n> **Quick run.**"))
    #expect(try page(document).text().contains("class=\"watermark\""))
  }

  @Test("never puts an event into an earlier cell than the one before")
  func order() {
    let records = [
      Record(.run(header())), Record(line: 9, .show(text: "a")), Record(line: 6, .show(text: "b")),
    ]
    let document = Document(records: records)
    #expect(document.sections[1].outputs.isEmpty)
    #expect(document.sections[2].outputs == [.text("a\nb")])
  }

  @Test("ends at the cell that crashed, with message and line")
  func crash() {
    let text =
      "half\nt/main.swift:7: Fatal error: no\n\n*** Signal 4: Backtracing from 0x1\nmain.swift:9"
    let document = Document(records: [
      Record(.run(header())), Record(line: 3, .show(text: "begun")), Record(.text(text)),
      Record(.ended(status: 132)),
    ])
    #expect(document.sections.count == 2)
    #expect(document.sections[0].outputs == [.text("begun")])
    #expect(document.sections[1].outputs.first == .text("half\nt/main.swift:7: Fatal error: no"))
    guard case .failure(let message)? = document.sections[1].outputs.last else {
      Issue.record("no failure shown")
      return
    }
    #expect(message.contains("in line 7:\n    print(\"raw\")"))
    #expect(MarkdownWriter(document).text().contains("Fatal error: no"))
  }

  @Test("knows which calls never ran, and what is unresolved")
  func problems() {
    let document = Document(records: [Record(.run(header())), Record(line: 9, .show(text: "a"))])
    #expect(
      document.problems == [
        .init(
          cell: 2, message: "{{score|percent}} is unresolved: no metric of that name was measured"),
        .init(cell: 2, message: "line 6, metric, never ran"),
        .init(cell: 3, message: "line 10, figure, never ran"),
        .init(cell: 3, message: "line 11, note, never ran"),
      ])
    #expect(Document(records: sampleRecords()).problems.isEmpty)
  }

  @Test("fails for a metric that is no number, however the program ended")
  func notFinite() {
    var records = sampleRecords()
    records[1] = Record(line: 6, .metric(name: "score", value: -.nan))
    let document = Document(records: records)
    #expect(document.status == 1)
    #expect(document.faults == [.init(cell: 2, message: "score is not finite (nan)")])
    #expect(MarkdownWriter(document).text().contains("score = nan\n"))
    records.insert(Record(line: 6, .metric(name: "score", value: 12)), at: 2)
    #expect(Document(records: records).faults.isEmpty)
    #expect(MarkdownWriter(Document(records: records)).text().contains("score = 12\n"))
  }

  @Test("takes mended words, but not with other code")
  func reweaving() {
    let mended = sampleSource.replacingOccurrences(of: "Lead with", with: "A new lead\n//: with")
    let other = mended.replacingOccurrences(of: "print(\"raw\")", with: "print(\"cooked\")")
    let weave = { MarkdownWriter(Document(records: sampleRecords(), current: $0)).text() }
    #expect(weave(mended).contains("A new lead"))
    #expect(weave(other) == weave(nil))
  }

  @Test("shows head and tail of a long output, and keeps the whole")
  func longOutput() {
    let text = (1...1000).map { "line \($0)" }.joined(separator: "\n")
    let document = Document(records: [
      Record(.run(header())), Record(line: 3, .show(text: "-")), Record(.text(text + "\n")),
      Record(.ended(status: 0)),
    ])
    let markdown = MarkdownWriter(document).text()
    #expect(document.files.map(\.path) == ["outputs/cell-01-1.txt"])
    #expect(document.files.first?.text == "-\n\(text)\n")
    #expect(markdown.contains("956 lines left out"))
    #expect(markdown.contains("(outputs/cell-01-1.txt)"))
    #expect(markdown.contains("line 29\n") && markdown.contains("line 1000\n"))
    #expect(!markdown.contains("line 500\n"))
  }

  private func page(_ document: Document) throws -> HTMLWriter {
    let folder = try scratch()
    try FileManager.default.createDirectory(
      atPath: folder + "/figures", withIntermediateDirectories: true)
    try pixel.write(to: URL(fileURLWithPath: folder + "/figures/a.png"))
    return HTMLWriter(document, directory: folder, math: MathML())
  }

  @Test("is one HTML page that fetches nothing and runs nothing")
  func html() throws {
    let writer = try page(Document(records: sampleRecords()))
    let html = writer.text()
    #expect(writer.problems.isEmpty)
    for forbidden in ["<script", "<link", "@import", "url(", "src=\"http", "onload=", "//cdn"] {
      #expect(!html.contains(forbidden), "\(forbidden)")
    }
    #expect(html.contains("src=\"data:image/png;base64,"))
    #expect(
      html.contains("alt=\"A [small] &quot;square&quot; &amp; more.\" width=\"1\" height=\"1\""))
    #expect(html.contains("<a href=\"figures/a.png\"><img src=\"data:"))
    #expect(html.contains("<footer>\n<p>Seed 0 · written by <code>swift run tutorial-t</code>"))
    #expect(html.contains("<h2 id=\"two\">Two</h2>"))
    #expect(html.contains("<a href=\"#two\">Two</a>"))
    #expect(html.contains("prefers-color-scheme: dark"))
    #expect(html.contains("<td align=\"right\">2.500</td>"))
    #expect(html.contains("<span class=\"k\">let</span>"))
    #expect(!html.contains("\u{E000}"))
  }

  @Test("names links and figures that lead nowhere")
  func links() throws {
    let broken = sampleSource.replacingOccurrences(of: "#two", with: "#three")
    var records = sampleRecords()
    records[0] = Record(.run(header(broken)))
    records[4] = Record(
      line: 10,
      .figure(
        Picture(
          path: "figures/b.png", alt: "b", caption: nil, pixelated: false)))
    let writer = try page(Document(records: records))
    _ = writer.text()
    #expect(
      writer.problems == [
        .init(cell: 3, message: "figures/b.png is missing"),
        .init(cell: 2, message: "link #three leads nowhere"),
      ])
  }

  @Test("is a Jupyter notebook with stable cells")
  func jupyter() throws {
    let document = Document(records: sampleRecords())
    let page = try page(document)
    let text = JupyterWriter(document, directory: "/nowhere", html: page.html).text()
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let cells = try #require(json["cells"] as? [[String: Any]])
    #expect(json["nbformat"] as? Int == 4 && json["nbformat_minor"] as? Int == 5)
    #expect(
      cells.map { $0["id"] as? String } == [
        "prose-01", "code-01", "prose-02", "code-02", "prose-03", "code-03", "foot",
      ])
    #expect((cells[4]["source"] as? [String]) == ["## Two"])
    let outputs = try #require(cells[5]["outputs"] as? [[String: Any]])
    #expect(
      outputs.map { $0["output_type"] as? String } == [
        "stream", "display_data", "stream", "display_data",
      ])
  }

  @Test("gives the same files when woven twice")
  func weaving() throws {
    let folder = try scratch()
    let lines = sampleRecords().map { String(decoding: JSON.encode($0), as: UTF8.self) + "\n" }
    try save(lines.joined(), folder + "/events.jsonl")
    let names = ["t.md", "t.html", "t.ipynb", "metrics.csv", "history.csv", "timing.csv"]
    func files() throws -> [Data] {
      _ = try Weaver(directory: folder).weave(current: nil)
      return try names.map { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")) }
    }
    let first = try files()
    #expect(try files() == first)
    #expect(String(decoding: first[3], as: UTF8.self) == "name,value\nscore,0.5\n")
    #expect(
      String(decoding: first[4], as: UTF8.self)
        == "step,epoch,split,loss,accuracy,learning_rate\n1,1,train,0.5,,0.1\n")
  }
}
