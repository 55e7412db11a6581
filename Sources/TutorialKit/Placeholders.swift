import Foundation

/// Measured values in the prose: `{{name}}`, `{{name|percent}}`, `{{name|fixed 3}}`,
/// `{{name|scientific 2}}` (a formula, $9.73 \cdot 10^{-1}$), `{{name|integer}}`.
package enum Placeholders {
  /// The prose with every value in its place, and what could not be resolved.
  package static func resolve(_ prose: String, _ metrics: [String: Double]) -> (
    text: String, problems: [String]
  ) {
    var text = ""
    var problems: [String] = []
    var rest = prose[...]
    while let open = rest.range(of: "{{"),
      let close = rest[open.upperBound...].range(of: "}}")
    {
      text += rest[..<open.lowerBound]
      let inside = rest[open.upperBound..<close.lowerBound]
      let parts = inside.split(separator: "|", maxSplits: 1).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      let name = parts.first ?? ""
      if let value = metrics[name] {
        if let written = format(value, parts.count > 1 ? parts[1] : "") {
          text += written
        } else {
          text += "**⟨\(name): unknown format⟩**"
          problems.append("{{\(inside)}} asks for an unknown format")
        }
      } else {
        text += "**⟨\(name): not measured⟩**"
        problems.append("{{\(inside)}} is unresolved: no metric of that name was measured")
      }
      rest = rest[close.upperBound...]
    }
    return (text + rest, problems)
  }

  package static func format(_ value: Double, _ format: String) -> String? {
    let words = format.split { $0 == " " || $0 == ":" }
    guard words.count <= 2 else { return nil }
    let digits = words.count == 2 ? Int(words[1]) : nil
    if words.count == 2, !(0...17).contains(digits ?? -1) { return nil }
    switch words.first {
    case nil: return measured(value)
    case "percent": return fixed(value * 100, digits ?? 1) + "\u{A0}%"
    case "fixed": return fixed(value, digits ?? 2)
    case "scientific": return powerOfTen(value, digits ?? 2)
    case "integer":
      guard value.isFinite, abs(value) < 1e15 else { return exactly(value) }
      return grouped(Int(value.rounded()))
    default: return nil
    }
  }

  private static func powerOfTen(_ value: Double, _ digits: Int) -> String {
    let parts = scientific(value, digits).split(separator: "e")
    guard value != 0, parts.count == 2, let exponent = Int(parts[1]) else {
      return value == 0 ? "0" : exactly(value)
    }
    return "$\(parts[0]) \\cdot 10^{\(exponent)}$"
  }
}
