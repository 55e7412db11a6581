/// The CSV beside a figure: wide, one header row, short columns filled up with NaN.
package struct SeriesTable {
  private var names: [String] = []
  private var cells: [[String]] = []
  private var fillers: [String] = []

  package init() {}

  /// Adds a column of numbers and returns its number, counted from 1 as gnuplot does. A column with
  /// the same name and the same values is used again, so that series can share their x.
  package mutating func add(_ name: String, _ values: [Double]) -> Int {
    add(name, texts: values.map(plainNumber), filler: "NaN")
  }

  /// Adds a column of texts and returns its number.
  package mutating func add(_ name: String, texts: [String], filler: String = "") -> Int {
    let wanted = singleLine(name).isEmpty ? "value" : singleLine(name)
    var unique = wanted
    var count = 1
    while let index = names.firstIndex(of: unique) {
      if cells[index] == texts { return index + 1 }
      count += 1
      unique = "\(wanted) (\(count))"
    }
    names.append(unique)
    cells.append(texts)
    fillers.append(filler)
    return names.count
  }

  /// The whole file.
  package var csv: String {
    let rows = cells.map(\.count).max() ?? 0
    var text = names.map(SeriesTable.quoted).joined(separator: ",") + "\n"
    for row in 0..<rows {
      for column in cells.indices {
        if column > 0 { text += "," }
        let values = cells[column]
        text += row < values.count ? SeriesTable.quoted(values[row]) : fillers[column]
      }
      text += "\n"
    }
    return text
  }

  /// A CSV field: in double quotes, themselves doubled, where it needs them (RFC 4180).
  private static func quoted(_ field: String) -> String {
    let line = singleLine(field)
    guard line.contains(where: { $0 == "," || $0 == "\"" }) || line.hasPrefix("#") else {
      return line
    }
    return "\"" + line.replacing("\"", with: "\"\"") + "\""
  }
}
