import NeuronikaTensors

extension Table {
  /// Reads a file of comma-separated (or otherwise delimited) values.
  ///
  /// The format is RFC 4180: fields may be quoted, and then hold delimiters, line ends and doubled
  /// quotes; lines end with LF or CRLF; a byte order mark is skipped, and so are line ends after
  /// the last row. Every column holds decimal numbers, blanks around them allowed, unless the
  /// format says otherwise. All numbers are correctly rounded. Comments have no meaning.
  ///
  /// ```
  /// let table = try Table(csv: "concrete.csv")
  /// let cars = try Table(
  ///   csv: "auto-mpg.data",
  ///   CSVFormat(delimiter: .blanks, hasHeader: false, missing: .mean, ignoring: [9]))
  /// ```
  ///
  /// **Complexity:** one pass, some 300 MB/s of plain numbers on one core. In memory: the
  /// file, and at most 4 bytes for each of its bytes, until it is read.
  ///
  /// - Parameters:
  ///   - path: The file. It may be a pipe.
  ///   - format: Its layout.
  /// - Throws: `CSVError` with file, line and column.
  public init(csv path: String, _ format: CSVFormat = CSVFormat()) throws(CSVError) {
    let bytes: FileBytes
    do { bytes = try FileBytes(path: path) } catch { throw CSVError(error, file: path) }
    try self.init(reading: bytes, source: path, format)
  }

  /// Reads comma-separated values from text in memory.
  ///
  /// - Parameters:
  ///   - text: What would stand in the file.
  ///   - source: What messages call it.
  ///   - format: Its layout.
  /// - Throws: `CSVError` with line and column.
  public init(
    csvText text: String, source: String = "text", _ format: CSVFormat = CSVFormat()
  ) throws(CSVError) {
    try self.init(reading: FileBytes(text.utf8), source: source, format)
  }

  /// Reads comma-separated values from bytes in memory.
  ///
  /// - Throws: `CSVError` with line and column.
  public init(
    csvBytes bytes: some Collection<UInt8>, source: String = "bytes",
    _ format: CSVFormat = CSVFormat()
  ) throws(CSVError) {
    try self.init(reading: FileBytes(bytes), source: source, format)
  }

  private init(
    reading bytes: FileBytes, source: String, _ format: CSVFormat
  ) throws(CSVError) {
    let fields = try CSVFields(bytes, delimiter: format.delimiter, file: source)
    var reader = try CSVReader(fields, format)
    self = try reader.table()
    // The reader's places point into the bytes, which nothing else keeps alive.
    withExtendedLifetime(bytes) {}
  }
}

/// Reads rows into columns.
private struct CSVReader {
  typealias Place = CSVFields.Place

  let fields: CSVFields
  let format: CSVFormat
  var names: [String] = []
  var kinds: [Table.Kind] = []
  var numericCount = 0
  var texts: [[String]] = []
  /// The texts of the row that is being read.
  var rowTexts: [String] = []
  /// Where the first row begins, and on which line.
  var firstRow: Place
  var firstLine = 1
  /// The numbers that are missing: row and column slot.
  var missing: [(row: Int, slot: Int, column: Int)] = []
  var dropped = 0
  private let powers = Decimal.powers

  init(_ fields: CSVFields, _ format: CSVFormat) throws(CSVError) {
    self.fields = fields
    self.format = format
    firstRow = fields.start
    try readHeader()
    kinds = names.map { _ in .ignored }
    var ignored = Set<Int>()
    var text = Set<Int>(format.everythingIsText ? Array(names.indices) : [])
    for column in format.ignoring { ignored.insert(try column.index(in: names, of: fields.file)) }
    for column in format.needing { _ = try column.index(in: names, of: fields.file) }
    for column in format.text { text.insert(try column.index(in: names, of: fields.file)) }
    for index in names.indices where !ignored.contains(index) {
      if text.contains(index) {
        kinds[index] = .text(slot: texts.count)
        texts.append([])
      } else {
        kinds[index] = .number(slot: numericCount)
        numericCount += 1
      }
    }
    rowTexts = texts.map { _ in "" }
  }

