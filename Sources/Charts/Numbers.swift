import Foundation

/// Values as the figures use them: `Double`, with NaN for everything that can't be drawn.
///
/// A `Float` becomes the `Double` with the same shortest decimal form, so that 0.1 stays 0.1 in
/// the CSV. Infinities and values beyond ±1e300, where gnuplot's arithmetic overflows, become NaN.
package func drawable<Value: BinaryFloatingPoint>(_ values: [Value]) -> [Double] {
  if let doubles = values as? [Double] { return doubles.map(finite) }
  if let floats = values as? [Float] {
    return floats.map { $0.isFinite ? Double($0.description) ?? .nan : .nan }
  }
  return values.map { finite(Double($0)) }
}

/// `value`, or NaN if it is infinite or too large to be drawn.
package func finite(_ value: Double) -> Double {
  value.magnitude <= 1e300 ? value : .nan
}

/// The shortest decimal form that reads back as `value`: `3`, `0.1`, `1e-05`, `NaN`.
package func plainNumber(_ value: Double) -> String {
  guard value.isFinite else { return "NaN" }
  if value == 0 { return "0" }
  let text = value.description
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

/// A value for a legend, in four significant digits.
package func shortNumber(_ value: Double) -> String {
  value.isFinite ? String(format: "%.4g", value).replacing("-", with: "−") : "–"
}

/// A text as one line: gnuplot's strings and CSV headers can't hold a line break.
package func singleLine(_ text: String) -> String {
  String(text.map { $0.isNewline || $0 == "\t" || $0 == "\0" ? " " : $0 })
}

/// A text of at most `limit` characters, ending in "…" if it had to be cut.
package func shortened(_ text: String, to limit: Int) -> String {
  let line = singleLine(text)
  return line.count <= limit ? line : line.prefix(max(1, limit - 1)) + "…"
}
