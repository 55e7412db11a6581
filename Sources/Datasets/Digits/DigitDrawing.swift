/// Draws one image of a digit as someone might have written it.
///
/// The points that the pen goes through tremble; a smooth random field bends the whole; then it is
/// turned, slanted, stretched and moved. The pen has a random width, its edge is blurred, and the
/// sheet is grainy.
struct DigitDrawing {
  typealias Point = Glyph.Point

  /// The extent of an image in pixels, both ways.
  static let side = 28
  /// How far the elastic field reaches: one vector for each knot of a coarse grid.
  private static let knots = 4

  /// The image, one row after another, 0 for paper and 255 for ink.
  private(set) var pixels = [UInt8](repeating: 0, count: side * side)

  init(_ glyph: Glyph, random: inout RandomWords) {
    let lines = DigitDrawing.bent(glyph, &random)
    let radius = random.uniform(0.75, 1.75)
    let softness = random.uniform(0.9, 1.8)
    var ink = DigitDrawing.ink(lines, radius: radius, softness: softness)
    DigitDrawing.blur(&ink, weight: random.uniform(0, 0.22))
    let pressure = random.uniform(0.75, 1)
    let grain = random.uniform(0, 0.09)
    for i in pixels.indices {
      let value = ink[i] * pressure + grain * random.bell()
      pixels[i] = UInt8(255 * min(max(value, 0), 1) + 0.5)
    }
  }

  /// The lines of a glyph in pixels, distorted.
  private static func bent(_ glyph: Glyph, _ random: inout RandomWords) -> [[Point]] {
    let tremble = random.uniform(1, 3)
    var field: [Point] = []
    let strength = random.uniform(1, 5)
    for _ in 0..<(knots * knots) {
      field.append(Point(random.bell(), random.bell()) * strength)
    }
    let lines = glyph.lines(steps: 6) { point in
      point + Point(random.bell(), random.bell()) * tremble
    }

    let angle = random.uniform(-0.28, 0.28)
    let (sine, cosine) = sineAndCosine(angle)
    let slant = random.uniform(-0.25, 0.25)
    // 100 units are 20 pixels where nothing is stretched.
    let stretch = Point(random.uniform(0.14, 0.23), random.uniform(0.16, 0.22))
    let middle =
      Point(repeating: Double(side - 1) / 2)
      + Point(random.uniform(-2.5, 2.5), random.uniform(-2.5, 2.5))
    return lines.map { line in
      line.map { point in
        var p = (point + elastic(field, at: point) - Point(35, 50)) * stretch
        p.x -= slant * p.y
        return middle + Point(cosine * p.x - sine * p.y, sine * p.x + cosine * p.y)
      }
    }
  }

  /// The elastic field between its knots: cubic weights, so that it has no kinks.
  private static func elastic(_ field: [Point], at point: Point) -> Point {
    func place(_ value: Double, _ extent: Double) -> (Int, Double) {
      let scaled = min(max(value / extent, 0), 1) * Double(knots - 1)
      let knot = min(Int(scaled), knots - 2)
      let t = scaled - Double(knot)
      return (knot, t * t * (3 - 2 * t))
    }
    let (column, u) = place(point.x, 70)
    let (row, v) = place(point.y, 100)
    let corner = row * knots + column
    let upper = field[corner] + (field[corner + 1] - field[corner]) * u
    let lower =
      field[corner + knots] + (field[corner + knots + 1] - field[corner + knots]) * u
    return upper + (lower - upper) * v
  }

  /// Sine and cosine of an angle below one half, by their series: the error is below 10⁻¹⁰.
  private static func sineAndCosine(_ x: Double) -> (Double, Double) {
    let s = x * x
    return (
      x * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72)))),
      1 - s / 2 * (1 - s / 12 * (1 - s / 30 * (1 - s / 56)))
    )
  }

  /// How much ink is on each pixel, from 0 to 1: all within the radius of a line, falling to none
  /// over the softness.
  private static func ink(_ lines: [[Point]], radius: Double, softness: Double) -> [Double] {
    let reach = radius + softness / 2
    var squares = [Double](repeating: reach * reach, count: side * side)
    for line in lines {
      for (from, to) in zip(line, line.dropFirst()) {
        let (low, high) = (
          pointwiseMin(from, to) - Point(repeating: reach),
          pointwiseMax(from, to) + Point(repeating: reach)
        )
        let along = to - from
        let length = max((along * along).sum(), 1e-12)
        for row in rows(low.y, high.y) {
          for column in rows(low.x, high.x) {
            let offset = Point(Double(column), Double(row)) - from
            let t = min(max((offset * along).sum() / length, 0), 1)
            let away = offset - along * t
            let square = (away * away).sum()
            if square < squares[row * side + column] { squares[row * side + column] = square }
          }
        }
      }
    }
    return squares.map { min((reach - $0.squareRoot()) / softness, 1) }
  }

  /// The pixels between two places along an axis.
  private static func rows(_ low: Double, _ high: Double) -> Range<Int> {
    let first = min(max(low, 0), Double(side))
    let last = min(max(high, -1), Double(side - 1))
    return Int(first)..<max(Int(first), Int(last + 1))
  }

  /// Blurs along both axes: each pixel gives that part of its ink to either neighbour.
  private static func blur(_ ink: inout [Double], weight: Double) {
    for (step, across) in [(1, side), (side, 1)] {
      for lane in 0..<side {
        var before = 0.0
        for place in 0..<side {
          let i = lane * across + place * step
          let here = ink[i]
          let after = place + 1 < side ? ink[i + step] : 0
          ink[i] = here + weight * (before + after - 2 * here)
          before = here
        }
      }
    }
  }
}
