import Foundation
import NeuronikaCharts
import Testing

extension ChartsTests {
  @Suite("Drawing with gnuplot", .enabled(if: hasGnuplot, "gnuplot is not installed"))
  struct Drawing {
    @Test("A figure with one of everything is drawn without a warning")
    func everythingIsDrawn() throws {
      try withFolder { folder in
        let files = try everything().write(to: folder, name: "all", gnuplot: .standard)
        #expect(files.rendering == .rendered)
        #expect(files.warnings == "")
        #expect(try names(in: folder) == ["all.csv", "all.gp", "all.png"])
      }
    }

    @Test("Two runs with equal data give the same bytes, and they hold no time")
    func sameBytes() throws {
      try withFolder { folder in
        try everything().write(to: folder, name: "a")
        let first = try Data(contentsOf: folder.appendingPathComponent("a.png"))
        try everything().write(to: folder, name: "a")
        #expect(try Data(contentsOf: folder.appendingPathComponent("a.png")) == first)
        #expect(first.range(of: Data("tIME".utf8)) == nil)
      }
    }

    @Test("A copied folder draws the same picture with plain gnuplot")
    func copiedFolder() throws {
      try withFolder { folder in
        let source = folder.appendingPathComponent("source")
        let copy = folder.appendingPathComponent("copy")
        try everything().write(to: source, name: "a")
        try FileManager.default.copyItem(at: source, to: copy)
        try FileManager.default.removeItem(at: copy.appendingPathComponent("a.png"))
        let end = runChild(
          "/usr/bin/env", arguments: ["gnuplot", "a.gp"], in: copy.path, output: "/dev/null",
          timeLimit: .seconds(20))
        #expect(end == .exited(status: 0))
        let files = [source, copy].map { $0.appendingPathComponent("a.png").path }
        let pictures = files.map { PNG.read($0) }
        #expect(pictures[0] != nil && pictures[0] == pictures[1])
        // What plain gnuplot draws is the same in more bytes.
        let sizes = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)).count }
        #expect(sizes[0] * 10 < sizes[1] * 9)
      }
    }

    private static let hard: [(x: [Double], y: [Double])] = [
      ([], []), ([1], [1]), ([1], [.nan]), ([1, 2], [0, -1]), ([1, 2, 3], [5, 5, 5]),
      ([0, 0], [0, 0]), ([1, 2], [.infinity, -.infinity]), ([1, .nan, 3], [1, 2, .nan]),
      ([1e-300, 2e-300], [1e-299, 1e-290]), ([-1e300, 1e300], [-1e300, 1e300]),
      ([1, 2], [1e15, 1e15 + 1]), ([.leastNonzeroMagnitude, 1], [.leastNonzeroMagnitude, 1]),
      ([3, 1, 2], [1e-12, 1, 1e12]),
    ]

    @Test("Whatever the values and scales, there is a picture and no warning", arguments: 0..<13)
    func hardValues(index: Int) throws {
      let (x, y) = Drawing.hard[index]
      try withFolder { folder in
        for (xScale, yScale) in [(AxisScale.linear, AxisScale.linear), (.log, .log)] {
          var figure = Figure(title: "hard", height: 1500)
          figure.panel(xLabel: "x", yLabel: "y", xScale: xScale, yScale: yScale) { panel in
            panel.points(x, y, label: "points")
            panel.line(x, y, label: "line")
            panel.line(x, y, label: "marked", style: .marked)
          }
          figure.panel(xLabel: "x", yLabel: "y", xScale: xScale, yScale: yScale) { panel in
            panel.band(x, y, y.map { $0 + 1 }, label: "band")
            panel.errorBars(x, y, lower: y, upper: y, label: "error bars")
            panel.diagonal()
          }
          let labels = x.indices.map(String.init)
          figure.panel(xLabel: "x", yLabel: "y", yScale: yScale) { panel in
            panel.bars(labels, y, lower: y, upper: y, label: "bars")
          }
          figure.panel(xLabel: "x", yLabel: "y", xScale: xScale) { panel in
            panel.intervals(labels, y, lower: y, upper: y, label: "intervals")
          }
          figure.panel(xLabel: "x", yLabel: "y", yScale: yScale) { panel in
            panel.histogram(y, label: "histogram")
          }
          let files = try figure.write(to: folder, name: "hard")
          #expect(files.rendering == .rendered)
          #expect(files.warnings == "")
        }
      }
    }

    @Test("A figure without panels, and panels without series, are drawn")
    func emptyFigures() throws {
      try withFolder { folder in
        let none = try Figure(title: "").write(to: folder, name: "none")
        #expect(none.warnings == "")
        var figure = Figure(title: "")
        figure.panel(xLabel: "", yLabel: "", yScale: .log) { _ in }
        let empty = try figure.write(to: folder.path, name: "empty")
        #expect(empty.warnings == "")
      }
    }

    @Test("Confusion matrices of any size are drawn", arguments: [1, 2, 10, 40])
    func confusion(size: Int) throws {
      let counts = (0..<size).map { row in (0..<size).map { $0 == row ? 9 : ($0 + row) % 3 } }
      try withFolder { folder in
        let figure = Figure.confusionMatrix(counts, classes: counts.indices.map { "\($0)% it's" })
        let files = try figure.write(to: folder, name: "confusion")
        #expect(files.warnings == "")
        let nothing = try Figure.confusionMatrix(counts.map { $0.map { _ in 0 } })
          .write(to: folder, name: "nothing")
        #expect(nothing.warnings == "")
      }
    }

    @Test("Training curves are drawn for runs of any length", arguments: [0, 1, 2, 19, 500])
    func training(steps: Int) throws {
      var history = TrainingHistory(stepsPerEpoch: 100)
      for step in 0..<steps {
        history.step(loss: Float(1) / Float(step + 1), accuracy: 0.5)
        if step % 100 == 99 { history.validation(loss: 0.1 / Double(step), accuracy: 0.875) }
      }
      try withFolder { folder in
        let files = try Figure.trainingCurves(history).write(to: folder, name: "training")
        #expect(files.warnings == "")
        let script = try text(files.script)
        #expect(script.contains("best 87.5 % at epoch 1") == (steps == 500))
        #expect(script.contains("best 0.0002004 at epoch 5") == (steps == 500))
      }
    }

    @Test("Of a long curve the extremes of each stretch are drawn, and of a short one everything")
    func longCurves() {
      #expect(visible([3, 1, 2], stretches: 2) == [0, 1, 2])
      var values = (0..<1000).map { Double($0 % 7) }
      (values[417], values[902]) = (9, .nan)
      let seen = visible(values, stretches: 100)
      #expect(seen.count <= 202 && seen == seen.sorted())
      #expect(seen.contains(417) && seen.first == 0 && seen.last == 999)
      for stretch in 0..<100 {
        let drawn = seen.filter { $0 / 10 == stretch }.map { values[$0] }.filter { $0.isFinite }
        let all = values[(stretch * 10)..<(stretch * 10 + 10)].filter { $0.isFinite }
        #expect(drawn.min() == all.min() && drawn.max() == all.max())
      }
      #expect(visible([Double](repeating: .nan, count: 500), stretches: 100).count >= 100)
    }
  }
}
