import Neuronika
import NeuronikaCharts
import NeuronikaTutorialKit
import NeuronikaTutorials

/// The graph that a variable is computed by, drawn by Graphviz.
struct GraphPicture: NotebookFigure {
  private let variable: any Variable

  init(of variable: any Variable) { self.variable = variable }

  /// Draws the graph. Without Graphviz its text is kept and the reason is told.
  func write(into directory: String, name: String) throws {
    do {
      try variable.writeGraph(to: "\(directory)/\(name).png", resolution: 108)
    } catch GraphFileError.graphvizIsMissing {
      throw FigureSkipped(
        description: "Graphviz is not installed (on Debian: apt install graphviz); \(name).dot is "
          + "there to draw it later")
    }
  }
}

extension Figure {
  /// A function and its first three derivatives.
  static func derivatives(at x: Tensor, _ curves: [Tensor]) -> Figure {
    var figure = Figure(title: "exp(sin x) and its derivatives", height: 620)
    figure.panel(xLabel: "x", yLabel: "value") { panel in
      for (curve, label) in zip(curves, ["the function", "first", "second", "third derivative"]) {
        panel.line(x.elements, curve.elements, label: label, style: .thick)
      }
    }
    return figure
  }

  /// The error of central differences against their step, with the laws that it follows.
  ///
  /// - Parameters:
  ///   - gradient: The error of the gradient by pullbacks.
  ///   - bend: The size of the third derivative.
  ///   - size: That of the function.
  static func differences(
    _ widths: [Float], single: [Double], double: [Double], gradient: Double, bend: Double,
    size: Double
  ) -> Figure {
    var figure = Figure(title: "Error of the central difference")
    let h = widths.map { Double($0) }
    figure.panel(
      xLabel: "step h", yLabel: "error of f′, root mean square", xScale: .log, yScale: .log,
      yLimits: 1e-12...10
    ) { panel in
      panel.line(
        h, h.map { bend / 6 * $0 * $0 }, label: "truncation: h² f‴/6", style: .dashed,
        color: .purple)
      // One line with a gap, so that both stand as one in the legend.
      panel.line(
        h + [.nan] + h, h.map { size * 0x1p-24 / $0 } + [.nan] + h.map { size * 0x1p-53 / $0 },
        label: "rounding: ε f/h", style: .dashed, color: .gray)
      panel.line(h, single, label: "differences in 32 bits", style: .marked, color: .blue)
      panel.line(h, double, label: "differences in 64 bits", style: .marked, color: .vermilion)
      panel.horizontalLine(y: gradient, label: "backward() in 32 bits", color: .green)
    }
    return figure
  }
}
