import NeuronikaTensors

/// Records: the entries of a tensor along its first axis.
public struct Dataset: RowCollection, Equatable {
  /// All records, of shape `[count, …]`.
  public let records: Tensor

  /// A dataset of the entries of a tensor along its first axis.
  ///
  /// - Parameter records: Of rank 1 or more; a scalar stops the program.
  public init(records: Tensor) {
    guard records.rank >= 1 else { stopProgram("Dataset: a scalar has no first axis") }
    self.records = records
  }

  /// A dataset of the rows of a table.
  ///
  /// - Parameters:
  ///   - table: The rows.
  ///   - columns: Which columns make a record, in this order; without, all of numbers.
  ///   - recordShape: The shape of a record; without, a vector of the columns.
  /// - Throws: `DatasetError` if a column isn't there or the shape doesn't fit.
  public init(
    _ table: Table, columns: [ColumnReference]? = nil, recordShape: Shape? = nil
  ) throws(DatasetError) {
    let matrix = try DatasetError.wrapping { () throws(CSVError) in
      try table.matrix(columns: columns)
    }
    self.init(records: try matrix.shaped(recordShape, "record"))
  }

  /// A dataset of a file's rows, each of which a closure makes into numbers.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - format: Its layout; which columns are text doesn't matter here.
  ///   - recordShape: The shape of a record.
  ///   - record: Gets the fields of a row that aren't ignored, as they stand in the file, and gives
  ///     as many numbers as the shape has. An error it throws ends the reading.
  /// - Throws: `CSVError`, `DatasetError`, or what the closure throws.
  public init(
    csv path: String, _ format: CSVFormat = CSVFormat(), recordShape: Shape,
    record: ([String]) throws -> [Float]
  ) throws {
    try self.init(
      texts: try Table(csv: path, format.withEverythingText), recordShape: recordShape,
      record: record)
  }

  /// A dataset of the rows of text in memory, each of which a closure makes into numbers.
  ///
  /// - Parameters:
  ///   - text: What would stand in the file.
  ///   - source: What messages call it.
  ///   - format: Its layout; which columns are text doesn't matter here.
  ///   - recordShape: The shape of a record.
  ///   - record: As for a file.
  /// - Throws: `CSVError`, `DatasetError`, or what the closure throws.
  public init(
    csvText text: String, source: String = "text", _ format: CSVFormat = CSVFormat(),
    recordShape: Shape, record: ([String]) throws -> [Float]
  ) throws {
    try self.init(
      texts: try Table(csvText: text, source: source, format.withEverythingText),
      recordShape: recordShape, record: record)
  }

  private init(
    texts table: Table, recordShape: Shape, record: ([String]) throws -> [Float]
  ) throws {
    var builder = RowBuilder(rows: table.count, shape: recordShape, what: "record")
    var fields = [String](repeating: "", count: table.texts.count)
    for row in 0..<table.count {
      for column in fields.indices { fields[column] = table.texts[column][row] }
      try builder.append(try record(fields))
    }
    self.init(records: builder.tensor)
  }

  public var count: Int { records.shape[0] }
  public func rows(_ range: Range<Int>) -> Dataset { Dataset(records: records.rows(range)) }
  public func rows(at indices: [Int]) -> Dataset { Dataset(records: records.rows(at: indices)) }
  public func batch(_ range: Range<Int>) -> Tensor { records.rows(range) }
}

extension CSVFormat {
  /// The same format with nothing but text.
  var withEverythingText: CSVFormat {
    var format = self
    format.everythingIsText = true
    format.text = []
    return format
  }
}

extension Tensor {
  /// Rows of a matrix under another shape.
  func shaped(_ shape: Shape?, _ what: String) throws(DatasetError) -> Tensor {
    guard let shape else { return self }
    guard shape.count == self.shape[1] else {
      throw .wrongShape(what: what, shape: shape, values: self.shape[1], row: nil)
    }
    return reshaped(to: shape.inserting(self.shape[0], at: 0))
  }
}

/// Collects the rows that closures make.
struct RowBuilder {
  private(set) var tensor: Tensor
  private let shape: Shape
  private let what: String
  private var row = 0

  init(rows: Int, shape: Shape, what: String) {
    tensor = .zeros(shape.inserting(rows, at: 0))
    self.shape = shape
    self.what = what
  }

  mutating func append(_ values: [Float]) throws(DatasetError) {
    guard values.count == shape.count else {
      throw .wrongShape(what: what, shape: shape, values: values.count, row: row + 1)
    }
    let start = row * values.count
    tensor.withUnsafeMutableElements { out in
      for (i, value) in values.enumerated() { out[start + i] = value }
    }
    row += 1
  }
}

/// What is wrong with a dataset, or with what was asked of it.
public enum DatasetError: Error, Equatable {
  /// The table lacks a column, or could not be read.
  case table(CSVError)
  /// A record or label has another number of values than its shape. `row` counts from 1.
  case wrongShape(what: String, shape: Shape, values: Int, row: Int?)
  /// No column was named for the labels.
  case noLabels
  /// A column was named twice for the labels.
  case duplicateLabels(String)
  /// Lengths don't add up to the number of rows.
  case badSplit(lengths: [Int], count: Int)
  /// Fractions don't add up to 1.
  case badFractions([Double])
  /// There are fewer than two folds, or more than rows.
  case badFolds(Int, count: Int)
  /// Labels are no classes: each has more than one number, or none.
  case noClasses(labels: Shape)

  static func wrapping<Result>(
    _ body: () throws(CSVError) -> Result
  ) throws(DatasetError) -> Result {
    do { return try body() } catch { throw .table(error) }
  }
}

extension DatasetError: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .table(let error): error.description
    case .wrongShape(let what, let shape, let values, let row):
      (row.map { "row \($0): " } ?? "")
        + "a \(what) of shape \(shape) needs \(shape.count) values, but there are \(values)"
    case .noLabels: "labels: no column was named; name at least one"
    case .duplicateLabels(let name): "labels: column \"\(name)\" was named twice"
    case .badSplit(let lengths, let count):
      "split: lengths \(lengths) have to be at least 0 and add up to \(count), the number of rows; "
        + "they add up to \(lengths.reduce(0, +))"
    case .badFractions(let fractions):
      "split: fractions \(fractions) have to be at least 0 and add up to 1; "
        + "they add up to \(fractions.reduce(0, +))"
    case .badFolds(let folds, let count):
      "kFold: \(folds) folds of \(count) rows; take from 2 to as many folds as there are rows"
    case .noClasses(let labels):
      "stratifiedKFold: the class of a row is one number, but the labels have shape \(labels)"
    }
  }
}
