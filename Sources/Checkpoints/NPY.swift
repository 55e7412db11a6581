import NeuronikaTensors

// NumPy's format for one array: `numpy.save`, `numpy.load`.
//
// Source: NumPy Enhancement Proposal 1, and numpy.lib.format.

extension Tensor {
  /// Reads an array that NumPy has saved.
  ///
  /// Floats of 32 bits are taken as they are. Floats of 16 bits, truth values and whole numbers
  /// become floats exactly, or it throws; those of 64 bits are rounded to the nearest. Either byte
  /// order and either order of the axes in memory will do.
  ///
  /// - Throws: `CheckpointError`, with the place in the file.
  public init(npy path: String) throws(CheckpointError) {
    self = try NPY.read(ByteSource(path: path))
  }

  /// Reads bytes in memory.
  ///
  /// - Parameter name: What errors call them.
  /// - Throws: `CheckpointError`, with the place in the bytes.
  public init(npyBytes bytes: [UInt8], name: String = "bytes") throws(CheckpointError) {
    self = try NPY.read(ByteSource(bytes, name: name))
  }

  /// Writes a file that NumPy loads, over a former one of that name, atomically.
  ///
  /// - Throws: `CheckpointError` if the file can't be written; then a former one is as it was.
  public func write(npy path: String) throws(CheckpointError) {
    try AtomicFile.write(to: path) { (file) throws(CheckpointError) in
      try NPY.header(shape).withBytes { (bytes) throws(CheckpointError) in try file.append(bytes) }
      defer { withExtendedLifetime(storage) {} }
      try file.append(UnsafeRawBufferPointer(start: storage.pointer, count: 4 * count))
    }
  }
}

private enum NPY {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  // MARK: Writing

  /// Magic, version, length and header: a multiple of 64 bytes.
  static func header(_ shape: Shape) -> [UInt8] {
    let extents = shape.extents.map { "\($0)," }.joined(separator: " ")
    let tuple = shape.rank == 1 ? extents : String(extents.dropLast())
    var text = Array("{'descr': '<f4', 'fortran_order': False, 'shape': (\(tuple)), }".utf8)
    let isLong = text.count + 11 > Int(UInt16.max)
    let lengthSize = isLong ? 4 : 2
    let rest = (magic.count + 2 + lengthSize + text.count + 1) % 64
    text += [UInt8](repeating: UInt8(ascii: " "), count: (64 - rest) % 64) + [UInt8(ascii: "\n")]
    let length = (0..<lengthSize).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    return magic + [isLong ? 2 : 1, 0] + length + text
  }

  // MARK: Reading

  static func read(_ source: ByteSource) throws(CheckpointError) -> Tensor {
    let (start, end) = try headerRange(source)
    var scanner = HeaderScanner(
      try source.bytes(start..<end), file: source.name, start: start)
    var description: (text: String, offset: Int)?
    var isFortran: Bool?
    var extents: [Int]?
    try scanner.expect("{", "at the beginning of the header")
    while !scanner.take("}") {
      let offset = scanner.offset
      let key = try scanner.pythonString("a key")
      try scanner.expect(":", "after a key")
      switch key {
      case "descr" where description == nil:
        if scanner.take("[") {
          throw scanner.error(
            "the array has fields of several types", kind: .unsupportedType, at: offset,
            advice: "save each field as an array of its own")
        }
        description = (try scanner.pythonString("descr"), offset)
      case "fortran_order" where isFortran == nil:
        isFortran = scanner.take(word: "True")
        if isFortran == false, !scanner.take(word: "False") {
          throw scanner.error("fortran_order is neither True nor False")
        }
      case "shape" where extents == nil: extents = try tuple(&scanner)
      default:
        throw scanner.error(
          "a header has descr, fortran_order and shape, each once, but here is "
            + CheckpointError.quoted(key), at: offset)
      }
      if !scanner.take(",") {
        try scanner.expect("}", "after the last entry")
        break
      }
    }
    if !scanner.isAtEnd() { throw scanner.error("something stands behind the end of the header") }
    guard let description, let isFortran, let extents else {
      throw scanner.error("the header lacks its descr, fortran_order or shape", at: start)
    }
    let (type, bigEndian) = try elementType(description.text, description.offset, scanner)
    guard ByteSource.size(of: type, extents) == source.count - end else {
      throw scanner.error(
        "\(source.count - end) bytes of data follow, which doesn't fit \(description.text) of "
          + "shape \(extents.prefix(8))", kind: .truncated, at: end)
    }
    let shape = Shape(isFortran ? extents.reversed() : extents)
    let tensor = try source.tensor(type, shape, at: end, name: nil, bigEndian: bigEndian)
    return isFortran ? reversingAxes(tensor) : tensor
  }

