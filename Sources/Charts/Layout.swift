/// Where each panel of a figure stands, in pixels from the lower left corner.
///
/// gnuplot finds margins by itself, but for each plot alone: the panels' axes wouldn't stand
/// below one another, and a legend above a panel would run into the one above it.
package struct Layout {
  /// The mean width of a character of the 11 point font.
  package static let character = 8.6
  /// The mean width of a character of the 14 point font.
  package static let titleCharacter = 10.8
  private static let row = 20.0

  /// The place, the axes and the legend of one panel.
  package struct Plan {
    package var left = 0.0
    package var right = 0.0
    package var bottom = 0.0
    package var top = 0.0
    package var x: Axis
    package var y: Axis
    package var xTicks: [Tick] = []
    package var yTicks: [Tick] = []
    package var legendColumns = 1
    package var legendRows = 0
    package var turnsLabels = false
    /// The width of the y axis' longest label.
    package var tickWidth = 0.0
  }

  package private(set) var plans: [Plan]

  package init(figure: Figure, panels: [Panel]) {
    plans = panels.map { panel in
      let (x, y) = panel.axes
      return Plan(x: x, y: y)
    }
    guard !panels.isEmpty else { return }
    let width = Double(figure.width)
    let titleHeight = figure.title.isEmpty ? 10.0 : 46.0
    let available = Double(figure.height) - titleHeight
    let shares = panels.reduce(0) { $0 + $1.share }

    // The heights of the panels are known first, then the marks of their y axes, then the width of
    // these marks' labels, the largest of which is the left margin of all panels.
    var left = 0.0
    for (index, panel) in panels.enumerated() {
      let height = available * panel.share / shares
      plans[index].yTicks = plans[index].y.ticks(about: min(8, max(2, Int((height - 90) / 42))))
      var widest = plans[index].yTicks.map(\.label.count).max() ?? 1
      if let categories = panel.categories, categories.direction == .horizontal {
        widest = categories.labels.map(\.count).max() ?? 1
      }
      let label = panel.yLabel.isEmpty ? 0 : 30.0
      plans[index].tickWidth = Double(widest) * Layout.character
      left = max(left, 22 + plans[index].tickWidth + label)
    }
    left = min(left, width * 0.5)
    let right = width - 30

    var top = available
    for (index, panel) in panels.enumerated() {
      let height = available * panel.share / shares
      var plan = plans[index]
      plan.left = left
      plan.right = right
      plan.xTicks = plan.x.ticks(
        about: min(9, max(2, Int((right - left) / 110))), length: right - left,
        width: Layout.character)
      var below = 30 + (panel.xLabel.isEmpty ? 4 : 28.0)
      if let categories = panel.categories, categories.direction == .vertical {
        let widest = Double(categories.labels.map(\.count).max() ?? 0) * Layout.character
        let space = (right - left) / Double(max(1, categories.labels.count))
        plan.turnsLabels = widest + 8 > space
        if plan.turnsLabels { below += min(widest * 0.5, height * 0.4) }
      }
      let legend = Layout.legend(panel, width: right - left)
      plan.legendColumns = legend.columns
      plan.legendRows = legend.rows
      let above =
        (panel.title.isEmpty ? 0 : Layout.row + 6) + Double(legend.rows) * Layout.row + 12
      plan.bottom = top - height + below
      plan.top = max(plan.bottom + 20, top - above)
      plans[index] = plan
      top -= height
    }
  }

  /// gnuplot makes all columns of a legend as wide as the widest.
  private static func legend(
    _ panel: Panel, width: Double
  ) -> (columns: Int, rows: Int) {
    let widths = panel.series.filter { !$0.label.isEmpty }
      .map { Double($0.legendText(in: panel).count) }
    guard let widest = widths.max() else { return (1, 0) }
    let columns = max(1, min(widths.count, Int(width / (widest * character + 62))))
    return (columns, (widths.count + columns - 1) / columns)
  }
}

extension Panel {
  /// The ranges of this panel's axes.
  package var axes: (x: Axis, y: Axis) {
    var xs: [Double] = []
    var ys: [Double] = []
    var xBase: Double?
    var yBase: Double?
    for series in series {
      let reach = series.reach(in: self)
      xs += reach.x
      ys += reach.y
      switch series.kind {
      case .bars where categories?.direction == .horizontal: xBase = 0
      case .bars, .histogram: yBase = 0
      default: break
      }
    }
    let hasDiagonal = series.contains { if case .diagonal = $0.kind { true } else { false } }
    if hasDiagonal, xScale == yScale { (xs, ys) = (xs + ys, xs + ys) }
    var x = Axis(covering: xs, scale: xScale, limits: xLimits, base: xBase)
    var y = Axis(covering: ys, scale: yScale, limits: yLimits, base: yBase)
    if let categories {
      let last = Double(max(1, categories.labels.count)) + 0.5
      switch categories.direction {
      case .vertical: (x.lower, x.upper) = (0.5, last)
      case .horizontal: (y.lower, y.upper) = (0.5, last)
      }
    }
    return (x, y)
  }
}
