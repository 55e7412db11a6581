/// How a table of text is laid out, and what to do with what it lacks. Nothing is guessed.
public struct CSVFormat: Sendable {
  /// What separates the fields of a row.
  public var delimiter: Delimiter
  /// Whether the first row holds the names of the columns. Without, they are `column 1`, `column
  /// 2`…
  public var hasHeader: Bool
  /// What to do where a number is missing.
  public var missing: MissingPolicy
  /// The fields that count as missing where a number is expected, blanks around them left out.
  /// An empty field always does.
  public var missingMarkers: Set<String>
  /// Columns that hold text rather than numbers.
  public var text: [ColumnReference]
  /// Columns that are skipped: nothing in them is looked at.
  public var ignoring: [ColumnReference]
  /// Columns that will be asked for. One that isn't there is an error before any row is read, so
  /// that a wrong name isn't hidden by what is wrong further down.
  public var needing: [ColumnReference]
  /// Whether every column holds text, whatever `text` says.
  var everythingIsText = false

  /// The default ``missingMarkers``: `?`, `NA`, `N/A`, `NaN`, `nan`, `NULL`, `null`.
  public static let commonMissingMarkers: Set<String> = [
    "?", "NA", "N/A", "NaN", "nan", "NULL", "null",
  ]

  /// A format. Without arguments: commas, a header, numbers only, none of them missing.
  public init(
    delimiter: Delimiter = .comma, hasHeader: Bool = true, missing: MissingPolicy = .error,
    missingMarkers: Set<String> = CSVFormat.commonMissingMarkers,
    text: [ColumnReference] = [], ignoring: [ColumnReference] = [],
    needing: [ColumnReference] = []
  ) {
    self.delimiter = delimiter
    self.hasHeader = hasHeader
    self.missing = missing
    self.missingMarkers = missingMarkers
    self.text = text
    self.ignoring = ignoring
    self.needing = needing
  }
}

/// What separates the fields of a row.
public enum Delimiter: Sendable, Hashable {
  /// One character, any but a quote, a line end, or one that numbers are made of.
  case character(Character)
  /// One or more spaces and tabs; those at the ends of a line don't count.
  case blanks

  /// A comma.
  public static let comma = Delimiter.character(",")
  /// A semicolon.
  public static let semicolon = Delimiter.character(";")
  /// A tab: two in a row have an empty field between them.
  public static let tab = Delimiter.character("\t")

  /// The delimiter that a command line names: `tab`, `blanks`, or the character itself.
  ///
  /// - Returns: `nil` for anything else.
  public init?(argument: String) {
    switch argument {
    case "tab", "\\t": self = .tab
    case "blanks": self = .blanks
    default:
      guard let character = argument.first, argument.count == 1 else { return nil }
      self = .character(character)
      if bytes == nil { return nil }
    }
  }

  /// The character as UTF-8; `nil` if it can't separate numbers. Empty for blanks.
  var bytes: [UInt8]? {
    guard case .character(let character) = self else { return [] }
    let unusable: [Character] = ["\"", "\r", "\n", "\r\n", "\0", "+", "-", ".", "e", "E"]
    if unusable.contains(character) { return nil }
    if character.isASCII, character.isNumber { return nil }
    return Array(character.utf8)
  }
}

/// What to do with a row in which a number is missing.
public enum MissingPolicy: String, Sendable, CaseIterable {
  /// Reading fails with the place of the first one.
  case error
  /// The row is left out. ``Table/droppedRows`` says how many were.
  case dropRow = "drop"
  /// The mean of the numbers that the column does have stands in for it. ``Table/filledValues``
  /// says how often. The mean is that of the whole file: for an honest test split, impute after
  /// splitting.
  case mean
}

/// A column, by its name or by its number.
///
/// Numbers are those of the fields in the file and **count from 1**, here as on the command line
/// and in messages; columns that are ignored count too.
public enum ColumnReference: Sendable, Hashable {
  /// The column with a name, exactly.
  case name(String)
  /// The column with a number, counted from 1.
  case number(Int)
  /// What a command line says: a name if there is a column with it, else a number.
  case argument(String)
}

extension ColumnReference: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  public init(stringLiteral value: String) { self = .name(value) }
  public init(integerLiteral value: Int) { self = .number(value) }
}

extension ColumnReference {
  /// The place of the column, counted from 0.
  func index(in names: [String], of file: String) throws(CSVError) -> Int {
    switch self {
    case .name(let name):
      if let index = names.firstIndex(of: name) { return index }
      throw unknown(name, names, file)
    case .number(let number):
      if number >= 1, number <= names.count { return number - 1 }
      throw CSVError(
        .unknownColumn, file: file, problem: "there is no column \(number)",
        advice: "columns count from 1 to \(names.count)")
    case .argument(let text):
      if let index = names.firstIndex(of: text) { return index }
      guard let number = Int(text) else { throw unknown(text, names, file) }
      return try ColumnReference.number(number).index(in: names, of: file)
    }
  }

  private func unknown(_ name: String, _ names: [String], _ file: String) -> CSVError {
    let nearest = names.min { distance(name, $0) < distance(name, $1) }
    let likely = nearest.flatMap { distance(name, $0) <= (name.count + 1) / 3 ? $0 : nil }
    let shown = names.prefix(20).map(CSVError.quoted).joined(separator: ", ")
    let rest = names.count > 20 ? " and \(names.count - 20) more" : ""
    return CSVError(
      .unknownColumn, file: file, problem: "there is no column \(CSVError.quoted(name))",
      advice: (likely.map { "did you mean \(CSVError.quoted($0))? " } ?? "")
        + "the columns are \(shown)\(rest)")
  }
}

/// Levenshtein's distance of two names, capital letters counting as small ones.
private func distance(_ left: String, _ right: String) -> Int {
  let (a, b) = (Array(left.lowercased().prefix(64)), Array(right.lowercased().prefix(64)))
  var row = Array(0...b.count)
  for i in 0..<a.count {
    var diagonal = row[0]
    row[0] = i + 1
    for j in 0..<b.count {
      let substituted = diagonal + (a[i] == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