  private static func headerRange(
    _ source: ByteSource
  ) throws(CheckpointError) -> (start: Int, end: Int) {
    func error(
      _ kind: CheckpointError.Kind, _ offset: Int, _ problem: String, _ advice: String
    ) -> CheckpointError {
      CheckpointError(kind, file: source.name, offset: offset, problem: problem, advice: advice)
    }
    let begin = try source.bytes(0..<min(12, source.count))
    guard begin.starts(with: magic) else {
      throw error(
        .otherFormat, 0, "the file doesn't begin as NumPy's files do",
        "save the array with numpy.save")
    }
    guard begin.count == 12 else {
      throw error(.truncated, begin.count, "the file ends in the header", "get the file again")
    }
    guard 1...3 ~= begin[6] else {
      throw error(
        .otherFormat, 6, "the format's version is \(begin[6]), and 1, 2 and 3 are known",
        "save the array with numpy.save")
    }
    let lengthSize = begin[6] == 1 ? 2 : 4
    let start = 8 + lengthSize
    let length = (0..<lengthSize).reduce(0) { $0 | Int(begin[8 + $1]) << (8 * $1) }
    guard length <= source.count - start else {
      throw error(
        .truncated, 8, "the header's length is \(length), but \(source.count - start) bytes follow",
        "the file is incomplete; get it again")
    }
    return (start, start + length)
  }

  private static func tuple(_ scanner: inout HeaderScanner) throws(CheckpointError) -> [Int] {
    var extents: [Int] = []
    try scanner.expect("(", "before the shape")
    while !scanner.take(")") {
      extents.append(try scanner.integer("an extent"))
      if !scanner.take(",") {
        try scanner.expect(")", "after the shape")
        break
      }
    }
    return extents
  }

  private static func elementType(
    _ text: String, _ offset: Int, _ scanner: HeaderScanner
  ) throws(CheckpointError) -> (type: ElementType, bigEndian: Bool) {
    let types: [String: ElementType] = [
      "b1": .bool, "u1": .uint8, "i1": .int8, "u2": .uint16, "i2": .int16, "u4": .uint32,
      "i4": .int32, "u8": .uint64, "i8": .int64, "f2": .float16, "f4": .float32, "f8": .float64,
    ]
    guard let order = text.first, "<>|=".contains(order), let type = types[String(text.dropFirst())]
    else {
      throw scanner.error(
        "the numbers are of type \(CheckpointError.quoted(text))", kind: .unsupportedType,
        at: offset, advice: "save the array as .astype(numpy.float32)")
    }
    return (type, order == ">")
  }

  /// The transpose of a tensor of any rank.
  private static func reversingAxes(_ tensor: Tensor) -> Tensor {
    let shape = Shape(tensor.shape.extents.reversed())
    let strides = Array(tensor.shape.strides.reversed())
    var index = [Int](repeating: 0, count: shape.rank)
    var place = 0
    return tensor.withUnsafeElements { elements in
      Tensor(uninitialized: shape) { result in
        for position in result.indices {
          result[position] = elements[place]
          for axis in stride(from: shape.rank - 1, through: 0, by: -1) {
            index[axis] += 1
            place += strides[axis]
            if index[axis] < shape[axis] { break }
            place -= strides[axis] * shape[axis]
            index[axis] = 0
          }
        }
      }
    }
  }
}
