import Foundation
import Neuronika
import NeuronikaCharts

/// A search for a minimum in the plane: where it was before each step, and the loss there.
struct Search {
  private(set) var x: [Float] = []
  private(set) var y: [Float] = []
  private(set) var losses: [Double] = []

  mutating func record(_ place: Tensor, loss: Float) {
    x.append(place[0])
    y.append(place[1])
    losses.append(Double(loss))
  }

  /// How many steps it took to a loss of at most `limit`; `nil` if it never got there.
  func steps(to limit: Double) -> Int? { losses.firstIndex { $0 <= limit } }

  /// By what a step multiplied the loss, the geometric mean of the last hundred.
  var lastRate: Double { pow(losses.last! / losses[losses.count - 101], 1 / 100) }
}

extension Figure {
  private static let titles = ["gradient descent", "with momentum", "Newton's method"]
  private static let colors: [ChartColor] = [.blue, .vermilion, .green]

  /// Rosenbrock's valley from above, with the ways that searches take through it.
  static func valley(_ searches: Search...) -> Figure {
    var figure = Figure(title: "Three ways down Rosenbrock's valley", height: 900)
    let window = (x: -1.7...1.7, y: -1.2...2.2)
    figure.panel(xLabel: "x", yLabel: "y", xLimits: window.x, yLimits: window.y) { panel in
      for (index, height) in [300.0, 100, 30, 5, 1].enumerated() {
        let (x, lower, upper) = region(below: height, window)
        panel.band(
          x, lower, upper, label: index == 0 ? "f below 300, 100, 30, 5, 1" : "",
          color: .gray)
      }
      for (search, (title, color)) in zip(searches, zip(titles, colors)) {
        panel.line(
          search.x, search.y, label: title, style: search.x.count < 50 ? .marked : .thick,
          color: color)
      }
    }
    return figure
  }

  /// The losses of searches against the number of steps, both in powers of ten.
  static func losses(_ searches: Search...) -> Figure {
    var figure = Figure(title: "How fast they get there", height: 620)
    figure.panel(xLabel: "evaluations of f", yLabel: "f", xScale: .log, yScale: .log) { panel in
      for (search, (title, color)) in zip(searches, zip(titles, colors)) {
        panel.line(
          search.losses.indices.map { Double($0 + 1) }, search.losses, label: title,
          style: search.losses.count < 50 ? .marked : .regular, color: color)
      }
    }
    return figure
  }

  /// Where (1 − x)² + 100 (y − x²)² ≤ height: between two curves, from their left end to their right
  /// one or the edges of the window.
  private static func region(
    below height: Double, _ window: (x: ClosedRange<Double>, y: ClosedRange<Double>)
  ) -> (x: [Double], lower: [Double], upper: [Double]) {
    let ends = [1 - height.squareRoot(), 1 + height.squareRoot()].map {
      min(max($0, window.x.lowerBound), window.x.upperBound)
    }
    // Closer to each other near the ends, where the curves are steep.
    let x = (0...200).map { index in
      (ends[0] + ends[1]) / 2 - (ends[1] - ends[0]) / 2 * cos(Double(index) / 200 * .pi)
    }
    let half = x.map { max(0, height - (1 - $0) * (1 - $0)).squareRoot() / 10 }
    func clipped(_ y: Double) -> Double {
      min(max(y, window.y.lowerBound), window.y.upperBound)
    }
    return (
      x, zip(x, half).map { clipped($0 * $0 - $1) }, zip(x, half).map { clipped($0 * $0 + $1) }
    )
  }
}
