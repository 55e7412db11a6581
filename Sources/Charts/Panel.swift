/// The series of one panel of a ``Figure``.
///
/// A series without a label isn't in the legend. A series without a colour takes the next one of
/// the palette.
public struct Panel: Sendable {
  package let title: String
  package let xLabel: String
  package let yLabel: String
  package let xScale: AxisScale
  package let yScale: AxisScale
  package let share: Double
  package var xLimits: ClosedRange<Double>?
  package var yLimits: ClosedRange<Double>?
  package private(set) var series: [Series] = []
  package private(set) var categories: Categories?
  private var colorsTaken = 0

  package init(
    title: String, xLabel: String, yLabel: String, xScale: AxisScale, yScale: AxisScale,
    share: Double
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.xScale = xScale
    self.yScale = yScale
    self.share = share
  }

  /// Adds points. Many points are drawn smaller, so that they don't melt into one another.
  public mutating func points<X: BinaryFloatingPoint, Y: BinaryFloatingPoint>(
    _ x: [X], _ y: [Y], label: String = "", color: ChartColor? = nil
  ) {
    Panel.check("points", x.count, [("y", y.count)])
    let variant = count { if case .points = $0 { true } else { false } }
    add(.points(x: drawable(x), y: drawable(y)), label, color ?? nextColor(), variant)
  }

  /// Adds a line through points in the order given. NaN interrupts it.
  public mutating func line<X: BinaryFloatingPoint, Y: BinaryFloatingPoint>(
    _ x: [X], _ y: [Y], label: String = "", style: LineStyle = .regular,
    color: ChartColor? = nil
  ) {
    Panel.check("line", x.count, [("y", y.count)])
    let variant = count { kind in
      if case .line(_, _, let other) = kind { other == style } else { false }
    }
    let kind = Series.Kind.line(x: drawable(x), y: drawable(y), style: style)
    add(kind, label, color ?? nextColor(), variant)
  }

  /// Adds the pale band between two lines.
  ///
  /// - Parameter color: nil takes that of the line added last, whose uncertainty it mostly is.
  public mutating func band<X: BinaryFloatingPoint, Y: BinaryFloatingPoint>(
    _ x: [X], _ lower: [Y], _ upper: [Y], label: String = "", color: ChartColor? = nil
  ) {
    Panel.check("band", x.count, [("lower", lower.count), ("upper", upper.count)])
    let last = series.last { if case .line = $0.kind { true } else { false } }
    let kind = Series.Kind.band(x: drawable(x), lower: drawable(lower), upper: drawable(upper))
    add(kind, label, color ?? last?.color ?? nextColor(), 0)
  }

  /// Adds points with whiskers from `lower` to `upper`: values, not distances.
  public mutating func errorBars<X: BinaryFloatingPoint, Y: BinaryFloatingPoint>(
    _ x: [X], _ y: [Y], lower: [Y], upper: [Y], label: String = "", color: ChartColor? = nil
  ) {
    Panel.check(
      "errorBars", x.count, [("y", y.count), ("lower", lower.count), ("upper", upper.count)])
    let variant = count { if case .errorBars = $0 { true } else { false } }
    let kind = Series.Kind.errorBars(
      x: drawable(x), y: drawable(y), lower: drawable(lower), upper: drawable(upper))
    add(kind, label, color ?? nextColor(), variant)
  }

  /// Adds a bar for each category. Further calls with the same categories stand side by side.
  ///
  /// - Parameters:
  ///   - labels: the categories.
  ///   - values: where the bars end; they start at 0, on a log axis at its lower end.
  ///   - lower: the lower ends of whiskers; values, not distances. Empty for none.
  ///   - upper: the upper ends of whiskers. Empty for none.
  ///   - direction: all bars of a panel have the same.
  public mutating func bars<Y: BinaryFloatingPoint>(
    _ labels: [String], _ values: [Y], lower: [Y] = [], upper: [Y] = [],
    direction: BarDirection = .vertical, label: String = "", color: ChartColor? = nil
  ) {
    Panel.check("bars", labels.count, [("values", values.count)], of: "labels")
    if !lower.isEmpty || !upper.isEmpty {
      Panel.check(
        "bars", labels.count, [("lower", lower.count), ("upper", upper.count)], of: "labels")
    }
    setCategories("bars", labels, direction)
    let group = count { if case .bars = $0 { true } else { false } }
    let kind = Series.Kind.bars(
      values: drawable(values), lower: drawable(lower), upper: drawable(upper), group: group)
    add(kind, label, color ?? nextColor(), group)
  }

