/// The text of a gnuplot script.
package struct Script {
  private var lines: [String] = []

  package init() {}

  package mutating func add(_ line: String) {
    lines.append(line)
  }

  /// A text as gnuplot's single-quoted string, in which nothing but `'` is special.
  package static func quoted(_ text: String) -> String {
    "'" + singleLine(text).replacing("'", with: "''") + "'"
  }

  /// A tick's label: unlike all other texts it is a format, in which `%` is special.
  package static func quotedTick(_ text: String) -> String {
    quoted(text.replacing("%", with: "%%"))
  }

  /// A position in pixels, as the part of the whole that gnuplot wants.
  package static func part(_ pixels: Double, of whole: Int) -> String {
    plainNumber((pixels / Double(whole) * 100_000).rounded() / 100_000)
  }

  /// The whole script of a figure. Fills `table` with the columns that it draws.
  package static func text(for figure: Figure, name: String, table: inout SeriesTable) -> String {
    var script = Script()
    script.addPrelude(figure, name)
    switch figure.content {
    case .panels(let panels):
      script.addTitle(figure)
      if panels.count > 1 { script.add("set multiplot") }
      let layout = Layout(figure: figure, panels: panels)
      for (index, panel) in panels.enumerated() {
        var writer = PanelWriter(
          panel: panel, plan: layout.plans[index], figure: figure, data: name + ".csv",
          table: table)
        writer.write(into: &script)
        table = writer.table
      }
      if panels.count > 1 { script.add("\nunset multiplot") }
      if panels.isEmpty { script.add("unset border\nunset tics\nplot [0:1] [0:1] NaN notitle") }
    case .confusion(let matrix):
      script.addTitle(figure)
      matrix.write(into: &script, figure: figure, data: name + ".csv", table: &table)
    }
    script.add("unset output")
    return script.lines.joined(separator: "\n") + "\n"
  }

  private mutating func addPrelude(_ figure: Figure, _ name: String) {
    add("# Draws \(name).png from \(name).csv. To run it again, in this folder: gnuplot \(name).gp")
    add("reset")
    add("if (!exists('image')) image = '\(name).png'")
    add(
      "set terminal pngcairo noenhanced size \(figure.width),\(figure.height) "
        + "font 'DejaVu Sans,11' background '#ffffff'")
    add("set output image")
    add("set encoding utf8")
    add("set datafile separator comma")
    add("set border 3 back lc rgb '\(Ink.axis)' lw 1")
    add("set tics out nomirror scale 0.5 textcolor rgb '\(Ink.text)'")
    add("set grid back lt 1 lc rgb '\(Ink.grid)' lw 1")
    add("set errorbars small")
  }

  private mutating func addTitle(_ figure: Figure) {
    guard !figure.title.isEmpty else { return }
    let limit = Int(Double(figure.width - 40) / Layout.titleCharacter)
    let title = Script.quoted(shortened(figure.title, to: max(8, limit)))
    let x = Script.part(20, of: figure.width)
    let y = Script.part(Double(figure.height) - 24, of: figure.height)
    add("set label 1 \(title) at screen \(x),\(y) left font ',14' textcolor rgb '#222222'")
  }
}
