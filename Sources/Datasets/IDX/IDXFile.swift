import NeuronikaHashing
import NeuronikaTensors

/// An array of numbers from a file in the IDX format, which MNIST and its kin are published in.
///
/// The numbers stay bytes as they stand in the file: 60,000 images of 28 × 28 pixels take 47 MB,
/// not the 188 MB that they would as floats.
///
/// The format: two zero bytes, a byte for the kind of the numbers, one for the number of axes, the
/// extent of each axis in four bytes, outermost first, and the numbers in row-major order. All
/// numbers of more than one byte have their highest byte first. The file may be gzipped.
///
/// ```
/// let images = try IDXFile("train-images-idx3-ubyte.gz")
/// print(images.element, images.shape)  // uint8 [60000, 28, 28]
/// ```
///
/// **Source:** Y. LeCun, C. Cortes, C. J. C. Burges: *The MNIST database of handwritten digits*,
/// 1998, "the IDX file format".
public struct IDXFile: Sendable, Equatable {
  /// What the numbers are, under the byte that says so.
  public enum Element: UInt8, Sendable, CaseIterable {
    case uint8 = 0x08
    case int8 = 0x09
    case int16 = 0x0B
    case int32 = 0x0C
    case float32 = 0x0D
    case float64 = 0x0E

    /// How many bytes one takes.
    public var byteCount: Int {
      switch self {
      case .uint8, .int8: 1
      case .int16: 2
      case .int32, .float32: 4
      case .float64: 8
      }
    }
  }

  /// Where the array comes from, as messages name it.
  public let source: String
  /// What the numbers are.
  public let element: Element
  /// The extents, outermost axis first.
  public let shape: Shape
  /// The numbers as they stand in the file, without its header.
  public let bytes: [UInt8]

  /// The most bytes of numbers that are read without being asked to: 4 GiB.
  public static let defaultLimit = 1 << 32

  /// Reads a file.
  ///
  /// **Numerics:** nothing is converted.
  ///
  /// **Complexity:** one pass. Memory is taken as the numbers arrive, at most twice of what has
  /// arrived, whatever the header says.
  ///
  /// - Parameters:
  ///   - path: The file, gzipped or not. It may be a pipe.
  ///   - limit: The most bytes of numbers to read.
  /// - Throws: `DataFileError` if the file can't be read, is damaged or no IDX file, is longer or
  ///   shorter than its header says, or would be longer than the limit.
  public init(_ path: String, limit: Int = defaultLimit) throws(DataFileError) {
    try self.init(reading: try DataReader(path: path), limit: limit)
  }

  /// Reads what would stand in a file, gzipped or not, from memory.
  ///
  /// - Parameters:
  ///   - contents: The file's bytes, with its header.
  ///   - source: What messages call it.
  ///   - limit: The most bytes of numbers to read.
  /// - Throws: `DataFileError`, as for a file.
  public init(
    contents: [UInt8], source: String = "bytes", limit: Int = defaultLimit
  ) throws(DataFileError) {
    try self.init(reading: try DataReader(contents, name: source), limit: limit)
  }

  /// An array of bytes made in memory.
  ///
  /// - Parameters:
  ///   - bytes: As many as the shape has elements; otherwise the program stops.
  ///   - shape: The extents, at most 255 of them.
  ///   - source: What messages call it.
  public init(_ bytes: [UInt8], shape: Shape, source: String = "bytes") {
    guard bytes.count == shape.count, shape.rank <= 255 else {
      stopProgram("IDXFile: \(bytes.count) bytes don't fill the shape \(shape)")
    }
    self.source = source
    element = .uint8
    self.shape = shape
    self.bytes = bytes
  }

  private init(reading reader: DataReader, limit: Int) throws(DataFileError) {
    let header = try IDXHeader(reader, limit: limit)
    source = reader.file
    element = header.element
    shape = header.shape
    bytes = try header.readBytes(reader)
  }

  /// The header as it stands in a file.
  private var header: [UInt8] {
    [0, 0, element.rawValue, UInt8(shape.rank)]
      + shape.extents.flatMap { extent in
        (0..<4).map { UInt8(truncatingIfNeeded: extent >> (24 - 8 * $0)) }
      }
  }

  /// Writes the array into a file, not gzipped. The file appears whole or not at all.
  ///
  /// - Throws: `DataFileError` if it can't be written.
  public func write(to path: String) throws(DataFileError) {
    try writeFile(path, [header, bytes])
  }

  /// The numbers as floats.
  ///
  /// **Numerics:** exact, but for 32-bit integers beyond 2²⁴ and 64-bit floats: these are rounded
  /// to the nearest float, or to infinity if none is near.
  ///
  /// **Complexity:** O(elements); 4 bytes for each.
  public var tensor: Tensor {
    Tensor(uninitialized: shape) { out in
      bytes.withUnsafeBytes { raw in
        func load<Bits: FixedWidthInteger>(_ i: Int, as type: Bits.Type) -> Bits {
          Bits(
            bigEndian: raw.loadUnaligned(
              fromByteOffset: i * MemoryLayout<Bits>.size, as: type))
        }
        switch element {
        case .uint8: for i in out.indices { out[i] = Float(raw[i]) }
        case .int8: for i in out.indices { out[i] = Float(Int8(bitPattern: raw[i])) }
        case .int16: for i in out.indices { out[i] = Float(load(i, as: Int16.self)) }
        case .int32: for i in out.indices { out[i] = Float(load(i, as: Int32.self)) }
        case .float32:
          for i in out.indices { out[i] = Float(bitPattern: load(i, as: UInt32.self)) }
        case .float64:
          for i in out.indices { out[i] = Float(Double(bitPattern: load(i, as: UInt64.self))) }
        }
      }
    }
  }
}

extension IDXFile {
  /// Feeds what stands in the file, unpacked, to a hash.
  func hash(into hash: inout SHA256) {
    hash.update(header)
    hash.update(bytes)
  }
}
