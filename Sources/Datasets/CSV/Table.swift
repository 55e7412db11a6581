import NeuronikaTensors

/// Columns of numbers and of text, with names.
///
/// ```
/// let table = try Table(csv: "cars.csv", CSVFormat(missing: .dropRow, text: ["name"]))
/// let y = try table.column("mpg")
/// let x = try table.matrix(columns: ["power", "weight"])
/// ```
public struct Table: Sendable {
  enum Kind: Sendable, Equatable {
    case number(slot: Int)
    case text(slot: Int)
    case ignored
  }

  /// Where the table comes from, as messages name it.
  public let source: String
  /// The number of rows.
  public let count: Int
  /// How many rows were left out because a number was missing in them.
  public let droppedRows: Int
  /// How many missing numbers the mean of their column stands in for, by the column's name. Columns
  /// with none aren't mentioned.
  public let filledValues: [String: Int]

  /// The names of all columns of the file, the ignored ones too.
  let allNames: [String]
  let kinds: [Kind]
  /// The columns of numbers, one row after another.
  let numbers: Tensor
  let texts: [[String]]

  init(
    source: String, allNames: [String], kinds: [Kind], numbers: Tensor, texts: [[String]],
    droppedRows: Int, filledValues: [String: Int]
  ) {
    self.source = source
    self.allNames = allNames
    self.kinds = kinds
    self.numbers = numbers
    self.texts = texts
    self.droppedRows = droppedRows
    self.filledValues = filledValues
    count = numbers.shape[0]
  }

  /// A table of numbers made in memory.
  ///
  /// - Parameters:
  ///   - names: The names of the columns, all different.
  ///   - values: The numbers, of shape `[rows, columns]`.
  ///   - source: What messages call the table.
  public init(names: [String], values: Tensor, source: String = "table") {
    guard values.rank == 2, values.shape[1] == names.count, Set(names).count == names.count else {
      stopProgram(
        "Table: \(names.count) names, all different, need values of shape [rows, "
          + "\(names.count)], not \(values.shape)")
    }
    self.init(
      source: source, allNames: names, kinds: names.indices.map { .number(slot: $0) },
      numbers: values, texts: [], droppedRows: 0, filledValues: [:])
  }

  /// The names of the columns that were read, in the order of the file.
  public var names: [String] {
    allNames.indices.filter { kinds[$0] != .ignored }.map { allNames[$0] }
  }

  /// The names of the columns of numbers, in the order of the file.
  public var numericNames: [String] {
    allNames.indices.filter { if case .number = kinds[$0] { true } else { false } }
      .map { allNames[$0] }
  }

  /// The name of a column.
  ///
  /// - Throws: `CSVError` if there is no such column.
  public func name(of column: ColumnReference) throws(CSVError) -> String {
    allNames[try column.index(in: allNames, of: source)]
  }

  /// A column of numbers, of shape `[rows]`.
  ///
  /// - Throws: `CSVError` if there is no such column, or it is text or was ignored.
  public func column(_ column: ColumnReference) throws(CSVError) -> Tensor {
    gather([try slot(column)]).reshaped(to: Shape(count))
  }

  /// Columns of numbers side by side, of shape `[rows, columns]`, in the order asked for.
  ///
  /// - Parameter columns: Which columns; without, all of numbers.
  /// - Throws: `CSVError` if one doesn't exist, is text or was ignored.
  public func matrix(columns: [ColumnReference]? = nil) throws(CSVError) -> Tensor {
    guard let columns else { return numbers }
    var slots: [Int] = []
    for column in columns { slots.append(try slot(column)) }
    return gather(slots)
  }

  /// All columns of numbers but some, of shape `[rows, columns]`, in the order of the file.
  ///
  /// - Throws: `CSVError` if one of them doesn't exist.
  public func matrix(except columns: [ColumnReference]) throws(CSVError) -> Tensor {
    try matrix(columns: self.columns(except: columns))
  }

  /// The numbers of all columns of numbers but some, in the order of the file.
  ///
  /// - Throws: `CSVError` if one of them doesn't exist.
  public func columns(except columns: [ColumnReference]) throws(CSVError) -> [ColumnReference] {
    var left = Set(allNames.indices)
    for column in columns { left.remove(try column.index(in: allNames, of: source)) }
    return allNames.indices.filter {
      if case .number = kinds[$0] { left.contains($0) } else { false }
    }.map { .number($0 + 1) }
  }

  /// A column of text.
  ///
  /// - Throws: `CSVError` if there is no such column, or it wasn't read as text.
  public func text(_ column: ColumnReference) throws(CSVError) -> [String] {
    let index = try column.index(in: allNames, of: source)
    if case .text(let slot) = kinds[index] { return texts[slot] }
    throw CSVError(
      .notATextColumn, file: source, column: index + 1, columnName: allNames[index],
      problem: kinds[index] == .ignored ? "the column was ignored" : "the column holds numbers",
      advice: "read it with text: [\(CSVError.quoted(allNames[index]))]")
  }

  private func slot(_ column: ColumnReference) throws(CSVError) -> Int {
    let index = try column.index(in: allNames, of: source)
    if case .number(let slot) = kinds[index] { return slot }
    throw CSVError(
      .notANumericColumn, file: source, column: index + 1, columnName: allNames[index],
      problem: kinds[index] == .ignored ? "the column was ignored" : "the column was read as text",
      advice: "take it out of \(kinds[index] == .ignored ? "ignoring:" : "text:") to read numbers")
  }

  private func gather(_ slots: [Int]) -> Tensor {
    let width = numbers.shape[1]
    return Tensor(uninitialized: Shape(count, slots.count)) { out in
      numbers.withUnsafeElements { source in
        for (place, slot) in slots.enumerated() {
          for row in 0..<count { out[row * slots.count + place] = source[row * width + slot] }
        }
      }
    }
  }
}

extension Table: CustomStringConvertible {
  /// One line: rows, columns, and what was dropped or filled in.
  public var description: String {
    var text = "\(source): \(count) rows, columns \(names.joined(separator: ", "))"
    if droppedRows > 0 { text += "; \(droppedRows) rows dropped" }
    for name in names {
      if let filled = filledValues[name] { text += "; \(filled) values of \(name) filled in" }
    }
    return text
  }
}
