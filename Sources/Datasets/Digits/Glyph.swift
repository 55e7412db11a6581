/// One form of a digit: the strokes of a pen.
package struct Glyph: Sendable, Hashable {
  /// A point on the paper: x to the right, y downwards.
  package typealias Point = SIMD2<Double>

  /// Points that one movement of the pen goes through, as smooth runs that meet in corners.
  package struct Stroke: Sendable, Hashable {
    package var runs: [[Point]]
    /// Whether the pen comes back smoothly to where it began. Then there is one run.
    package var isClosed: Bool
  }

  package let strokes: [Stroke]

  /// Reads the notation of the tables: `x,y` is a point that the pen passes smoothly, `x,y|` one
  /// where it turns at a corner, `/` lifts it, and `@` closes the stroke.
  package init(_ notation: String) {
    strokes = notation.split(separator: "/").map { text in
      var runs: [[Point]] = [[]]
      for word in text.split(separator: " ") {
        let numbers = word.split { "@,|".contains($0) }.map { Double(String($0))! }
        let point = Point(numbers[0], numbers[1])
        runs[runs.count - 1].append(point)
        if word.hasSuffix("|") { runs.append([point]) }
      }
      return Stroke(runs: runs, isClosed: text.drop { $0 == " " }.hasPrefix("@"))
    }
  }

  /// The strokes as lines through many points.
  ///
  /// **Source:** E. Catmull, R. Rom: *A class of local interpolating splines*, Computer Aided
  /// Geometric Design, 1974: each span is the cubic whose slopes at its ends are half the way from
  /// the point before to the point after.
  ///
  /// - Parameters:
  ///   - steps: The number of lines from one given point to the next.
  ///   - move: Where a given point really lies.
  package func lines(steps: Int, move: (Point) -> Point) -> [[Point]] {
    strokes.map { stroke in
      var line: [Point] = []
      var corner: Point?
      for run in stroke.runs {
        var points = run.map(move)
        // Both runs that meet in a corner have it, and it moves once.
        if let corner { points[0] = corner }
        corner = points.last
        Glyph.append(points, isClosed: stroke.isClosed, steps: steps, to: &line)
      }
      return line
    }
  }

  private static func append(
    _ points: [Point], isClosed: Bool, steps: Int, to line: inout [Point]
  ) {
    let count = points.count
    func point(_ index: Int) -> Point {
      if isClosed { return points[(index + count) % count] }
      if index < 0 { return 2 * points[0] - points[1] }
      if index >= count { return 2 * points[count - 1] - points[count - 2] }
      return points[index]
    }
    for span in 0..<(isClosed ? count : count - 1) {
      let (a, b, c, d) = (point(span - 1), point(span), point(span + 1), point(span + 2))
      for step in 0..<steps {
        let t = Double(step) / Double(steps)
        let linear = (c - a) * t
        let square = (2 * a - 5 * b + 4 * c - d) * (t * t)
        let cube = (3 * (b - c) + d - a) * (t * t * t)
        line.append(b + 0.5 * (linear + square + cube))
      }
    }
    line.append(isClosed ? points[0] : points[count - 1])
  }
}
