import NeuronikaTensors

/// A file of named tensors in the format of Hugging Face: what other frameworks read and write,
/// too.
///
/// ```swift
/// let model = Linear(3, 2)
/// try Safetensors(model.state).write(to: "model.safetensors")
/// try model.load(Safetensors(contentsOf: "model.safetensors").state)
/// ```
///
/// Numbers of a ``State`` are tensors without axes, integers of type I64 and the others of type
/// F64, so every value of a state comes back with the same bits. Other programs see scalars.
///
/// **Reading** takes F32 as it is. F16, BF16, BOOL and whole numbers become floats exactly, or it
/// throws (a whole number beyond 2²⁴ may have no `Float`); F64 is rounded to the nearest. A file
/// that contradicts itself, has a byte that belongs to no tensor, or two tensors of one name, is
/// refused; the size of the file bounds the memory that is taken.
///
/// **Writing** is atomic: whoever reads the file, or loses power, finds the former file or the
/// whole new one. The same content gives the same bytes.
///
/// **Source:** <https://github.com/huggingface/safetensors>, section "Format".
public struct Safetensors: Sendable, Equatable {
  /// The tensors and numbers, in the order in which the header names them.
  public var state: State
  /// Texts that go with them.
  public var metadata: [String: String]

  /// Tensors and numbers to be written.
  public init(_ state: State, metadata: [String: String] = [:]) {
    (self.state, self.metadata) = (state, metadata)
  }

  /// Reads a file.
  ///
  /// - Throws: `CheckpointError`, with the place in the file.
  public init(contentsOf path: String) throws(CheckpointError) {
    try self.init(ByteSource(path: path))
  }

  /// Reads bytes in memory.
  ///
  /// - Parameter name: What errors call them.
  /// - Throws: `CheckpointError`, with the place in the bytes.
  public init(bytes: [UInt8], name: String = "bytes") throws(CheckpointError) {
    try self.init(ByteSource(bytes, name: name))
  }

  private init(_ source: ByteSource) throws(CheckpointError) {
    let header = try SafetensorsHeader(source)
    metadata = header.metadata
    state = State()
    for entry in header.entries {
      let offset = entry.range.lowerBound
      switch entry.type {
      case .int64 where entry.extents.isEmpty:
        state[entry.name] = .integer(Int(bitPattern: UInt(try word(at: offset))))
      case .float64 where entry.extents.isEmpty:
        state[entry.name] = .number(Double(bitPattern: try word(at: offset)))
      default:
        state[entry.name] = .tensor(
          try source.tensor(entry.type, Shape(entry.extents), at: offset, name: entry.name))
      }
    }

    func word(at offset: Int) throws(CheckpointError) -> UInt64 {
      let bytes = try source.bytes(offset..<offset + 8)
      return bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    }
  }
}

// MARK: Writing

extension Safetensors {
  /// Writes a file, over a former one of that name.
  ///
  /// - Throws: `CheckpointError` if a name is `__metadata__`, which the format reserves, or the
  ///   file can't be written; then a former one is as it was.
  public func write(to path: String) throws(CheckpointError) {
    let header = try header(for: path)
    try AtomicFile.write(to: path) { (file) throws(CheckpointError) in
      try forEachPiece(header) { (piece) throws(CheckpointError) in try file.append(piece) }
    }
  }

  /// The bytes of the file.
  ///
  /// - Throws: `CheckpointError` if a name is `__metadata__`, which the format reserves.
  public func bytes() throws(CheckpointError) -> [UInt8] {
    var bytes: [UInt8] = []
    forEachPiece(try header(for: "bytes")) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// The names in the order of their data: numbers of 8 bytes first, so that all are aligned.
  private var namesInData: [String] {
    state.names.filter { size(of: $0) == 8 } + state.names.filter { size(of: $0) != 8 }
  }

  /// The bytes of a number, and of an element of a tensor.
  private func size(of name: String) -> Int {
    if case .tensor = state[name] { 4 } else { 8 }
  }

  private func forEachPiece<Failure: Error>(
    _ header: [UInt8], _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    try header.withBytes(body)
    for name in namesInData {
      switch state[name]! {
      case .tensor(let tensor):
        defer { withExtendedLifetime(tensor) {} }
        try body(
          UnsafeRawBufferPointer(start: tensor.storage.pointer, count: 4 * tensor.count))
      case .number(let number): try littleEndian(number.bitPattern).withBytes(body)
      case .integer(let integer):
        try littleEndian(UInt64(bitPattern: Int64(integer))).withBytes(body)
      }
    }
  }

  private func littleEndian(_ word: UInt64) -> [UInt8] {
    withUnsafeBytes(of: word.littleEndian, Array.init)
  }

  /// The length of the header, and the header.
  private func header(for path: String) throws(CheckpointError) -> [UInt8] {
    var ranges: [String: Range<Int>] = [:]
    var end = 0
    for name in namesInData {
      var count = 8
      if case .tensor(let tensor) = state[name]! { count = 4 * tensor.count }
      ranges[name] = end..<end + count
      end += count
    }
    var entries: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }.map { "\(json($0.key)):\(json($0.value))" }
      entries.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    for name in state.names {
      guard name != "__metadata__" else {
        throw CheckpointError(
          .badName, file: path, name: name, problem: "the format keeps this name for itself",
          advice: "call it something else")
      }
      let (type, shape) =
        switch state[name]! {
        case .tensor(let tensor): ("F32", tensor.shape.extents)
        case .number: ("F64", [])
        case .integer: ("I64", [])
        }
      let range = ranges[name]!
      entries.append(
        "\(json(name)):{\"dtype\":\"\(type)\","
          + "\"shape\":[\(shape.map(String.init).joined(separator: ","))],"
          + "\"data_offsets\":[\(range.lowerBound),\(range.upperBound)]}")
    }
    var text = Array("{\(entries.joined(separator: ","))}".utf8)
    text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    guard text.count <= SafetensorsHeader.greatestLength else {
      throw CheckpointError(
        .badName, file: path,
        problem: "the names and metadata take \(text.count) bytes, and the format allows "
          + "\(SafetensorsHeader.greatestLength)", advice: "shorten the metadata")
    }
    return littleEndian(UInt64(text.count)) + text
  }

  private func json(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
