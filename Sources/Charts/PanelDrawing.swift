/// How each kind of series is drawn.
extension PanelWriter {
  package mutating func drawing(of series: Series) -> [Part] {
    let color = "lc rgb '\(series.color.rawValue)'"
    let pale = "fc rgb '\(series.color.mixed(transparency: 0xCC))'"
    switch series.kind {
    case .points(let x, let y):
      let columns = [table.add(xName, x), table.add(name(series, "points"), y)]
      return [(source(columns), "with points \(pointStyle(series, count: x.count)) \(color)")]
    case .line(let x, let y, let style):
      let columns = [table.add(xName, x), table.add(name(series, "line"), y)]
      return lineParts(series, x, y, columns: columns, style: style)
    case .band(let x, let lower, let upper):
      let columns = [
        table.add(xName, x), table.add(name(series, "band") + " lower", lower),
        table.add(name(series, "band") + " upper", upper),
      ]
      let using = ["\(columns[0])", raised(columns[1], plan.y), "\(columns[2])"]
      return [(source(using), "with filledcurves \(pale) fs solid noborder")]
    case .errorBars(let x, let y, let lower, let upper):
      let base = name(series, "value")
      let columns = [table.add(xName, x), table.add(base, y)]
      let ends = [table.add(base + " lower", lower), table.add(base + " upper", upper)]
      let using = columns.map(String.init) + [raised(ends[0], plan.y), "\(ends[1])"]
      let style = "with yerrorbars \(pointStyle(series, count: x.count)) \(color) lw 1.3"
      return [(source(using), style)]
    case .bars(let values, let lower, let upper, let group):
      return barParts(series, values, lower, upper, group: group)
    case .intervals(let values, let lower, let upper):
      return intervalParts(series, values, lower, upper)
    case .histogram(let edges, let counts):
      let base = name(series, "count")
      let columns = [
        table.add(base + " from", Array(edges.dropLast())),
        table.add(base + " to", Array(edges.dropFirst())), table.add(base, counts),
      ]
      let bottom = plainNumber(plan.y.scale == .log ? plan.y.lower : 0)
      let (from, to, count) = (columns[0], columns[1], columns[2])
      let using = [
        "(($\(from) + $\(to)) / 2)", "(\(bottom))", "\(from)", "\(to)", "(\(bottom))", "\(count)",
      ]
      return [(source(using), "with boxxyerror \(filling(series))")]
    case .diagonal:
      return [("x", "with lines dt 2 lw 1.3 \(color)")]
    case .horizontalLine(let y):
      return [(plainNumber(y), "with lines dt 2 lw 1.3 \(color)")]
    case .verticalLine(let x):
      let place = "first \(plainNumber(x)), graph"
      decorations.append(
        "set arrow from \(place) 0 to \(place) 1 nohead front dt 2 lw 1.3 \(color)")
      return [("", "with lines dt 2 lw 1.3 \(color)")]
    case .horizontalBand(let range):
      decorations.append(
        "set object rectangle from graph 0, first \(raised(range.lowerBound, plan.y)) "
          + "to graph 1, first \(plainNumber(range.upperBound)) back \(pale) fs solid noborder")
      return [("", "with boxes \(pale) fs solid noborder")]
    case .verticalBand(let range):
      decorations.append(
        "set object rectangle from first \(raised(range.lowerBound, plan.x)), graph 0 "
          + "to first \(plainNumber(range.upperBound)), graph 1 back \(pale) fs solid noborder")
      return [("", "with boxes \(pale) fs solid noborder")]
    }
  }

  private var xName: String { panel.xLabel.isEmpty ? "x" : panel.xLabel }

  private func name(_ series: Series, _ fallback: String) -> String {
    if !series.label.isEmpty { return series.label }
    return panel.yLabel.isEmpty ? fallback : panel.yLabel
  }

  private func source(_ columns: [Int]) -> String {
    source(columns.map(String.init))
  }

  private func source(_ using: [String]) -> String {
    "'\(data)' skip 1 using \(using.joined(separator: ":"))"
  }

  /// The position of a value or an edge that a log axis may be unable to show: at least the lower
  /// end of the axis. NaN stays NaN.
  private func raised(_ column: Int, _ axis: Axis) -> String {
    guard axis.scale == .log else { return "\(column)" }
    let end = plainNumber(axis.lower)
    return "($\(column) <= \(end) ? \(end) : $\(column))"
  }

