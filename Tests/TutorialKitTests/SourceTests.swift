import NeuronikaTutorialKit
import Testing

@Suite("A tutorial's source")
struct SourceTests {
  let source = Source(
    """
    //: # A title
    //: First prose.

    //: Second paragraph.

    import Foundation
    let hidden = 1  //#hide
    let visible = 2


    let last = 3

    /*:
     ## Block prose

       - indented
    */
    notebook.show(1)
    notebook.table(
      rows,
      headers: ["a"])
    //#expect accuracy, loss
    //#split
    notebook.metric("x", 1)  //#expect x
    // notebook.note("no call")
    """)

  @Test("is cut into cells at prose and at //#split")
  func cells() {
    #expect(source.cells.map(\.number) == [1, 2, 3])
    #expect(source.title == "A title")
    #expect(source.cells[0].prose == "# A title\nFirst prose.\n\nSecond paragraph.")
    #expect(source.cells[1].prose == "## Block prose\n\n  - indented")
    #expect(source.cells[2].prose == "")
  }

  @Test("loses what is hidden, and its marks")
  func code() {
    #expect(source.cells[0].code == "import Foundation\nlet visible = 2\n\nlet last = 3")
    #expect(
      source.cells[1].code == "notebook.show(1)\nnotebook.table(\n  rows,\n  headers: [\"a\"])")
    #expect(
      source.cells[2].code == "notebook.metric(\"x\", 1)\n// notebook.note(\"no call\")")
  }

  @Test("names what it claims and where it calls the notebook")
  func claims() {
    #expect(source.cells.map(\.expected) == [[], ["accuracy", "loss"], ["x"]])
    #expect(source.cells[1].calls.map(\.name) == ["show", "table"])
    #expect(source.cells[1].calls.map(\.lines) == [18...18, 19...21])
    #expect(source.cells[2].calls.map(\.name) == ["metric"])
  }

  @Test(
    "knows the cell of each line", arguments: [(1, 0), (11, 0), (13, 1), (22, 1), (24, 2), (99, 2)])
  func lines(line: UInt, cell: Int) { #expect(source.cell(at: line) == cell) }

  @Test("may be empty or have no prose")
  func empty() {
    #expect(Source("").cells.count == 1)
    #expect(Source("let a = 1").cells.map(\.code) == ["let a = 1"])
  }
}

@Suite("Measured values in the prose")
struct PlaceholderTests {
  @Test(
    "are written in the format asked for",
    arguments: [
      ("percent", "97.3\u{A0}%"), ("percent 2", "97.32\u{A0}%"), ("fixed 3", "0.973"),
      ("scientific 1", "$9.7 \\cdot 10^{-1}$"), ("integer", "1"), ("", "0.9732"),
    ])
  func formats(format: String, text: String) {
    #expect(Placeholders.format(0.9732, format) == text)
    #expect(Placeholders.resolve("a {{m|\(format)}} b", ["m": 0.9732]).text == "a \(text) b")
  }

  @Test(
    "are whole where they are whole, and nan has no sign",
    arguments: [
      ("", 129.0, "129"), ("", -.nan, "nan"), ("fixed", .nan, "nan"), ("integer", -.nan, "nan"),
      ("scientific", 0, "0"), ("scientific", -.infinity, "-inf"),
    ])
  func special(format: String, value: Double, text: String) {
    #expect(Placeholders.format(value, format) == text)
  }

  @Test("get commas between thousands")
  func thousands() { #expect(Placeholders.format(1_234_567, "integer") == "1,234,567") }

  @Test(
    "leave a mark and a problem where they can't be resolved",
    arguments: [
      "{{unknown}}", "{{m|roman}}", "{{m|fixed x}}",
    ])
  func unresolved(text: String) {
    let result = Placeholders.resolve("so \(text)!", ["m": 1])
    #expect(result.problems.count == 1)
    #expect(result.text.contains("⟨"))
    #expect(result.text.hasSuffix("!"))
  }
}

@Suite("Formulas")
struct FormulaTests {
  @Test("are taken out, prices and code are not")
  func extraction() {
    let formulas = Formulas(
      in: "It costs $5 or $6, `$x$`, \\$y\\$; $a_1$, $$b\n+c$$ and $ d $.\n```\n$e$\n```")
    #expect(formulas.found.map(\.tex) == ["a_1", "b\n+c"])
    #expect(formulas.found.map(\.isDisplay) == [false, true])
    #expect(formulas.text.hasSuffix("and $ d $.\n```\n$e$\n```"))
  }

  @Test("come back where they were")
  func restoring() {
    let formulas = Formulas(in: "so $a$, and $$b$$ end")
    let html = formulas.restored(in: formulas.text) { "[\($0.tex)]" }
    #expect(html == "so <span class=\"kept\">[a],</span> and [b] end")
  }

  @Test("use letters where browsers know no mathvariant")
  func core() {
    #expect(MathML.core("<mi mathvariant=\"bold\">w</mi>") == "<mi>𝐰</mi>")
    #expect(MathML.core("<mi mathvariant=\"double-struck\">R</mi>") == "<mi>ℝ</mi>")
    #expect(MathML.core("<mi mathvariant=\"bold-italic\">&#x3b8;</mi>") == "<mi>𝜽</mi>")
    #expect(MathML.core("<mn mathvariant=\"bold\">1</mn>") == "<mn>𝟏</mn>")
    #expect(
      MathML.core("<mi mathvariant=\"normal\">d</mi>") == "<mi mathvariant=\"normal\">d</mi>")
  }
}
