import Foundation

/// How values are spread along an axis.
public enum AxisScale: Sendable {
  /// Equal distances for equal differences.
  case linear
  /// Equal distances for equal ratios. Values of zero and below are not drawn; they stay in the
  /// CSV. Bars, bands and whiskers that reach down to them end at the edge of the panel.
  case log
}

/// A mark on an axis, at exactly `digits`·10^`exponent`.
package struct Tick: Equatable {
  package let digits: Int
  package let exponent: Int

  package init(digits: Int, exponent: Int) {
    self.digits = digits
    self.exponent = exponent
  }

  package var value: Double { Double("\(digits)e\(exponent)") ?? .nan }

  /// `0.05`, `20 000`, `−3`, `2·10⁻⁷`.
  package var label: String {
    guard digits != 0 else { return "0" }
    let sign = digits < 0 ? "−" : ""
    var figures = String(abs(digits))
    var power = exponent
    while figures.hasSuffix("0"), power < 0 || figures.count + power > 6 {
      figures.removeLast()
      power += 1
    }
    let magnitude = figures.count + power - 1
    if magnitude > 5 || magnitude < -4 {
      let rest = figures.dropFirst()
      let mantissa = String(figures.prefix(1)) + (rest.isEmpty ? "" : "." + rest)
      return sign + (mantissa == "1" ? "" : mantissa + "·") + "10" + Tick.superscript(magnitude)
    }
    if exponent >= 0 { return sign + Tick.grouped(String(abs(digits)), zeros: exponent) }
    let places = -exponent
    let text = String(abs(digits))
    let padded = String(repeating: "0", count: max(0, places + 1 - text.count)) + text
    return sign + padded.dropLast(places) + "." + padded.suffix(places)
  }

  private static func grouped(_ text: String, zeros: Int) -> String {
    let whole = text + String(repeating: "0", count: zeros)
    return whole.count < 5 ? whole : whole.dropLast(3) + "\u{202F}" + whole.suffix(3)
  }

  private static func superscript(_ number: Int) -> String {
    let raised: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
    return String(String(number).map { $0.wholeNumberValue.map { raised[$0] } ?? "⁻" })
  }
}

/// A range and its marks.
package struct Axis {
  package var lower: Double
  package var upper: Double
  package let scale: AxisScale

  /// An axis over `values` (those that are finite and, on a log scale, positive), with some air at
  /// both ends. No values at all give [0, 1], or [0.1, 1] on a log scale; a single one gets an axis
  /// around it, because gnuplot can't draw an empty range.
  ///
  /// - Parameter base: what bars grow from. There is no air beyond it.
  package init(
    covering values: [Double], scale: AxisScale, limits: ClosedRange<Double>? = nil,
    base: Double? = nil, air: Double = 0.04
  ) {
    self.scale = scale
    if let limits, limits.upperBound > limits.lowerBound {
      (lower, upper) = (limits.lowerBound, limits.upperBound)
      return
    }
    let usable = values.filter { $0.isFinite && (scale == .linear || $0 > 0) }
    guard let least = usable.min(), let most = usable.max() else {
      (lower, upper) = scale == .linear ? (0, 1) : (0.1, 1)
      return
    }
    switch scale {
    case .linear:
      let spread = most - least
      if spread <= max(least.magnitude, most.magnitude) * 1e-9 || spread < 1e-290 {
        let margin = max(least.magnitude, most.magnitude) * 0.1
        let half = margin < 1e-290 ? 1 : margin
        (lower, upper) = (least - half, most + half)
      } else {
        (lower, upper) = (least - spread * air, most + spread * air)
      }
      if let base {
        if least >= base {
          lower = base
        } else if most <= base {
          upper = base
        }
      }
    case .log:
      let decades = log10(most) - log10(least)
      let margin = decades < 1e-6 ? 0.3 : max(0.02, decades * air)
      lower = max(least * pow(10, -margin), 1e-300)
      upper = most * pow(10, margin)
    }
  }

  /// At most about `count` marks at round places, fewer if their labels, `width` pixels for a
  /// character, would touch one another on an axis of `length` pixels.
  package func ticks(about count: Int, length: Double, width: Double) -> [Tick] {
    for wanted in stride(from: count, to: 1, by: -1) {
      let marks = ticks(about: wanted)
      let places = marks.map { place(of: $0.value) * length }
      let gap = zip(places, places.dropFirst()).map { $1 - $0 }.min() ?? length
      let widest = marks.map(\.label.count).max() ?? 0
      if Double(widest) * width + 16 <= gap { return marks }
    }
    return ticks(about: 1)
  }

  /// How far along the axis a value is, from 0 to 1.
  private func place(of value: Double) -> Double {
    scale == .linear
      ? (value - lower) / (upper - lower) : log10(value / lower) / log10(upper / lower)
  }

  /// About `count` marks at round places.
  package func ticks(about count: Int) -> [Tick] {
    scale == .log ? logTicks(about: count) : linearTicks(about: count)
  }

  private func linearTicks(about count: Int) -> [Tick] {
    let rough = (upper - lower) / Double(max(1, count))
    guard rough.isFinite, rough > 0 else { return [] }
    var exponent = Int(log10(rough).rounded(.down))
    let mantissa = rough / pow(10, Double(exponent))
    var factor = 1
    switch mantissa {
    case ..<1.45: factor = 1
    case ..<3.2: factor = 2
    case ..<7.1: factor = 5
    default:
      exponent += 1
    }
    let step = Double(factor) * pow(10, Double(exponent))
    let first = (lower / step - 1e-6).rounded(.up)
    let last = (upper / step + 1e-6).rounded(.down)
    guard first.magnitude < 1e15, last - first < 100, first <= last else { return [] }
    return (Int(first)...Int(last)).map { Tick(digits: $0 * factor, exponent: exponent) }
  }

  private func logTicks(about count: Int) -> [Tick] {
    let decades = log10(upper / lower)
    let first = Int(log10(lower).rounded(.down))
    let last = Int(log10(upper).rounded(.up))
    // Tenths: the marks of a decade are 1, or 1 · 2 · 5, or 1 · 1.5 · 2 · 3 … 9.
    let choices =
      decades > 2.5
      ? [[10]] : [[10], [10, 20, 50], [10, 15, 20, 30, 40, 50, 60, 70, 80, 90]]
    var marks: [Tick] = []
    for choice in choices where marks.count < 4 {
      marks = (first...last).flatMap { exponent in
        choice.map { tenths in
          tenths.isMultiple(of: 10)
            ? Tick(digits: tenths / 10, exponent: exponent)
            : Tick(digits: tenths, exponent: exponent - 1)
        }
      }
      marks.removeAll { $0.value < lower * 0.999999 || $0.value > upper * 1.000001 }
    }
    if marks.count < 3 {
      return linearTicks(about: count)
    }
    let stride = (marks.count + count) / (count + 1)
    return stride <= 1 || decades <= 2.5
      ? marks : marks.filter { $0.exponent.isMultiple(of: stride) }
  }
}
