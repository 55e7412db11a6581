/// Lines of text in columns.
struct TextTable {
  enum Alignment { case left, right }

  private let alignments: [Alignment]
  private var rows: [[String]] = []

  init(alignments: [Alignment]) { self.alignments = alignments }

  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The rows, columns two spaces apart. Columns without text take no room, and no line ends with
  /// spaces.
  func lines() -> [String] {
    let widths = alignments.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { cells in
      let columns = cells.indices.filter { widths[$0] > 0 }.map { column -> String in
        let space = String(repeating: " ", count: widths[column] - cells[column].count)
        return alignments[column] == .left ? cells[column] + space : space + cells[column]
      }
      let line = columns.joined(separator: "  ")
      return String(
        line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
    }
  }
}

/// A number with its thousands apart: `407,050`.
func grouped(_ number: Int) -> String {
  let digits = Array("\(number.magnitude)")
  var text = number < 0 ? "-" : ""
  for (position, digit) in digits.enumerated() {
    if position > 0, (digits.count - position) % 3 == 0 { text += "," }
    text.append(digit)
  }
  return text
}

/// `1 parameter`, `407,050 parameters`.
func parametersInWords(_ count: Int) -> String {
  "\(grouped(count)) parameter\(count == 1 ? "" : "s")"
}

/// Bytes to three digits: `40 B`, `20.5 KB`, `1.63 MB`.
func byteCount(_ bytes: Int) -> String { scaled(bytes, "B", ["KB", "MB", "GB", "TB"]) }

/// Operations to three digits: `640`, `25.7 M`.
func operationCount(_ count: Int) -> String { scaled(count, "", ["K", "M", "G", "T"]) }

private func scaled(_ number: Int, _ unit: String, _ larger: [String]) -> String {
  if number < 1000 { return unit.isEmpty ? "\(number)" : "\(number) \(unit)" }
  var (value, place) = (Double(number) / 1000, 0)
  // 999.5 would be shown as 1000.
  while value >= 999.5, place < larger.count - 1 { (value, place) = (value / 1000, place + 1) }
  let digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
  var factor = 1.0
  for _ in 0..<digits { factor *= 10 }
  let rounded = Int((value * factor).rounded())
  let whole = rounded / Int(factor)
  if digits == 0 { return "\(whole) \(larger[place])" }
  let rest = "\(rounded % Int(factor))"
  let zeros = String(repeating: "0", count: digits - rest.count)
  return "\(whole).\(zeros)\(rest) \(larger[place])"
}