  /// Reads the first row: as names, or only to count its fields.
  private mutating func readHeader() throws(CSVError) {
    var p = fields.isBlanks ? fields.skippingBlanks(fields.start) : fields.start
    var line = 1
    var numbers = 0
    while true {
      let number = names.count + 1
      let field = try fields.field(at: p, line: line, column: number, name: nil)
      if format.hasHeader {
        guard let text = fields.text(field) else {
          throw CSVError(
            .invalidUTF8, file: fields.file, line: line, column: number,
            problem: "the column's name is not valid UTF-8", advice: "save the file as UTF-8")
        }
        let name = trimmed(text)
        names.append(name.isEmpty ? "column \(number)" : name)
        if !field.isQuoted, Decimal.parse(fields.trimmed(field)) != nil { numbers += 1 }
      } else {
        names.append("column \(number)")
      }
      line += field.lineEnds
      p = field.next
      guard let next = fields.afterDelimiter(p) else { break }
      p = next
    }
    guard format.hasHeader else { return }
    if numbers == names.count {
      throw CSVError(
        .headerOfNumbers, file: fields.file, line: 1,
        problem: "the header holds nothing but numbers",
        advice: "if it is data, say that there is no header (hasHeader: false, --no-header); "
          + "if not, quote the names")
    }
    var places: [String: Int] = [:]
    for (index, name) in names.enumerated() {
      if let earlier = places.updateValue(index, forKey: name) {
        throw CSVError(
          .duplicateColumn, file: fields.file, line: 1, column: index + 1, columnName: name,
          problem: "column \(earlier + 1) has the same name", advice: "rename one of them")
      }
    }
    firstRow = fields.nextRow(p)
    firstLine = line + 1
    if firstRow >= fields.end {
      throw CSVError(
        .headerOnly, file: fields.file, line: 1, problem: "there is a header but no row",
        advice: "if line 1 is data, say that there is no header (hasHeader: false, --no-header)")
    }
  }

