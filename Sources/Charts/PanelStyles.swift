extension PanelWriter {
  /// One `plot` clause without its title: where its data are, and how they look.
  package typealias Part = (source: String, style: String)

  private static let shapes = [7, 5, 9, 13, 11, 6, 4, 8, 12, 10]

  /// The shape of points, and their size: the more, the smaller.
  package func pointStyle(_ series: Series, count: Int) -> String {
    let shape = PanelWriter.shapes[series.variant % PanelWriter.shapes.count]
    let size = count > 2000 ? 0.35 : count > 500 ? 0.6 : count > 150 ? 0.8 : 1
    return "pt \(shape) ps \(size)"
  }

  /// How a line looks. The first of its kind is solid, the others have dashes.
  package func lineStyle(_ style: LineStyle, variant: Int, color: ChartColor) -> String {
    let dashes = ["dt 1", "dt '-'", "dt '-.'", "dt '--..'", "dt '_ '"][variant % 5]
    return switch style {
    case .regular, .marked: "\(dashes) lw 1.8 lc rgb '\(color.rawValue)'"
    case .thick: "\(dashes) lw 3 lc rgb '\(color.rawValue)'"
    case .thin: "dt '.' lw 1 lc rgb '\(color.mixed(transparency: 0x50))'"
    case .dashed: "dt '-' lw 1.5 lc rgb '\(color.rawValue)'"
    }
  }

  /// How bars and bins are filled: solid, then pale, then hatched.
  package func filling(_ series: Series) -> String {
    let color = series.color.rawValue
    let fill = ["solid 0.8", "solid 0.35", "pattern 4", "pattern 5", "pattern 2"]
    return "fc rgb '\(color)' fs \(fill[series.variant % 5]) border lc rgb '\(color)'"
  }
}
