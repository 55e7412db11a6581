import NeuronikaTensors

/// Records and their labels: the entries of two tensors along their first axes, kept together.
public struct LabeledDataset: RowCollection, Equatable {
  /// All records, of shape `[count, …]`.
  public let records: Tensor
  /// All labels, of shape `[count, …]`.
  public let labels: Tensor

  /// A dataset of the entries of two tensors along their first axes.
  ///
  /// - Parameters:
  ///   - records: Of rank 1 or more.
  ///   - labels: As long along the first axis; otherwise the program stops.
  public init(records: Tensor, labels: Tensor) {
    guard records.rank >= 1, labels.rank >= 1, records.shape[0] == labels.shape[0] else {
      stopProgram(
        "LabeledDataset: records of shape \(records.shape) and labels of shape \(labels.shape) "
          + "need equally many rows")
    }
    self.records = records
    self.labels = labels
  }

  /// A dataset of the rows of a table: some columns are labels, all others of numbers the record.
  ///
  /// - Parameters:
  ///   - table: The rows.
  ///   - labels: The columns of the labels, at least one, none twice. Whatever their order here,
  ///     they are taken in that of the file.
  ///   - recordShape: The shape of a record; without, a vector of its columns.
  ///   - labelShape: The shape of a label; without, a vector of its columns.
  /// - Throws: `DatasetError` if a column isn't there or a shape doesn't fit.
  public init(
    _ table: Table, labels: [ColumnReference], recordShape: Shape? = nil, labelShape: Shape? = nil
  ) throws(DatasetError) {
    let places = try LabeledDataset.places(labels, table)
    let columns = places.map { ColumnReference.number($0 + 1) }
    let (x, y) = try DatasetError.wrapping { () throws(CSVError) in
      (try table.matrix(except: columns), try table.matrix(columns: columns))
    }
    self.init(
      records: try x.shaped(recordShape, "record"), labels: try y.shaped(labelShape, "label"))
  }

  /// A dataset of the rows of a table with one column of text as labels, made into numbers by a
  /// closure: `LabeledDataset(table, label: "species") { $0 == "setosa" ? 0 : 1 }`.
  ///
  /// - Parameters:
  ///   - table: The rows.
  ///   - column: A column that was read as text. All columns of numbers make the record.
  ///   - recordShape: The shape of a record; without, a vector of its columns.
  ///   - number: Gives the number of a text. An error it throws ends the reading.
  /// - Throws: `DatasetError`, or what the closure throws. Labels have shape `[count, 1]`.
  public init(
    _ table: Table, label column: ColumnReference, recordShape: Shape? = nil,
    _ number: (String) throws -> Float
  ) throws {
    let texts = try DatasetError.wrapping { () throws(CSVError) in try table.text(column) }
    let labels = try texts.map(number)
    self.init(
      records: try table.numbers.shaped(recordShape, "record"),
      labels: Tensor(labels, shape: Shape(labels.count, 1)))
  }

  /// A dataset of a file's rows, each of which a closure makes into numbers.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - format: Its layout; which columns are text doesn't matter here.
  ///   - labels: The columns of the labels, at least one, none twice.
  ///   - recordShape: The shape of a record.
  ///   - labelShape: The shape of a label.
  ///   - row: Gets the fields of a row that make the record and those that make the label, each in
  ///     the order of the file and as they stand there, and gives the numbers. An error it throws
  ///     ends the reading.
  /// - Throws: `CSVError`, `DatasetError`, or what the closure throws.
  public init(
    csv path: String, _ format: CSVFormat = CSVFormat(), labels: [ColumnReference],
    recordShape: Shape, labelShape: Shape,
    row: (_ record: [String], _ label: [String]) throws -> (record: [Float], label: [Float])
  ) throws {
    try self.init(
      texts: try Table(csv: path, format.withEverythingText), labels: labels,
      recordShape: recordShape, labelShape: labelShape, row: row)
  }

  /// A dataset of the rows of text in memory, each of which a closure makes into numbers.
  ///
  /// - Parameters:
  ///   - text: What would stand in the file.
  ///   - source: What messages call it.
  ///   - format: Its layout; which columns are text doesn't matter here.
  ///   - labels: The columns of the labels, at least one, none twice.
  ///   - recordShape: The shape of a record.
  ///   - labelShape: The shape of a label.
  ///   - row: As for a file.
  /// - Throws: `CSVError`, `DatasetError`, or what the closure throws.
  public init(
    csvText text: String, source: String = "text", _ format: CSVFormat = CSVFormat(),
    labels: [ColumnReference], recordShape: Shape, labelShape: Shape,
    row: (_ record: [String], _ label: [String]) throws -> (record: [Float], label: [Float])
  ) throws {
    try self.init(
      texts: try Table(csvText: text, source: source, format.withEverythingText), labels: labels,
      recordShape: recordShape, labelShape: labelShape, row: row)
  }

  private init(
    texts table: Table, labels: [ColumnReference], recordShape: Shape, labelShape: Shape,
    row: (_ record: [String], _ label: [String]) throws -> (record: [Float], label: [Float])
  ) throws {
    let places = try LabeledDataset.places(labels, table)
    var slots: (record: [Int], label: [Int]) = ([], [])
    for (place, kind) in table.kinds.enumerated() {
      guard case .text(let slot) = kind else { continue }
      if places.contains(place) { slots.label.append(slot) } else { slots.record.append(slot) }
    }
    var records = RowBuilder(rows: table.count, shape: recordShape, what: "record")
    var targets = RowBuilder(rows: table.count, shape: labelShape, what: "label")
    for i in 0..<table.count {
      let (x, y) = try row(
        slots.record.map { table.texts[$0][i] }, slots.label.map { table.texts[$0][i] })
      try records.append(x)
      try targets.append(y)
    }
    self.init(records: records.tensor, labels: targets.tensor)
  }

  /// The places of the label columns, ascending.
  private static func places(
    _ labels: [ColumnReference], _ table: Table
  ) throws(DatasetError) -> [Int] {
    if labels.isEmpty { throw .noLabels }
    var places: Set<Int> = []
    for label in labels {
      let place = try DatasetError.wrapping { () throws(CSVError) in
        try label.index(in: table.allNames, of: table.source)
      }
      if !places.insert(place).inserted { throw .duplicateLabels(table.allNames[place]) }
    }
    return places.sorted()
  }

  public var count: Int { records.shape[0] }

  public func rows(_ range: Range<Int>) -> LabeledDataset {
    LabeledDataset(records: records.rows(range), labels: labels.rows(range))
  }

  public func rows(at indices: [Int]) -> LabeledDataset {
    LabeledDataset(records: records.rows(at: indices), labels: labels.rows(at: indices))
  }

  public func batch(_ range: Range<Int>) -> (records: Tensor, labels: Tensor) {
    (records.rows(range), labels.rows(range))
  }
}
