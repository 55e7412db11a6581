/// Writes one panel: its columns into the table, its settings and its `plot` into the script.
package struct PanelWriter {
  package let panel: Panel
  package let plan: Layout.Plan
  package let figure: Figure
  package let data: String
  package var table: SeriesTable
  package var decorations: [String] = []

  package init(panel: Panel, plan: Layout.Plan, figure: Figure, data: String, table: SeriesTable) {
    self.panel = panel
    self.plan = plan
    self.figure = figure
    self.data = data
    self.table = table
  }

  package mutating func write(into script: inout Script) {
    let clauses = panel.series.enumerated()
      .sorted { ($0.element.layer, $0.offset) < ($1.element.layer, $1.offset) }
      .flatMap { self.clauses(for: $0.element) }
    addFrame(to: &script)
    addAxes(to: &script)
    for decoration in decorations { script.add(decoration) }
    let isDrawn = clauses.contains { !$0.hasPrefix("keyentry") }
    // gnuplot stops if there is nothing but a legend.
    let all = isDrawn ? clauses : ["NaN notitle"] + clauses
    script.add("plot " + all.joined(separator: ", \\\n  "))
    script.add("unset label\nunset object\nunset arrow")
  }

  private func addFrame(to script: inout Script) {
    script.add("")
    let (width, height) = (figure.width, figure.height)
    script.add("set lmargin at screen \(Script.part(plan.left, of: width))")
    script.add("set rmargin at screen \(Script.part(plan.right, of: width))")
    script.add("set bmargin at screen \(Script.part(plan.bottom, of: height))")
    script.add("set tmargin at screen \(Script.part(plan.top, of: height))")
    let left = Script.part(plan.left, of: width)
    if !panel.title.isEmpty {
      let y = Script.part(plan.top + Double(plan.legendRows) * 20 + 16, of: height)
      script.add(
        "set label 2 \(Script.quoted(panel.title)) at screen \(left),\(y) left "
          + "font ',12' textcolor rgb '#222222'")
    }
    if !panel.series.contains(where: { $0.isVisible(in: panel) }) {
      script.add("set label 3 'no data' at graph 0.5,0.5 center textcolor rgb '\(Ink.faint)'")
    }
    if plan.legendRows > 0 {
      let y = Script.part(plan.top + 7, of: height)
      script.add(
        "set key at screen \(left),\(y) left bottom horizontal Left reverse "
          + "maxcols \(plan.legendColumns) samplen 2.2 textcolor rgb '\(Ink.text)'")
    } else {
      script.add("unset key")
    }
  }

  private func addAxes(to script: inout Script) {
    let color = "textcolor rgb '\(Ink.text)'"
    script.add("set xlabel \(Script.quoted(panel.xLabel)) \(color)")
    let x = Script.part(max(18, plan.left - plan.tickWidth - 34), of: figure.width)
    let y = Script.part((plan.bottom + plan.top) / 2, of: figure.height)
    let yLabel = Script.quoted(panel.yLabel)
    script.add("set label 4 \(yLabel) at screen \(x),\(y) center rotate by 90 \(color)")
    script.add(panel.xScale == .log ? "set logscale x" : "unset logscale x")
    script.add(panel.yScale == .log ? "set logscale y" : "unset logscale y")
    script.add("set xrange [\(plainNumber(plan.x.lower)):\(plainNumber(plan.x.upper))]")
    var (bottom, top) = (plan.y.lower, plan.y.upper)
    if panel.categories?.direction == .horizontal { swap(&bottom, &top) }
    script.add("set yrange [\(plainNumber(bottom)):\(plainNumber(top))]")
    script.add(ticks("x", plan.xTicks, .vertical))
    script.add(ticks("y", plan.yTicks, .horizontal))
  }

  private func ticks(_ axis: String, _ ticks: [Tick], _ direction: BarDirection) -> String {
    if let categories = panel.categories, categories.direction == direction {
      let marks = categories.labels.enumerated().map { index, label in
        "\(Script.quotedTick(label)) \(index + 1)"
      }
      let turn = axis == "x" ? (plan.turnsLabels ? "rotate by 30 right " : "norotate ") : ""
      return "set grid no\(axis)tics\n"
        + "set \(axis)tics \(turn)scale 0 (\(marks.joined(separator: ", ")))"
    }
    let marks = ticks.map { tick in
      "\(Script.quotedTick(tick.label)) \(tick.digits)e\(tick.exponent)"
    }
    let turn = axis == "x" ? "norotate " : ""
    return "set grid \(axis)tics\n"
      + "set \(axis)tics \(turn)scale 0.5 (\(marks.joined(separator: ", ")))"
  }

  private mutating func clauses(for series: Series) -> [String] {
    let title =
      series.label.isEmpty
      ? "notitle" : "title \(Script.quoted(series.legendText(in: panel)))"
    let earlier = decorations
    let parts = drawing(of: series)
    guard series.isVisible(in: panel) else {
      // What can't be drawn still stands in the CSV and in the legend.
      decorations = earlier
      return series.label.isEmpty ? [] : parts.prefix(1).map { "keyentry \($0.style) \(title)" }
    }
    return parts.enumerated().map { index, part in
      let source = part.source.isEmpty ? "keyentry" : part.source
      return "\(source) \(part.style) \(index == 0 ? title : "notitle")"
    }
  }
}