  private func raised(_ value: Double, _ axis: Axis) -> String {
    plainNumber(axis.scale == .log ? max(value, axis.lower) : value)
  }

  private func lineParts(
    _ series: Series, _ x: [Double], _ y: [Double], columns: [Int], style: LineStyle
  ) -> [Part] {
    let look = lineStyle(style, variant: series.variant, color: series.color)
    let shown = x.indices.map { index in
      x[index].isFinite && y[index].isFinite && (panel.xScale == .linear || x[index] > 0)
        && (panel.yScale == .linear || y[index] > 0)
    }
    let isConnected = zip(shown, shown.dropFirst()).contains { $0 && $1 }
    if style == .marked || !isConnected {
      return [(source(columns), "with linespoints \(look) \(pointStyle(series, count: x.count))")]
    }
    return [(source(columns), "with lines \(look)")]
  }

  private mutating func categoryColumn() -> Int {
    let labels = panel.categories?.labels ?? []
    let positions = labels.indices.map { Double($0 + 1) }
    let isHorizontal = panel.categories?.direction == .horizontal
    let axisLabel = isHorizontal ? panel.yLabel : panel.xLabel
    let column = table.add("position", positions)
    _ = table.add(axisLabel.isEmpty ? "category" : axisLabel, texts: labels)
    return column
  }

  private mutating func barParts(
    _ series: Series, _ values: [Double], _ lower: [Double], _ upper: [Double], group: Int
  ) -> [Part] {
    let isHorizontal = panel.categories?.direction == .horizontal
    let axis = isHorizontal ? plan.x : plan.y
    let groups = panel.series.count { if case .bars = $0.kind { true } else { false } }
    let width = 0.78 / Double(groups)
    let offset = (Double(group) - Double(groups - 1) / 2) * width
    let position = categoryColumn()
    let base = valueName(series)
    let value = table.add(base, values)
    let start = plainNumber(axis.scale == .log ? axis.lower : 0)
    let centre = "($\(position) + \(plainNumber(offset)))"
    let near = "($\(position) + \(plainNumber(offset - width * 0.47)))"
    let far = "($\(position) + \(plainNumber(offset + width * 0.47)))"
    let end = raised(value, axis)
    let using =
      isHorizontal
      ? [end, centre, "(\(start))", end, near, far] : [centre, end, near, far, "(\(start))", end]
    var parts: [Part] = [(source(using), "with boxxyerror \(filling(series))")]
    if !lower.isEmpty {
      let ends = [table.add(base + " lower", lower), table.add(base + " upper", upper)]
      // Vectors, because gnuplot's error bars leave a gap around their point.
      let from = raised(ends[0], axis)
      let length = "($\(ends[1]) - \(axis.scale == .log ? from : "$\(from)"))"
      let using = isHorizontal ? [from, centre, length, "(0)"] : [centre, from, "(0)", length]
      parts.append((source(using), "with vectors nohead lw 1.4 lc rgb '\(Ink.text)'"))
    }
    return parts
  }

  private mutating func intervalParts(
    _ series: Series, _ values: [Double], _ lower: [Double], _ upper: [Double]
  ) -> [Part] {
    let groups = panel.series.count { if case .intervals = $0.kind { true } else { false } }
    let offset = (Double(series.variant) - Double(groups - 1) / 2) * 0.6 / Double(groups)
    let position = categoryColumn()
    let base = valueName(series)
    let value = table.add(base, values)
    let ends = [table.add(base + " lower", lower), table.add(base + " upper", upper)]
    let using = [
      "\(value)", "($\(position) + \(plainNumber(offset)))", raised(ends[0], plan.x), "\(ends[1])",
    ]
    let look = "\(pointStyle(series, count: 1)) lc rgb '\(series.color.rawValue)' lw 1.6"
    return [(source(using), "with xerrorbars \(look)")]
  }

  private func valueName(_ series: Series) -> String {
    if !series.label.isEmpty { return series.label }
    let axis = panel.categories?.direction == .horizontal ? panel.xLabel : panel.yLabel
    return axis.isEmpty ? "value" : axis
  }
}
