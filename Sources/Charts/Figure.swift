import Foundation

/// A figure: one or more panels, one above the other.
///
/// ```swift
/// var figure = Figure(title: "Data and fit")
/// figure.panel(xLabel: "size [m²]", yLabel: "price [k€]") { panel in
///   panel.points(x, y, label: "data")
///   panel.line(x, fit, label: "fit", style: .thick)
/// }
/// let files = try figure.write(to: "results", name: "fit")
/// ```
///
/// Writing makes three files: `fit.csv` with the numbers, `fit.gp` that draws them, and `fit.png`.
/// The first two are made for readers: anyone can draw the figure again or in another way. Equal
/// figures give equal bytes.
///
/// What can't be drawn is left out, never an error: NaN (which interrupts a line), infinities
/// (which become NaN in the CSV), and zero and below on log axes. A series with nothing left keeps
/// its place in the legend with "(no data)". Programming mistakes, such as an x and a y of
/// different lengths, stop the program with a sentence.
public struct Figure: Sendable {
  package let title: String
  package let width: Int
  package let height: Int
  package var content: Content = .panels([])

  package enum Content: Sendable {
    case panels([Panel])
    case confusion(ConfusionMatrix)
  }

  /// - Parameters:
  ///   - title: drawn above the panels; may be empty.
  ///   - width: in pixels, from 300 to 8000.
  ///   - height: in pixels, from 200 to 8000.
  public init(title: String, width: Int = 1100, height: Int = 760) {
    guard (300...8000).contains(width), (200...8000).contains(height) else {
      fatalError(
        "Figure: a size of \(width)×\(height) can't be drawn; "
          + "the width is from 300 to 8000 pixels, the height from 200 to 8000")
    }
    self.title = singleLine(title)
    self.width = width
    self.height = height
  }

  /// Adds a panel below those there are.
  ///
  /// - Parameters:
  ///   - title: drawn above this panel; empty for none.
  ///   - xLabel: what x is, with its unit: `"size [m²]"`. Names the x column of the CSV, too.
  ///   - yLabel: what y is, with its unit.
  ///   - xScale: linear or logarithmic.
  ///   - yScale: linear or logarithmic.
  ///   - xLimits: the range of x; nil takes that of the data. On a log axis both are positive.
  ///   - yLimits: the range of y; nil takes that of the data. On a log axis both are positive.
  ///   - share: the height of this panel in proportion to the others' shares.
  ///   - content: adds the series.
  public mutating func panel(
    title: String = "", xLabel: String, yLabel: String, xScale: AxisScale = .linear,
    yScale: AxisScale = .linear, xLimits: ClosedRange<Double>? = nil,
    yLimits: ClosedRange<Double>? = nil, share: Double = 1, _ content: (inout Panel) -> Void
  ) {
    guard case .panels(var panels) = self.content else {
      fatalError("Figure.panel: a confusion matrix takes the whole figure; make a second figure")
    }
    guard share > 0, share.isFinite else {
      fatalError("Figure.panel: a panel's share of the height is positive, not \(share)")
    }
    var panel = Panel(
      title: singleLine(title), xLabel: singleLine(xLabel), yLabel: singleLine(yLabel),
      xScale: xScale, yScale: yScale, share: share)
    panel.xLimits = Figure.checked(xLimits, xScale, axis: "x")
    panel.yLimits = Figure.checked(yLimits, yScale, axis: "y")
    content(&panel)
    panels.append(panel)
    self.content = .panels(panels)
  }

  private static func checked(
    _ limits: ClosedRange<Double>?, _ scale: AxisScale, axis: String
  ) -> ClosedRange<Double>? {
    guard let limits else { return nil }
    let bounds = limits.lowerBound.isFinite && limits.upperBound.isFinite
    guard bounds, limits.lowerBound < limits.upperBound else {
      fatalError("Figure.panel: the \(axis) limits \(limits) span no range")
    }
    guard scale == .linear || limits.lowerBound > 0 else {
      fatalError(
        "Figure.panel: the \(axis) axis is logarithmic, but its limits \(limits) aren't "
          + "all positive")
    }
    return limits
  }

  /// Writes `name`.csv, `name`.gp and `name`.png into a folder, which is made if need be.
  ///
  /// An earlier `name`.png is removed first: no picture ever stands beside data it doesn't show.
  ///
  /// - Parameters:
  ///   - folder: where to write.
  ///   - name: letters, digits, `-`, `_` and `.`, not starting with `-` or `.`.
  ///   - gnuplot: the program that draws.
  /// - Returns: the files, and whether there was a gnuplot to draw the PNG. Without one the figure
  ///   is ``Rendering/skipped(reason:)``.
  /// - Throws: ``ChartError`` if a file can't be written, or if gnuplot fails or runs out of time;
  ///   CSV and script are kept then.
  @discardableResult
  public func write(
    to folder: URL, name: String, gnuplot: Gnuplot = .standard
  ) throws(ChartError) -> FigureFiles {
    Figure.check(name)
    var table = SeriesTable()
    let script = Script.text(for: self, name: name, table: &table)
    try makeFolder(folder)
    let files = (
      csv: folder.appendingPathComponent(name + ".csv"),
      script: folder.appendingPathComponent(name + ".gp"),
      image: folder.appendingPathComponent(name + ".png")
    )
    try? FileManager.default.removeItem(at: files.image)
    try NeuronikaCharts.write(table.csv, to: files.csv)
    try NeuronikaCharts.write(script, to: files.script)
    let (rendering, warnings) = try gnuplot.render(name, in: folder)
    return FigureFiles(
      csv: files.csv, script: files.script, image: rendering == .rendered ? files.image : nil,
      rendering: rendering, warnings: warnings)
  }

  /// Writes the three files into the folder at a path. See ``write(to:name:gnuplot:)-(URL,_,_)``.
  @discardableResult
  public func write(
    to folder: String, name: String, gnuplot: Gnuplot = .standard
  ) throws(ChartError) -> FigureFiles {
    try write(to: URL(fileURLWithPath: folder), name: name, gnuplot: gnuplot)
  }

  /// gnuplot runs a file name that starts with `<` as a command, and a shell splits one with
  /// blanks; so names are plain.
  private static func check(_ name: String) {
    let plain = name.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
    guard plain, let first = name.first, first != "-", first != "." else {
      fatalError(
        "Figure.write: \"\(name)\" can't name a figure; use letters, digits, '-', '_' and '.', "
          + "without a folder and without an extension")
    }
  }
}

/// The files of a figure.
public struct FigureFiles: Sendable {
  /// The numbers.
  public let csv: URL
  /// The gnuplot script that draws them.
  public let script: URL
  /// The picture, or nil if it wasn't drawn.
  public let image: URL?
  /// Whether the picture was drawn, and why not.
  public let rendering: Rendering
  /// What gnuplot said besides; mostly empty.
  public let warnings: String
}
