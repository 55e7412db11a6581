#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

private let quote = UInt8(ascii: "\"")
private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")

/// The bytes of a CSV file, cut into fields (RFC 4180).
///
/// Its bytes end with a line feed, so nothing has to watch for the end while it reads on.
struct CSVFields {
  typealias Place = UnsafePointer<UInt8>

  /// A field as it stands in the file.
  struct Field {
    /// The content, without the quotes around it.
    var start: Place
    var end: Place
    var isQuoted = false
    /// Whether there are doubled quotes in the content.
    var hasDoubledQuotes = false
    /// Line ends within the quotes.
    var lineEnds = 0
    /// Where the delimiter or the line feed after the field is.
    var next: Place
  }

  let file: String
  let start: Place
  /// Behind the last row: line ends after it don't count.
  let end: Place
  /// What a delimiter may begin with; the same twice, unless both blanks and tabs delimit.
  let first: UInt8
  let second: UInt8
  let isBlanks: Bool
  /// The rest of a delimiter of more than one byte.
  private let rest: [UInt8]

  /// Looks the file over.
  ///
  /// - Throws: `CSVError` if it is empty or no text, or the delimiter can't be one.
  init(_ bytes: FileBytes, delimiter: Delimiter, file: String) throws(CSVError) {
    self.file = file
    guard let characters = delimiter.bytes else {
      throw CSVError(
        .badFormat, file: file, problem: "the delimiter is part of numbers, quotes or line ends",
        advice: "choose another, such as a comma, a semicolon or a tab")
    }
    isBlanks = characters.isEmpty
    first = characters.first ?? UInt8(ascii: " ")
    second = characters.first ?? UInt8(ascii: "\t")
    rest = Array(characters.dropFirst())

    var start = Place(bytes.pointer)
    var end = start + bytes.count
    if bytes.count >= 2, [0xFEFF, 0xFFFE].contains(Int(start[0]) << 8 | Int(start[1])) {
      throw CSVError(
        .binary, file: file, line: 1, problem: "the text is UTF-16", advice: "save it as UTF-8")
    }
    if bytes.count > 0, let zero = memchr(start, 0, bytes.count) {
      let place = Place(zero.assumingMemoryBound(to: UInt8.self))
      throw CSVError(
        .binary, file: file, line: CSVFields.lineFeeds(start, place) + 1,
        problem: "there is a zero byte, so this is no text",
        advice: "give a text file; unpack it first if it is an archive or a spreadsheet")
    }
    if bytes.count >= 3, start[0] == 0xEF, start[1] == 0xBB, start[2] == 0xBF { start += 3 }
    while end > start, end[-1] == lineFeed || end[-1] == carriageReturn { end -= 1 }
    guard start < end else {
      throw CSVError(
        .empty, file: file, problem: "the file is empty",
        advice: "give one with a header and at least one row")
    }
    self.start = start
    self.end = end
    bytes.pointer[end - Place(bytes.pointer)] = lineFeed
  }

  /// How many line feeds there are between two places.
  static func lineFeeds(_ start: Place, _ end: Place) -> Int {
    var count = 0
    var place = start
    while let found = memchr(place, Int32(lineFeed), end - place) {
      count += 1
      place = Place(found.assumingMemoryBound(to: UInt8.self)) + 1
    }
    return count
  }

  /// Whether a delimiter has more than one byte.
  var hasLongDelimiter: Bool { !rest.isEmpty }

  @inline(__always)
  func isDelimiter(_ p: Place) -> Bool {
    guard p[0] == first || p[0] == second else { return false }
    return rest.isEmpty || rest.indices.allSatisfy { p[1 + $0] == rest[$0] }
  }

  /// Whether a row ends here: before a line feed, or a carriage return and one.
  @inline(__always)
  func isRowEnd(_ p: Place) -> Bool {
    p[0] == lineFeed || (p[0] == carriageReturn && p[1] == lineFeed)
  }

  /// The place after the delimiter at `p`, or `nil` if the row ends there.
  @inline(__always)
  func afterDelimiter(_ p: Place) -> Place? {
    if isRowEnd(p) { return nil }
    var p = p + 1 + rest.count
    if isBlanks {
      p = skippingBlanks(p)
      if isRowEnd(p) { return nil }
    }
    return p
  }

  /// The place of the next row, given the end of this one.
  @inline(__always)
  func nextRow(_ p: Place) -> Place {
    var p = isBlanks ? skippingBlanks(p) : p
    if p[0] == carriageReturn { p += 1 }
    return p + 1
  }

  @inline(__always)
  func skippingBlanks(_ p: Place) -> Place {
    var p = p
    while p[0] == UInt8(ascii: " ") || p[0] == UInt8(ascii: "\t") { p += 1 }
    return p
  }

  /// The field that begins at a place.
  ///
  /// - Parameter position: The number of the field and its column's name, for messages.
  func field(
    at p: Place, line: Int, column: Int, name: String?
  ) throws(CSVError) -> Field {
    if p[0] == quote { return try quotedField(at: p, line: line, column: column, name: name) }
    var q = p
    while q[0] != lineFeed, !isDelimiter(q) { q += 1 }
    if q > p, q[0] == lineFeed, q[-1] == carriageReturn { q -= 1 }
    return Field(start: p, end: q, next: q)
  }

  private func quotedField(
    at p: Place, line: Int, column: Int, name: String?
  ) throws(CSVError) -> Field {
    var field = Field(start: p + 1, end: p + 1, isQuoted: true, next: p)
    var q = p + 1
    while true {
      if q >= end {
        throw CSVError(
          .unterminatedQuote, file: file, line: line, column: column, columnName: name,
          problem: "the quote that opens here is never closed",
          advice: "add the closing quote; a quote inside a quoted field is doubled")
      }
      if q[0] == quote {
        if q + 1 >= end || q[1] != quote { break }
        field.hasDoubledQuotes = true
        q += 1
      } else if q[0] == lineFeed {
        field.lineEnds += 1
      }
      q += 1
    }
    field.end = q
    field.next = q + 1
    guard field.next >= end || isRowEnd(field.next) || isDelimiter(field.next) else {
      throw CSVError(
        .textAfterQuote, file: file, line: line + field.lineEnds, column: column, columnName: name,
        problem: "there is text after the closing quote",
        advice: "a quote inside a quoted field is doubled")
    }
    return field
  }

  /// The text of a field; `nil` if it is no UTF-8.
  func text(_ field: Field) -> String? {
    let bytes = UnsafeBufferPointer(start: field.start, count: field.end - field.start)
    if !field.hasDoubledQuotes { return String(validating: bytes, as: UTF8.self) }
    var single: [UInt8] = []
    var i = 0
    while i < bytes.count {
      single.append(bytes[i])
      i += bytes[i] == quote ? 2 : 1
    }
    return String(validating: single, as: UTF8.self)
  }

  /// The content of a field without the blanks around it.
  func trimmed(_ field: Field) -> UnsafeBufferPointer<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    var (start, end) = (field.start, field.end)
    while start < end, isBlank(start[0]) { start += 1 }
    while end > start, isBlank(end[-1]) { end -= 1 }
    return UnsafeBufferPointer(start: start, count: end - start)
  }
}
