/// Reads the words of a header, strictly, and says where it is when it can't.
///
/// It allocates nothing but the strings and numbers that it has read, and doesn't nest, so no
/// header can make it take more memory or stack than the header's own size.
struct HeaderScanner {
  private let bytes: [UInt8]
  private let file: String
  /// Where in the file the header begins.
  private let start: Int
  private var position = 0

  init(_ bytes: [UInt8], file: String, start: Int) {
    (self.bytes, self.file, self.start) = (bytes, file, start)
  }

  /// Where in the file the next byte stands.
  var offset: Int { start + position }

  /// A mistake at the next byte, or at another offset.
  func error(
    _ problem: String, kind: CheckpointError.Kind = .badHeader, at offset: Int? = nil,
    name: String? = nil,
    advice: String = "the file is damaged, or of another kind; get it again"
  ) -> CheckpointError {
    CheckpointError(
      kind, file: file, offset: offset ?? self.offset, name: name, problem: problem, advice: advice)
  }

  /// Whether nothing but white space is left.
  mutating func isAtEnd() -> Bool { next() == nil }

  /// Takes a character if it is the next one after white space.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// Takes a character after white space.
  mutating func expect(_ character: Unicode.Scalar, _ place: String) throws(CheckpointError) {
    if !take(character) { throw error("\(place) '\(character)' has to stand, but \(found())") }
  }

  /// Takes a word after white space, if it is there.
  mutating func take(word: String) -> Bool {
    _ = next()
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  /// Takes a whole number that isn't negative.
  mutating func integer(_ what: String) throws(CheckpointError) -> Int {
    guard let first = next(), isDigit(first) else {
      throw error("\(what) has to be a whole number from 0 on, but \(found())")
    }
    let begin = position
    var value = 0
    while position < bytes.count, isDigit(bytes[position]) {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(bytes[position] - UInt8(ascii: "0")))
      if overflow || carry { throw error("\(what) is too great", at: start + begin) }
      value = sum
      position += 1
    }
    if position - begin > 1 && first == UInt8(ascii: "0") {
      throw error("\(what) begins with a 0", at: start + begin)
    }
    return value
  }

  /// Takes a string in JSON's double quotes.
  mutating func jsonString(_ what: String) throws(CheckpointError) -> String {
    let begin = offset
    try expect("\"", "before \(what)")
    var text: [UInt8] = []
    while true {
      guard position < bytes.count else { throw error("\(what) has no end", at: begin) }
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw error("\(what) is no UTF-8", at: begin)
        }
        return string
      case UInt8(ascii: "\\"): text.append(contentsOf: String(try escape(what)).utf8)
      case 0..<0x20: throw error("\(what) has an unescaped control character", at: offset - 1)
      default: text.append(byte)
      }
    }
  }

  /// Takes a string in Python's quotes, without escapes.
  mutating func pythonString(_ what: String) throws(CheckpointError) -> String {
    guard let quote = next(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw error("\(what) has to be a string, but \(found())")
    }
    let begin = position + 1
    guard let end = bytes[begin...].firstIndex(of: quote),
      let text = String(validating: bytes[begin..<end], as: UTF8.self)
    else { throw error("\(what) has no end, or is no text") }
    position = end + 1
    return text
  }

  // MARK: Parts

  /// The next byte that is no white space.
  private mutating func next() -> UInt8? {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      case let byte: return byte
      }
    }
    return nil
  }

  private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= byte }

  private func found() -> String {
    guard position < bytes.count else { return "the header ends" }
    let byte = bytes[position]
    return 0x20...0x7E ~= byte
      ? "there is '\(Unicode.Scalar(byte))'" : "there is a byte of value \(byte)"
  }

  private mutating func escape(_ what: String) throws(CheckpointError) -> Unicode.Scalar {
    guard position < bytes.count else { throw error("\(what) has no end") }
    let byte = bytes[position]
    position += 1
    switch Unicode.Scalar(byte) {
    case "\"", "\\", "/": return Unicode.Scalar(byte)
    case "b": return "\u{8}"
    case "f": return "\u{C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u":
      let first = try codeUnit(what)
      if let scalar = Unicode.Scalar(first) { return scalar }
      // Half of a pair: the other half has to follow.
      if first < 0xDC00, bytes[position...].starts(with: "\\u".utf8) {
        position += 2
        let second = try codeUnit(what)
        if 0xDC00...0xDFFF ~= second {
          return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))!
        }
      }
      throw error("\(what) has half a surrogate pair")
    default: throw error("\(what) has an unknown escape", at: offset - 1)
    }
  }

  private mutating func codeUnit(_ what: String) throws(CheckpointError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count,
        let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue
      else { throw error("\(what) has an escape without four hexadecimal digits") }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
