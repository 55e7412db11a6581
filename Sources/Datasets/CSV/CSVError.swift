/// What is wrong with a file of comma-separated values, or with what was asked of it: one line that
/// says where, what was found, and what to do.
public struct CSVError: Error, Equatable, Sendable {
  /// The kinds of mistakes.
  public enum Kind: Sendable, Equatable {
    /// The file can't be opened or read.
    case noSuchFile, isDirectory, notPermitted, unreadable
    /// There is nothing in it, or nothing that is text.
    case empty, headerOnly, binary, invalidUTF8
    /// Rows and fields don't make a table.
    case wrongFieldCount, unterminatedQuote, textAfterQuote, headerOfNumbers, duplicateColumn
    /// A field isn't the number that it has to be, or what the policy for missing ones asks for
    /// can't be done.
    case notANumber, notFinite, missingValue, nothingToAverage, noRowsLeft
    /// What was asked for isn't there, or the format makes no sense.
    case unknownColumn, notANumericColumn, notATextColumn, badFormat
  }

  /// The kind of mistake.
  public let kind: Kind
  /// The file, as it was named.
  public let file: String
  /// The line of the file, counted from 1. A quoted field may span several: then the first.
  public let line: Int?
  /// The number of the field in its row, counted from 1.
  public let column: Int?
  /// The name of the column, if the file has a header.
  public let columnName: String?
  /// What is wrong.
  public let problem: String
  /// What to do.
  public let advice: String

  init(
    _ kind: Kind, file: String, line: Int? = nil, column: Int? = nil, columnName: String? = nil,
    problem: String, advice: String
  ) {
    self.kind = kind
    self.file = file
    self.line = line
    self.column = column
    self.columnName = columnName
    self.problem = problem
    self.advice = advice
  }
}

extension CSVError: CustomStringConvertible {
  /// One line, such as `cars.csv, line 33, column 4 (power): the number is missing ("?"); …`.
  public var description: String {
    var place = file
    if let line { place += ", line \(line)" }
    if let column { place += ", column \(column)" }
    if let columnName { place += " (\(CSVError.shortened(columnName)))" }
    return "\(place): \(problem); \(advice)"
  }

  /// Text from a file in quotes, on one line, and not more than some 40 characters of it.
  static func quoted(_ text: String) -> String { "\"\(shortened(text))\"" }

  private static func shortened(_ text: String) -> String {
    let limit = 40
    var shown = ""
    for scalar in text.unicodeScalars.prefix(limit) {
      let isControl = scalar.value < 32 || scalar.value == 127
      shown += isControl ? scalar.escaped(asASCII: true) : "\(scalar)"
    }
    let count = text.unicodeScalars.count
    return count > limit ? "\(shown)… (\(count) characters)" : shown
  }
}