  private func trimmed(_ text: String) -> String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    let front = text.drop(while: isBlank)
    guard let last = front.lastIndex(where: { !isBlank($0) }) else { return "" }
    return String(front[...last])
  }

  /// Reads all rows.
  mutating func table() throws(CSVError) -> Table {
    // No row is shorter than its delimiters and line end, so this can't be many times the file.
    let lines = CSVFields.lineFeeds(firstRow, fields.end) + 1
    let capacity = min(lines, (fields.end - firstRow) / names.count + 1)
    let storage = Storage(count: capacity * numericCount)
    var rows = 0
    var line = firstLine
    var p = firstRow
    while p < fields.end {
      let missingBefore = missing.count
      let row = storage.pointer + rows * numericCount
      let (next, lineEnds) = try readRow(p, line: line, row: rows, into: row)
      p = next
      line += lineEnds + 1
      if format.missing == .dropRow, missing.count > missingBefore {
        missing.removeLast(missing.count - missingBefore)
        dropped += 1
        continue
      }
      rows += 1
      for slot in texts.indices { texts[slot].append(rowTexts[slot]) }
    }
    guard rows > 0 else {
      throw CSVError(
        .noRowsLeft, file: fields.file,
        problem: "a number is missing in each of the \(dropped) rows, so dropping leaves none",
        advice: "ignore the column that lacks them (ignoring:, --ignore)")
    }
    let filled = try fillMissing(storage.pointer, rows: rows)
    return Table(
      source: fields.file, allNames: names, kinds: kinds,
      numbers: Tensor(shape: Shape(rows, numericCount), storage: storage), texts: texts,
      droppedRows: dropped, filledValues: filled)
  }

  /// Reads the row that begins at `p`.
  ///
  /// - Returns: Where the next one begins, and how many line ends there are inside quotes.
  private mutating func readRow(
    _ start: Place, line: Int, row: Int, into out: UnsafeMutablePointer<Float>
  ) throws(CSVError) -> (Place, Int) {
    var p = fields.isBlanks ? fields.skippingBlanks(start) : start
    var line = line
    let firstLine = line
    if fields.isRowEnd(p), names.count > 1 {
      throw CSVError(
        .wrongFieldCount, file: fields.file, line: line, problem: "the line is empty",
        advice: "take it out; only after the last row empty lines are allowed")
    }
    let single = !fields.hasLongDelimiter
    var column = 0
    while true {
      if column == names.count { throw tooManyFields(start, line: firstLine) }
      var next = p
      switch kinds[column] {
      case .number(let slot):
        let quick = Decimal.quick(p, powers)
        if let quick, single, fields.isRowEnd(quick.end) || fields.isDelimiter(quick.end) {
          out[slot] = quick.value
          next = quick.end
        } else {
          let field = try field(p, line, column)
          out[slot] = try slowNumber(field, line, column, row: row, slot: slot)
          line += field.lineEnds
          next = field.next
        }
      case .text(let slot):
        let field = try field(p, line, column)
        guard let text = fields.text(field) else {
          throw error(
            .invalidUTF8, line, column, "the text is not valid UTF-8", "save the file as UTF-8")
        }
        rowTexts[slot] = text
        line += field.lineEnds
        next = field.next
      case .ignored:
        let field = try field(p, line, column)
        line += field.lineEnds
        next = field.next
      }
      column += 1
      guard let after = fields.afterDelimiter(next) else {
        p = next
        break
      }
      p = after
    }
    if column < names.count { throw wrongFieldCount(column, line: firstLine) }
    return (fields.nextRow(p), line - firstLine)
  }

  private func field(
    _ p: Place, _ line: Int, _ column: Int
  ) throws(CSVError) -> CSVFields.Field {
    try fields.field(
      at: p, line: line, column: column + 1, name: format.hasHeader ? names[column] : nil)
  }

  /// A number that needs a closer look: quoted, long, missing, or none at all.
  private mutating func slowNumber(
    _ field: CSVFields.Field, _ line: Int, _ column: Int, row: Int, slot: Int
  ) throws(CSVError) -> Float {
    let bytes = fields.trimmed(field)
    if let value = Decimal.parse(bytes) {
      if value.isFinite { return value }
      throw error(
        .notFinite, line, column,
        "\(CSVError.quoted(String(decoding: bytes, as: UTF8.self))) is too large for a Float",
        "the greatest is \(Float.greatestFiniteMagnitude); choose another unit")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw error(
        .invalidUTF8, line, column, "the field is not valid UTF-8 and no number",
        "save the file as UTF-8, and ignore the column or read it as text")
    }
    if text.isEmpty || format.missingMarkers.contains(text) {
      if format.missing == .error {
        throw error(
          .missingValue, line, column,
          "the number is missing" + (text.isEmpty ? "" : " (\(CSVError.quoted(text)))"),
          "fill it in, or choose to drop such rows or to take the column's mean "
            + "(missing: .dropRow or .mean, --missing drop or mean)")
      }
      missing.append((row, slot, column))
      return 0
    }
    if ["inf", "infinity", "nan"].contains(text.lowercased().drop { $0 == "-" || $0 == "+" }) {
      throw error(
        .notFinite, line, column, "\(CSVError.quoted(text)) is not a finite number",
        "mend it, or add it to missingMarkers: to count it as missing")
    }
    throw error(
      .notANumber, line, column, "\(CSVError.quoted(text)) is not a number", advice(text, line))
  }

  private func advice(_ text: String, _ line: Int) -> String {
    if names.count == 1, let other = likelyDelimiter(text) {
      return "there is one column only; is the delimiter \(other)? (delimiter:, --delimiter)"
    }
    if line == 1, !format.hasHeader {
      return "if line 1 is a header, say so (hasHeader: true, without --no-header)"
    }
    return "mend it, ignore the column (ignoring:, --ignore) or read it as text (text:)"
  }

  /// What the command line calls the delimiter that a row, taken for one field, seems to have.
  private func likelyDelimiter(_ text: String) -> String? {
    if let character = [";", ",", "|"].first(where: text.contains) { return "\"\(character)\"" }
    if text.contains(" ") { return "blanks" }
    return text.contains("\t") ? "tab" : nil
  }

  private func error(
    _ kind: CSVError.Kind, _ line: Int, _ column: Int, _ problem: String, _ advice: String
  ) -> CSVError {
    CSVError(
      kind, file: fields.file, line: line, column: column + 1,
      columnName: format.hasHeader ? names[column] : nil, problem: problem, advice: advice)
  }

  private func tooManyFields(_ start: Place, line: Int) -> CSVError {
    var p = fields.isBlanks ? fields.skippingBlanks(start) : start
    var count = 0
    while true {
      count += 1
      guard let field = try? fields.field(at: p, line: line, column: count, name: nil),
        let next = fields.afterDelimiter(field.next)
      else { return wrongFieldCount(count, line: line) }
      p = next
    }
  }

  private func wrongFieldCount(_ count: Int, line: Int) -> CSVError {
    func number(_ n: Int) -> String { n == 1 ? "1 field" : "\(n) fields" }
    return CSVError(
      .wrongFieldCount, file: fields.file, line: line,
      problem: "the row has \(number(count)), but the "
        + "\(format.hasHeader ? "header" : "first row") has \(names.count)",
      advice: count > names.count
        ? "quote fields that contain the delimiter" : "add what is missing, an empty field will do")
  }

  /// Puts the mean of the others in for the numbers that are missing.
  private func fillMissing(
    _ numbers: UnsafeMutablePointer<Float>, rows: Int
  ) throws(CSVError) -> [String: Int] {
    var filled: [String: Int] = [:]
    var rowsOfColumn: [Int: [Int]] = [:]
    for gap in missing { rowsOfColumn[gap.column, default: []].append(gap.row) }
    for (column, gaps) in rowsOfColumn.sorted(by: { $0.key < $1.key }) {
      guard case .number(let slot) = kinds[column] else { continue }
      guard gaps.count < rows else {
        throw CSVError(
          .nothingToAverage, file: fields.file, column: column + 1,
          columnName: format.hasHeader ? names[column] : nil,
          problem: "every number is missing, so there is no mean to take",
          advice: "ignore the column (ignoring:, --ignore)")
      }
      // The gaps hold 0 and add nothing.
      var sum = 0.0
      for row in 0..<rows { sum += Double(numbers[row * numericCount + slot]) }
      let mean = Float(sum / Double(rows - gaps.count))
      for row in gaps { numbers[row * numericCount + slot] = mean }
      filled[names[column]] = gaps.count
    }
    return filled
  }
}
