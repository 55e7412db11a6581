import Foundation

/// The files of a run, in a folder of its own.
struct Report {
  private let folder: Folder

  /// - Parameters:
  ///   - path: The folder, or `nil` for `results/bench/<utc>-<revision>` under the current one.
  ///   - surroundings: What `env.json` says.
  init(_ path: String?, _ surroundings: Surroundings) throws {
    folder = try Folder(path, stamp: surroundings.stamp)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try folder.write(try encoder.encode(surroundings), "env.json")
  }

  /// Writes a table; no cell has a comma.
  func write(_ name: String, _ columns: [String], _ rows: [[String]]) throws {
    let lines = ["# schema=1"] + ([columns] + rows).map { $0.joined(separator: ",") }
    try folder.write(Data((lines.joined(separator: "\n") + "\n").utf8), name)
  }

  /// Leaves nothing of a run that didn't come to its end. To be deferred.
  func discard() { folder.discard() }

  /// Puts the files in their place, and says where that is.
  func settle() throws {
    print()
    try folder.settle()
    print("results: \(folder.final)")
  }
}

/// Prints a table: the first column to the left, the others to the right.
func printTable(_ columns: [String], _ rows: [[String]]) {
  let widths = columns.indices.map { column in
    ([columns] + rows).map { $0[column].count }.max() ?? 0
  }
  func line(_ cells: [String]) -> String {
    cells.enumerated().map { column, cell in
      let padding = String(repeating: " ", count: widths[column] - cell.count)
      return column == 0 ? cell + padding : padding + cell
    }.joined(separator: "  ")
  }
  print(line(columns))
  print(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "))
  for row in rows { print(line(row)) }
}

/// A time in the unit that suits it, three digits.
func time(_ nanoseconds: Double) -> String {
  for (unit, size) in [("s", 1e9), ("ms", 1e6), ("µs", 1e3)] where nanoseconds >= size {
    return digits(nanoseconds / size) + " " + unit
  }
  return digits(nanoseconds) + " ns"
}

/// A number with three digits, or all those before the point.
func digits(_ value: Double) -> String {
  String(format: value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
}

/// A number for a file, with one digit after the point.
func decimal(_ value: Double) -> String { String(format: "%.1f", value) }
