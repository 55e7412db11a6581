/// What a safetensors file says of its tensors, checked: every entry lies within the data, and
/// together they cover it exactly.
struct SafetensorsHeader {
  struct Entry {
    let name: String
    let type: ElementType
    let extents: [Int]
    /// Where in the file its numbers lie.
    let range: Range<Int>
    /// Where in the file the entry stands.
    let offset: Int
  }

  /// The format's own limit.
  static let greatestLength = 100_000_000

  private(set) var entries: [Entry] = []
  private(set) var metadata: [String: String] = [:]
  /// Where in the file the data begins.
  private let dataStart: Int
  private let fileCount: Int

  /// Reads and checks the header of a file.
  init(_ source: ByteSource) throws(CheckpointError) {
    let length = try SafetensorsHeader.length(source)
    dataStart = 8 + length
    fileCount = source.count
    var scanner = HeaderScanner(
      try source.bytes(8..<dataStart), file: source.name, start: 8)
    try read(&scanner)
    try check(scanner)
  }

  private static func length(_ source: ByteSource) throws(CheckpointError) -> Int {
    guard source.count >= 8 else {
      throw CheckpointError(
        .truncated, file: source.name, offset: source.count,
        problem: "the file ends, but 8 bytes tell the length of a safetensors file's header",
        advice: "get the file again")
    }
    let length = try source.bytes(0..<8).withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
    }
    guard length <= UInt64(greatestLength) else {
      throw CheckpointError(
        .otherFormat, file: source.name, offset: 0,
        problem: "the header's length would be \(length), and at most \(greatestLength) is allowed",
        advice: "this seems to be no safetensors file")
    }
    guard Int(length) <= source.count - 8 else {
      throw CheckpointError(
        .truncated, file: source.name, offset: 0,
        problem: "the header's length is \(length), but \(source.count - 8) bytes follow",
        advice: "the file is incomplete, or of another kind; get it again")
    }
    return Int(length)
  }

  // MARK: Reading

  private mutating func read(_ scanner: inout HeaderScanner) throws(CheckpointError) {
    var names: Set<String> = []
    try scanner.expect("{", "at the beginning of the header")
    if !scanner.take("}") {
      repeat {
        let offset = scanner.offset
        let name = try scanner.jsonString("a name")
        guard names.insert(name).inserted else {
          throw scanner.error("the name stands twice", kind: .duplicateName, at: offset, name: name)
        }
        try scanner.expect(":", "after a name")
        if name == "__metadata__" {
          try readMetadata(&scanner)
        } else {
          try readEntry(name, offset, &scanner)
        }
      } while scanner.take(",")
      try scanner.expect("}", "after the last entry")
    }
    if !scanner.isAtEnd() { throw scanner.error("something stands behind the end of the header") }
  }

  private mutating func readMetadata(_ scanner: inout HeaderScanner) throws(CheckpointError) {
    try scanner.expect("{", "at the beginning of the metadata")
    if scanner.take("}") { return }
    repeat {
      let offset = scanner.offset
      let key = try scanner.jsonString("a key of the metadata")
      try scanner.expect(":", "after a key of the metadata")
      let value = try scanner.jsonString("a value of the metadata")
      guard metadata.updateValue(value, forKey: key) == nil else {
        throw scanner.error(
          "the key of the metadata stands twice", kind: .duplicateName, at: offset, name: key)
      }
    } while scanner.take(",")
    try scanner.expect("}", "after the metadata")
  }

  private mutating func readEntry(
    _ name: String, _ offset: Int, _ scanner: inout HeaderScanner
  ) throws(CheckpointError) {
    var type: ElementType?
    var extents: [Int]?
    var offsets: [Int]?
    try scanner.expect("{", "at the beginning of an entry")
    repeat {
      let place = scanner.offset
      let key = try scanner.jsonString("a key of an entry")
      try scanner.expect(":", "after a key of an entry")
      switch key {
      case "dtype" where type == nil:
        let text = try scanner.jsonString("a type")
        type = ElementType(rawValue: text)
        if type == nil { throw unknown(text, name, place, scanner) }
      case "shape" where extents == nil: extents = try integers("an extent", &scanner)
      case "data_offsets" where offsets == nil: offsets = try integers("an offset", &scanner)
      case "dtype", "shape", "data_offsets":
        throw scanner.error("\(key) stands twice", kind: .duplicateName, at: place, name: name)
      default:
        throw scanner.error(
          "an entry has dtype, shape and data_offsets, but here is "
            + CheckpointError.quoted(key), at: place, name: name)
      }
    } while scanner.take(",")
    try scanner.expect("}", "after an entry")
    guard let type, let extents, let offsets else {
      throw scanner.error(
        "the entry lacks its dtype, shape or data_offsets", at: offset, name: name)
    }
    guard offsets.count == 2, offsets[0] <= offsets[1], offsets[1] <= fileCount - dataStart else {
      throw scanner.error(
        "the data_offsets are \(offsets.prefix(4)), but have to be a beginning and an end within "
          + "the \(fileCount - dataStart) bytes of data", kind: .badOffsets, at: offset, name: name)
    }
    guard ByteSource.size(of: type, extents) == offsets[1] - offsets[0] else {
      throw scanner.error(
        "\(type.rawValue) of shape \(extents.prefix(8)) doesn't take "
          + "the \(offsets[1] - offsets[0]) bytes that the data_offsets give it", kind: .badOffsets,
        at: offset, name: name)
    }
    entries.append(
      Entry(
        name: name, type: type, extents: extents,
        range: dataStart + offsets[0]..<dataStart + offsets[1], offset: offset))
  }

  private func integers(
    _ what: String, _ scanner: inout HeaderScanner
  ) throws(CheckpointError) -> [Int] {
    try scanner.expect("[", "before \(what)")
    if scanner.take("]") { return [] }
    var numbers: [Int] = []
    repeat { numbers.append(try scanner.integer(what)) } while scanner.take(",")
    try scanner.expect("]", "after \(what)")
    return numbers
  }

  private func unknown(
    _ type: String, _ name: String, _ offset: Int, _ scanner: HeaderScanner
  ) -> CheckpointError {
    let known: Set = [
      "F4", "F6_E2M3", "F6_E3M2", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ",
      "C64",
    ]
    return scanner.error(
      "the numbers are of type \(CheckpointError.quoted(type))",
      kind: known.contains(type) ? .unsupportedType : .unknownType, at: offset, name: name,
      advice: "convert them to F32 where they come from")
  }

  // MARK: Checking

  /// Makes sure that the entries cover the data without gaps and without sharing a byte. They may
  /// stand in any order.
  private func check(_ scanner: HeaderScanner) throws(CheckpointError) {
    var covered = dataStart
    var former: Entry?
    let ordered = entries.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for entry in ordered {
      guard entry.range.lowerBound == covered else {
        let other = former.map { " of \(CheckpointError.quoted($0.name))" } ?? " of the header"
        throw scanner.error(
          entry.range.lowerBound < covered
            ? "the data begins before the end\(other)"
            : "\(entry.range.lowerBound - covered) bytes between the end\(other) and the data belong "
              + "to nothing", kind: .badOffsets, at: entry.offset, name: entry.name)
      }
      covered = entry.range.upperBound
      former = entry
    }
    if covered != fileCount {
      throw scanner.error(
        "\(fileCount - covered) bytes at the end belong to no tensor", kind: .badOffsets,
        at: covered)
    }
  }
}
