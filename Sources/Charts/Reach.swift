extension Series {
  /// The legend's text. A series of which nothing can be seen says so.
  package func legendText(in panel: Panel) -> String {
    label.isEmpty || isVisible(in: panel) ? label : label + " (no data)"
  }

  /// The values of x and y that this series needs in view: those that can be drawn in `panel`.
  package func reach(in panel: Panel) -> (x: [Double], y: [Double]) {
    func fits(_ value: Double, _ scale: AxisScale) -> Bool {
      value.isFinite && (scale == .linear || value > 0)
    }
    func pairs(_ x: [Double], _ y: [Double], _ more: [[Double]] = []) -> ([Double], [Double]) {
      let kept = x.indices.filter { fits(x[$0], panel.xScale) && fits(y[$0], panel.yScale) }
      return (kept.map { x[$0] }, ([y] + more).flatMap { column in kept.map { column[$0] } })
    }
    func along(_ values: [Double]) -> ([Double], [Double]) {
      panel.categories?.direction == .horizontal ? (values, []) : ([], values)
    }
    switch kind {
    case .points(let x, let y), .line(let x, let y, _):
      return pairs(x, y)
    case .band(let x, let lower, let upper):
      // A lower edge that a log axis can't show doesn't hide the upper one.
      let defined = lower.indices.map { lower[$0].isNaN ? .nan : upper[$0] }
      return pairs(x, defined, [lower])
    case .errorBars(let x, let y, let lower, let upper):
      return pairs(x, y, [lower, upper])
    case .bars(let values, let lower, let upper, _):
      let isLinear =
        (panel.categories?.direction == .horizontal ? panel.xScale : panel.yScale)
        == .linear
      return along(values + lower + upper + (isLinear ? [0] : []))
    case .intervals(let values, let lower, let upper):
      return along(values + lower + upper)
    case .histogram(let edges, let counts):
      // On a log axis a count of 1 needs a bar, too.
      let base = panel.yScale == .linear ? 0 : 0.5
      return (edges, counts.isEmpty ? [] : counts + [base])
    case .diagonal: return ([], [])
    case .horizontalLine(let y): return ([], [y])
    case .verticalLine(let x): return ([x], [])
    case .horizontalBand(let range): return ([], [range.lowerBound, range.upperBound])
    case .verticalBand(let range): return ([range.lowerBound, range.upperBound], [])
    }
  }

  /// Whether there is at least one value that the axes can show.
  package func isVisible(in panel: Panel) -> Bool {
    switch kind {
    case .diagonal: return true
    case .bars(let values, _, _, _):
      return values.contains { fits($0, along: panel) }
    case .intervals(let values, _, _):
      return values.contains { fits($0, along: panel) }
    default:
      let reach = reach(in: panel)
      return reach.x.contains { panel.xScale == .linear ? $0.isFinite : $0 > 0 }
        || reach.y.contains { panel.yScale == .linear ? $0.isFinite : $0 > 0 }
    }
  }

  private func fits(_ value: Double, along panel: Panel) -> Bool {
    let isHorizontal = panel.categories?.direction == .horizontal
    return value.isFinite && ((isHorizontal ? panel.xScale : panel.yScale) == .linear || value > 0)
  }
}
