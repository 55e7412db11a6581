import Foundation

/// A CSV file that is valid at every moment: each row is written whole and at once, so a program that
/// is killed leaves all rows it had.
///
/// The first line is `# schema=1`, the second names the columns, with units in the names (`_ns`,
/// `_bytes`). A cell with a comma, a quote or a line break is quoted as RFC 4180 says.
public final class CSVFile {
  private let path: String
  private let handle: FileHandle
  private let columns: Int

  /// Starts a file; one that is there is replaced.
  ///
  /// - Throws: ``CSVFileError`` if it can't be written.
  public convenience init(_ path: String, columns: [String]) throws {
    let head = "# schema=1\n" + CSVFile.line(columns)
    guard FileManager.default.createFile(atPath: path, contents: Data(head.utf8)),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw CSVFileError("\(path) can't be written: \(String(cString: strerror(errno)))") }
    try handle.seekToEnd()
    self.init(path, handle, columns.count)
  }

  /// Goes on with a file, or starts it if it isn't there.
  ///
  /// - Throws: ``CSVFileError`` if it can't be written, or has other columns.
  public convenience init(appendingTo path: String, columns: [String]) throws {
    guard FileManager.default.fileExists(atPath: path) else {
      try self.init(path, columns: columns)
      return
    }
    let known = try CSVTable(path).columns
    guard known == columns else {
      throw CSVFileError(
        "\(path) has the columns \(known.joined(separator: ",")); move it away to start anew")
    }
    guard let handle = FileHandle(forWritingAtPath: path) else {
      throw CSVFileError("\(path) can't be written: \(String(cString: strerror(errno)))")
    }
    try handle.seekToEnd()
    self.init(path, handle, columns.count)
  }

  private init(_ path: String, _ handle: FileHandle, _ columns: Int) {
    (self.path, self.handle, self.columns) = (path, handle, columns)
  }

  /// Adds rows, which are in the file when this returns.
  public func append(_ rows: [[String]]) throws {
    for row in rows where row.count != columns {
      fatalError("CSVFile: \(path) has \(columns) columns, but a row of \(row.count) cells came")
    }
    do { try handle.write(contentsOf: Data(rows.map(CSVFile.line).joined().utf8)) } catch {
      throw CSVFileError("\(path) can't be written: \(error.localizedDescription)")
    }
  }

  /// The rows of a table as they are in a file, the columns' names first.
  public static func text(columns: [String], rows: [[String]]) -> String {
    ([columns] + rows).map(line).joined()
  }

  private static func line(_ cells: [String]) -> String {
    cells.map { cell in
      let needsQuotes = cell.contains { ",\"\n\r".contains($0) }
      return needsQuotes ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
    }.joined(separator: ",") + "\n"
  }
}

/// A CSV file of ours, read.
public struct CSVTable: Sendable {
  /// The names in the second line.
  public let columns: [String]
  /// As many cells each.
  public let rows: [[String]]

  /// Reads a file that may have been cut off in the middle of its last row, which is left out then.
  ///
  /// - Throws: ``CSVFileError`` with path and line.
  public init(_ path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CSVFileError("\(path) can't be read; is it there?")
    }
    let text = String(decoding: data, as: UTF8.self)
    var records = CSVTable.records(text)
    if let last = text.unicodeScalars.last, last != "\n" { records.removeLast() }
    guard records.first == ["# schema=1"] else {
      throw CSVFileError("\(path), line 1: `# schema=1` was expected")
    }
    guard records.count > 1 else { throw CSVFileError("\(path) ends before its column names") }
    columns = records[1]
    rows = Array(records[2...])
    for (index, row) in rows.enumerated() where row.count != columns.count {
      throw CSVFileError(
        "\(path), row \(index + 1): \(row.count) cells where \(columns.count) columns were "
          + "expected")
    }
  }

  /// The cells of a column.
  ///
  /// - Throws: ``CSVFileError`` if there is none of the name.
  public subscript(_ column: String) -> [String] {
    get throws {
      guard let index = columns.firstIndex(of: column) else {
        throw CSVFileError(
          "there is no column `\(column)` among \(columns.joined(separator: ", "))")
      }
      return rows.map { $0[index] }
    }
  }

  private static func records(_ text: String) -> [[String]] {
    var (records, record, cell) = ([[String]](), [String](), "")
    var (isQuoted, hasJustClosed) = (false, false)
    for character in text.unicodeScalars {
      defer { hasJustClosed = character == "\"" && !isQuoted }
      switch (character, isQuoted) {
      case ("\"", _):
        // The second of a doubled quote reopens what the first closed.
        if hasJustClosed { cell.append("\"") }
        isQuoted.toggle()
      case (",", false):
        record.append(cell)
        cell = ""
      case ("\n", false):
        records.append(record + [cell])
        (record, cell) = ([], "")
      default: cell.unicodeScalars.append(character)
      }
    }
    return cell.isEmpty && record.isEmpty ? records : records + [record + [cell]]
  }
}

/// A CSV file that can't be read or written.
public struct CSVFileError: Error, CustomStringConvertible, Sendable {
  /// Which file, which line, what was expected.
  public let description: String
  init(_ description: String) { self.description = description }
}