  /// Adds a point with horizontal whiskers for each category, the first on top: a forest plot.
  public mutating func intervals<X: BinaryFloatingPoint>(
    _ labels: [String], _ values: [X], lower: [X], upper: [X], label: String = "",
    color: ChartColor? = nil
  ) {
    Panel.check(
      "intervals", labels.count,
      [("values", values.count), ("lower", lower.count), ("upper", upper.count)], of: "labels")
    setCategories("intervals", labels, .horizontal)
    let variant = count { if case .intervals = $0 { true } else { false } }
    let kind = Series.Kind.intervals(
      values: drawable(values), lower: drawable(lower), upper: drawable(upper))
    add(kind, label, color ?? nextColor(), variant)
  }

  /// Adds how many of `values` fall into each of `bins` intervals of equal width, each closed
  /// below and open above, the last closed. Values that are not finite aren't counted.
  public mutating func histogram<X: BinaryFloatingPoint>(
    _ values: [X], bins: Int = 30, label: String = "", color: ChartColor? = nil
  ) {
    guard bins > 0 else { fatalError("panel.histogram: \(bins) bins hold nothing; use 1 or more") }
    guard xScale == .linear else {
      fatalError("panel.histogram: bins of equal width need a linear x axis")
    }
    let variant = count { if case .histogram = $0 { true } else { false } }
    let (edges, counts) = binned(drawable(values), bins: bins)
    add(.histogram(edges: edges, counts: counts), label, color ?? nextColor(), variant)
  }

  /// Adds the line y = x, and gives both axes the same range unless they have limits: predicted
  /// values against true ones.
  public mutating func diagonal(label: String = "y = x") {
    add(.diagonal, label, .gray, 0)
  }

  /// Adds a dashed line across the panel at `y`, which stays in view.
  public mutating func horizontalLine(y: Double, label: String = "", color: ChartColor = .gray) {
    add(.horizontalLine(finite(y)), label, color, 0)
  }

  /// Adds a dashed line from bottom to top at `x`, which stays in view.
  public mutating func verticalLine(x: Double, label: String = "", color: ChartColor = .gray) {
    add(.verticalLine(finite(x)), label, color, 0)
  }

  /// Shades the part of the panel with y in `range`: a tolerance.
  public mutating func horizontalBand(
    y range: ClosedRange<Double>, label: String = "", color: ChartColor = .gray
  ) {
    add(.horizontalBand(range), label, color, 0)
  }

  /// Shades the part of the panel with x in `range`: a tolerance.
  public mutating func verticalBand(
    x range: ClosedRange<Double>, label: String = "", color: ChartColor = .gray
  ) {
    add(.verticalBand(range), label, color, 0)
  }

  private mutating func add(
    _ kind: Series.Kind, _ label: String, _ color: ChartColor, _ variant: Int
  ) {
    let series = Series(
      kind: kind, label: shortened(label, to: 110), color: color, variant: variant)
    self.series.append(series)
  }

  private mutating func nextColor() -> ChartColor {
    colorsTaken += 1
    return ChartColor.cycle[(colorsTaken - 1) % ChartColor.cycle.count]
  }

  private func count(where matches: (Series.Kind) -> Bool) -> Int {
    series.count { matches($0.kind) }
  }

  private mutating func setCategories(
    _ caller: String, _ labels: [String], _ direction: BarDirection
  ) {
    let lines = labels.map { shortened($0, to: 40) }
    if let categories {
      guard categories.labels == lines else {
        fatalError(
          "panel.\(caller): the categories \(lines) differ from those already in this panel, "
            + "\(categories.labels)")
      }
      guard categories.direction == direction else {
        fatalError("panel.\(caller): a panel can't have both vertical and horizontal categories")
      }
      return
    }
    guard (direction == .vertical ? xScale : yScale) == .linear else {
      fatalError("panel.\(caller): the axis of the categories can't be logarithmic")
    }
    categories = Categories(labels: lines, direction: direction)
  }

  private static func check(
    _ caller: String, _ expected: Int, _ found: [(name: String, count: Int)], of name: String = "x"
  ) {
    for (other, count) in found where count != expected {
      fatalError("panel.\(caller): \(name) has \(expected) values, but \(other) has \(count)")
    }
  }
}

/// The edges and the counts of a histogram. No values give no bins; equal values give one.
package func binned(_ values: [Double], bins: Int) -> (edges: [Double], counts: [Double]) {
  let finite = values.filter(\.isFinite)
  guard let least = finite.min(), let most = finite.max() else { return ([], []) }
  let width = (most - least) / Double(bins)
  guard width > max(least.magnitude, most.magnitude) * 1e-13, width > 1e-300 else {
    let half = least == 0 ? 0.5 : least.magnitude * 0.05
    return ([least - half, most + half], [Double(finite.count)])
  }
  var counts = [Double](repeating: 0, count: bins)
  for value in finite { counts[min(bins - 1, Int((value - least) / width))] += 1 }
  return ((0...bins).map { $0 == bins ? most : least + Double($0) * width }, counts)
}
