import Foundation
import NeuronikaBenchmarking

/// Columns and rows to be printed, or written to `report.md`.
struct TextTable {
  let columns: [String]
  var rows: [[String]] = []

  /// Prints it in a format, the first column to the left, the others to the right.
  func print(as format: Format = .table) {
    switch format {
    case .table: Swift.print(text)
    case .md: Swift.print(markdown)
    case .csv:
      Swift.print(CSVFile.text(columns: columns, rows: rows), terminator: "")
    case .json:
      let objects = rows.map { Dictionary(zip(columns, $0)) { first, _ in first } }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let data = (try? encoder.encode(objects)) ?? Data()
      Swift.print(String(decoding: data, as: UTF8.self))
    }
  }

  private var text: String {
    let widths = columns.indices.map { column in
      ([columns] + rows).map { $0[column].count }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      cells.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + padding : padding + cell
      }.joined(separator: "  ")
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return ([line(columns), rule] + rows.map(line)).joined(separator: "\n")
  }

  /// As GitHub's Markdown has it.
  var markdown: String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    let rule = "|" + columns.indices.map { $0 == 0 ? "---|" : "---:|" }.joined()
    return ([line(columns), rule] + rows.map(line)).joined(separator: "\n")
  }
}

/// Prints a table: the first column to the left, the others to the right.
func printTable(_ columns: [String], _ rows: [[String]]) {
  TextTable(columns: columns, rows: rows).print()
}

/// A time in the unit that suits it, three digits.
func time(_ nanoseconds: Double) -> String {
  for (unit, size) in [("s", 1e9), ("ms", 1e6), ("µs", 1e3)] where nanoseconds >= size {
    return digits(nanoseconds / size) + " " + unit
  }
  return digits(nanoseconds) + " ns"
}

/// A number of things with three digits and what they are counted in, like `3.22 M `, to be followed by
/// their name.
func scaled(_ value: Double) -> String {
  for (prefix, size) in [("G", 1e9), ("M", 1e6), ("k", 1e3)] where value >= size {
    return digits(value / size) + " " + prefix + " "
  }
  return digits(value) + " "
}

/// A number with three digits, or all those before the point.
func digits(_ value: Double) -> String {
  // By what is printed: 9.996 is "10.0".
  String(format: value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value)
}

/// A share like `2.5 %`.
func percent(_ share: Double) -> String {
  share.isFinite ? String(format: "%.1f %%", share * 100) : "–"
}

/// A number for a file, with one digit after the point.
func decimal(_ value: Double) -> String { String(format: "%.1f", value) }

nonisolated extension String {
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(width - count, 0))
  }
}
