import Foundation
import NeuronikaCharts
import Testing

extension ChartsTests {
  @Suite("CSV and script")
  struct Files {
    private let missing = Gnuplot(executable: "/nowhere/gnuplot")

    private func written(_ figure: Figure) throws -> (csv: String, script: String) {
      try withFolder { folder in
        let files = try figure.write(to: folder, name: "f", gnuplot: missing)
        return (try text(files.csv), try text(files.script))
      }
    }

    @Test("The CSV has one header row, shared x columns and NaN for what is missing")
    func wideTable() throws {
      var figure = Figure(title: "t")
      figure.panel(xLabel: "x", yLabel: "y") { panel in
        panel.points([1, 2, 3] as [Double], [0.1, .infinity, -3e-7] as [Double], label: "data")
        panel.line([1, 2, 3] as [Double], [4, .nan, 1e301] as [Double], label: "fit")
        panel.line([5] as [Double], [6] as [Double], label: "data")
      }
      #expect(
        try written(figure).csv == """
          x,data,fit,x (2),data (2)
          1,0.1,4,5,6
          2,NaN,NaN,NaN,NaN
          3,-3e-07,NaN,NaN,NaN

          """)
    }

    @Test("Float values keep their shortest decimal form")
    func floats() throws {
      var figure = Figure(title: "t")
      figure.panel(xLabel: "x", yLabel: "y") { $0.points([Float(0.1)], [Float(1e-8)]) }
      #expect(try written(figure).csv == "x,y\n0.1,1e-08\n")
    }

    @Test(
      "Header fields are quoted where CSV needs it",
      arguments: [
        ("plain [m²]", "plain [m²]"), ("a, b", "\"a, b\""), ("say \"x\"", "\"say \"\"x\"\"\""),
        ("two\nlines", "two lines"), ("#1", "\"#1\""), ("", "points"),
      ])
    func header(label: String, expected: String) throws {
      var figure = Figure(title: "t")
      figure.panel(xLabel: "x", yLabel: "") { $0.points([1.0], [2.0], label: label) }
      #expect(try written(figure).csv == "x,\(expected)\n1,2\n")
    }

    @Test("Bars write their categories, intervals their ends and histograms their bins")
    func otherColumns() throws {
      var figure = Figure(title: "t")
      figure.panel(xLabel: "digit", yLabel: "images") {
        $0.bars(["zero", "one, two"], [3, 4] as [Double])
      }
      figure.panel(xLabel: "residual", yLabel: "count") {
        $0.histogram([0, 1, 1, 4, .nan] as [Double], bins: 2)
      }
      #expect(
        try written(figure).csv == """
          position,digit,images,count from,count to,count
          1,zero,3,0,2,3
          2,"one, two",4,2,4,1

          """)
    }

    @Test(
      "Texts are quoted for gnuplot",
      arguments: [
        ("it's", "'it''s'"), ("''", "''''''"), ("a\nb", "'a b'"), ("50 %_{x}\\n", "'50 %_{x}\\n'"),
      ])
    func quoting(text: String, expected: String) throws {
      #expect(Script.quoted(text) == expected)
      var figure = Figure(title: text)
      figure.panel(xLabel: text, yLabel: text) { $0.points([1.0], [1.0], label: text) }
      let script = try written(figure).script
      #expect(script.contains("title \(expected)"))
      #expect(script.contains("set xlabel \(expected)"))
    }

    @Test("A tick's label doubles the percent sign, which gnuplot takes for a format there")
    func tickQuoting() throws {
      #expect(Script.quotedTick("50% of it's") == "'50%% of it''s'")
    }

    @Test("The script's first line says how to run it again, and names no folder")
    func firstLine() throws {
      try withFolder { folder in
        let files = try everything().write(to: folder, name: "fit", gnuplot: missing)
        let script = try text(files.script)
        #expect(script.hasPrefix("# Draws fit.png from fit.csv."))
        #expect(script.split(separator: "\n")[0].hasSuffix("gnuplot fit.gp"))
        #expect(!script.contains(folder.path))
        #expect(script.contains("pngcairo noenhanced size 1100,760 font 'DejaVu Sans,11'"))
      }
    }

    @Test("Nothing in a CSV is infinite")
    func noInfinity() throws {
      let values: [Double] = [.infinity, -.infinity, .nan, .greatestFiniteMagnitude, 1]
      var figure = Figure(title: "t")
      figure.panel(xLabel: "x", yLabel: "y", yScale: .log) { panel in
        panel.line(values, values)
        panel.band(values, values, values)
        panel.histogram(values)
      }
      #expect(!(try written(figure).csv.lowercased().contains("inf")))
    }

    @Test("Equal figures give equal files")
    func equalFiles() throws {
      let (first, second) = (try written(everything()), try written(everything()))
      #expect(first == second)
    }
  }
}
