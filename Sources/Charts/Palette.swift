/// A colour of the figures: Wong's palette, which people with any common colour blindness can tell
/// apart, and a grey for what is not data.
///
/// Series without a colour of their own take these in order. No series is told apart by colour
/// alone: points change their shape, lines their dashes, bars their filling.
///
/// **Source:** B. Wong, "Points of view: Color blindness", Nature Methods 8, 441 (2011).
public enum ChartColor: String, CaseIterable, Sendable {
  case blue = "#0072B2"
  case vermilion = "#D55E00"
  case green = "#009E73"
  case orange = "#E69F00"
  case sky = "#56B4E9"
  case purple = "#CC79A7"
  /// For references and other things that are not data.
  case gray = "#666666"

  /// The colours series take when they name none.
  package static let cycle: [ChartColor] = [.blue, .vermilion, .green, .orange, .sky, .purple]

  /// This colour as gnuplot writes it, let through the ground by `transparency` of 255.
  package func mixed(transparency: Int) -> String {
    let digits = String(transparency, radix: 16, uppercase: true)
    return "#" + (digits.count < 2 ? "0" : "") + digits + rawValue.dropFirst()
  }
}

/// How a line is drawn.
public enum LineStyle: Sendable {
  /// A line of middle weight; each further one in a panel has other dashes.
  case regular
  /// Thin, dotted and pale: raw values below their average.
  case thin
  /// A heavy line; each further one in a panel has other dashes.
  case thick
  /// A line of middle weight with a mark on each point: a few measurements in order.
  case marked
  /// Always dashed: a law, a bound, a closed-form solution.
  case dashed
}

/// The direction in which bars grow.
public enum BarDirection: Sendable {
  /// Categories on the x axis. Long labels are turned by 30 degrees.
  case vertical
  /// Categories on the y axis, the first on top: best for long labels.
  case horizontal
}

/// What the scripts draw besides data.
package enum Ink {
  package static let text = "#333333"
  package static let axis = "#999999"
  package static let grid = "#dddddd"
  package static let faint = "#aaaaaa"
}
