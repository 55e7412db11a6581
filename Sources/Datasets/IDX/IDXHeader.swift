import NeuronikaTensors

/// What an IDX file says about itself before its numbers.
struct IDXHeader {
  let element: IDXFile.Element
  let shape: Shape
  /// How many bytes the header takes.
  let length: Int
  /// How many bytes of numbers it promises.
  let promise: Int

  /// Reads a header, and compares it with the file's size where that is known.
  init(_ reader: DataReader, limit: Int) throws(DataFileError) {
    let file = reader.file
    let magic = try IDXHeader.read(reader, 4, at: 0, "the first 4 bytes of an IDX file")
    guard magic[0] == 0, magic[1] == 0 else {
      let found = magic.map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }.joined(separator: " ")
      throw DataFileError(
        .notIDX, file: file, offset: 0,
        problem: "an IDX file begins with two zero bytes, but this one with \(found)",
        advice: "name an IDX file, such as train-images-idx3-ubyte, gzipped or not")
    }
    guard let element = IDXFile.Element(rawValue: magic[2]) else {
      throw DataFileError(
        .unknownElement, file: file, offset: 2,
        problem: "a number's kind is 8, 9, 11, 12, 13 or 14, but here it is \(magic[2])",
        advice: "if it is an IDX file at all, download or copy it again")
    }
    let rank = Int(magic[3])
    let words = try IDXHeader.read(reader, 4 * rank, at: 4, "the extents of \(rank) axes")
    var extents: [Int] = []
    var product = element.byteCount
    var isTooLarge = false
    for axis in 0..<rank {
      let extent = (0..<4).reduce(0) { $0 << 8 | Int(words[4 * axis + $1]) }
      extents.append(extent)
      // Counting an empty axis as one keeps the others, and every product of them, in bounds too.
      let (next, overflow) = product.multipliedReportingOverflow(by: max(extent, 1))
      if overflow || next > limit {
        isTooLarge = true
      } else {
        product = next
      }
    }
    if isTooLarge {
      throw DataFileError(
        .tooLarge, file: file, offset: 4,
        problem: "extents \(extents) of \(element) promise more than the limit of \(limit) bytes",
        advice: "if they are right, raise limit:; else download or copy the file again")
    }
    self.element = element
    shape = Shape(extents)
    length = 4 + 4 * rank
    promise = extents.contains(0) ? 0 : product
    if let size = reader.size {
      if size < length + promise { throw truncated(file, found: size - length) }
      if size > length + promise { throw surplus(file, "\(size - length - promise) more follow") }
    }
  }

  /// Reads as many bytes as the header promises, and makes sure that these are all.
  func readBytes(_ reader: DataReader) throws(DataFileError) -> [UInt8] {
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    var bytes: [UInt8] = []
    // A plain file is known to have them all; of a packed one only what has arrived is known.
    if reader.size != nil { bytes.reserveCapacity(promise) }
    while bytes.count < promise {
      let wanted = min(chunk.count, promise - bytes.count)
      let got = try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: chunk[..<wanted]))
      if bytes.count + got > bytes.capacity {
        bytes.reserveCapacity(min(promise, max(2 * bytes.capacity, bytes.count + got)))
      }
      bytes.append(contentsOf: chunk[..<got])
      if got < wanted { throw truncated(reader.file, found: bytes.count) }
    }
    let more = try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: chunk[..<1]))
    if more > 0 { throw surplus(reader.file, "more follow") }
    return bytes
  }

  private static func read(
    _ reader: DataReader, _ count: Int, at offset: Int, _ what: String
  ) throws(DataFileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var failure: DataFileError?
    let got = bytes.withUnsafeMutableBytes { buffer -> Int in
      do throws(DataFileError) { return try reader.read(into: buffer) } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    if got == count { return bytes }
    throw DataFileError(
      .truncated, file: reader.file, offset: offset + got,
      problem: "\(what) were expected, but the file ends here",
      advice: "download or copy it again")
  }

  private var promiseInWords: String {
    "extents \(shape) of \(element) promise \(promise) bytes behind the header"
  }

  private func truncated(_ file: String, found: Int) -> DataFileError {
    DataFileError(
      .truncated, file: file, offset: length + found,
      problem: "\(promiseInWords), but the file ends after \(found)",
      advice: "download or copy it again")
  }

  private func surplus(_ file: String, _ found: String) -> DataFileError {
    DataFileError(
      .surplus, file: file, offset: length + promise,
      problem: "\(promiseInWords), but \(found)", advice: "download or copy it again")
  }
}
