import Foundation
import NeuronikaCharts
import Testing

/// All suites of the module, one test after the other: while one starts a program, another must
/// not hold a file open for writing that is to be run ("text file busy").
@Suite(.serialized) enum ChartsTests {}

/// A folder that is there while `body` runs.
func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("neuronika charts ' test \(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// A program that stands in for gnuplot.
///
/// Another process writes it: a child that some other test starts meanwhile would inherit this one's
/// descriptor, and a file that somebody has open for writing can't be run.
func fakeGnuplot(
  _ commands: String, in folder: URL, timeLimit: Duration = .seconds(20)
) throws -> Gnuplot {
  let file = folder.appendingPathComponent("fake-gnuplot")
  let writer = try Process.run(
    URL(fileURLWithPath: "/bin/sh"),
    arguments: [
      "-c", "printf '#!/bin/sh\\n%s\\n' \"$2\" > \"$1\" && chmod 755 \"$1\"", "sh", file.path,
      commands,
    ])
  writer.waitUntilExit()
  return Gnuplot(executable: file.path, timeLimit: timeLimit)
}

let hasGnuplot = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  .contains { FileManager.default.isExecutableFile(atPath: $0 + "/gnuplot") }

func names(in folder: URL) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
}

func text(_ file: URL) throws -> String {
  try String(contentsOf: file, encoding: .utf8)
}

/// A figure with one of everything.
func everything() -> Figure {
  let x = (0..<40).map { Double($0) / 4 }
  let y = x.map { $0 * $0 + 1 }
  var figure = Figure(title: "It's 100 % \"every\"thing_{x} @a `b` é\\n")
  figure.panel(title: "one", xLabel: "x [m²]", yLabel: "y_1 [%]", yScale: .log) { panel in
    panel.points(x, y, label: "it's, \"data\"")
    panel.line(x, y, label: "raw", style: .thin)
    panel.line(x, y, label: "fit", style: .thick)
    panel.band(x, y.map { $0 - 2 }, y.map { $0 + 2 }, label: "±2σ")
    panel.errorBars(x, y, lower: y.map { $0 / 2 }, upper: y.map { $0 * 2 }, label: "bars")
    panel.horizontalLine(y: 3, label: "three")
    panel.verticalBand(x: 2...3, label: "tolerance")
  }
  figure.panel(xLabel: "class", yLabel: "count") { panel in
    panel.bars(["50%", "it's", "ü"], [1, 2, .nan], lower: [0.5, 1, 2], upper: [2, 3, 4])
    panel.bars(["50%", "it's", "ü"], [-1, 2, 3], label: "others")
  }
  figure.panel(xLabel: "ratio", yLabel: "", xScale: .log) { panel in
    panel.intervals(["a", "b"], [0.5, 2], lower: [-1, 1], upper: [1, 4], label: "ratios")
    panel.verticalLine(x: 1, label: "equal")
  }
  figure.panel(xLabel: "residual", yLabel: "count") { panel in
    panel.histogram(y.map { Float($0) }, bins: 7, label: "residuals")
  }
  figure.panel(xLabel: "true", yLabel: "predicted") { panel in
    panel.points(y, y, label: "test")
    panel.diagonal()
    panel.horizontalBand(y: 10...20)
  }
  return figure
}
