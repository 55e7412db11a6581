import CNeuronikaZlib
import NeuronikaTensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of a file in order, unpacked if they are gzipped.
///
/// Whether they are, their first two bytes say, not the file's name. A packed file may have several
/// members, one after another (RFC 1952), whose contents are joined, and zeros behind the last, as
/// tapes leave them; anything else there is an error. Every member's checksum and length are
/// compared.
///
/// **Complexity:** O(1) memory: a buffer of 64 KiB, and zlib's window of 32.
final class DataReader {
  let file: String
  /// How many bytes there are, where that is known beforehand: of a plain file that is no pipe.
  let size: Int?

  private let input: (UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
  /// What has been read and not used yet.
  private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private var unread: Range<Int>
  /// How many bytes of the file were used before `unread`.
  private var used = 0
  private var inflater: UnsafeMutablePointer<z_stream>?
  /// Whether the packed data has come to its end.
  private var isFinished = false

  /// Opens a file.
  convenience init(path: String) throws(DataFileError) {
    let reader: FileReader
    do { reader = try FileReader(path: path) } catch {
      throw DataFileError(reading: error, file: path)
    }
    try self.init(path, size: reader.size) { buffer throws(SystemError) in
      try reader.read(into: buffer)
    }
  }

  /// Reads bytes that are in memory already.
  convenience init(_ bytes: [UInt8], name: String) throws(DataFileError) {
    var place = 0
    try self.init(name, size: bytes.count) { buffer throws(SystemError) in
      let count = min(buffer.count, bytes.count - place)
      bytes.withUnsafeBytes { source in
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[place..<(place + count)]))
      }
      place += count
      return count
    }
  }

  private init(
    _ file: String, size: Int?,
    _ input: @escaping (UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
  ) throws(DataFileError) {
    self.file = file
    self.input = input
    do { unread = 0..<(try input(chunk)) } catch {
      chunk.deallocate()
      throw DataFileError(reading: error, file: file)
    }
    let isPacked = unread.count >= 2 && chunk[0] == 0x1F && chunk[1] == 0x8B
    self.size = isPacked ? nil : size
    if isPacked {
      let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
      stream.initialize(to: z_stream())
      // 15 bits of window, which is the most, and 16 for gzip's header and trailer.
      let status = inflateInit2_(
        stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
      guard status == Z_OK else { stopProgram("DataReader: zlib can't begin: error \(status)") }
      inflater = stream
    }
  }

  deinit {
    if let inflater {
      inflateEnd(inflater)
      inflater.deallocate()
    }
    chunk.deallocate()
  }

  /// Fills a buffer with the next bytes.
  ///
  /// - Returns: How many: fewer than there is room for only at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataFileError) -> Int {
    var count = 0
    while count < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
      let got = try inflater == nil ? copy(into: rest) : inflate(into: rest)
      if got == 0 { break }
      count += got
    }
    return count
  }

  /// Makes sure that something is unread.
  ///
  /// - Returns: `false` at the end of the file.
  private func refill() throws(DataFileError) -> Bool {
    if !unread.isEmpty { return true }
    used += unread.upperBound
    unread = 0..<0
    do { unread = 0..<(try input(chunk)) } catch {
      throw DataFileError(reading: error, file: file)
    }
    return !unread.isEmpty
  }

  private func copy(into buffer: UnsafeMutableRawBufferPointer) throws(DataFileError) -> Int {
    guard try refill() else { return 0 }
    let count = min(buffer.count, unread.count)
    buffer.copyMemory(
      from: UnsafeRawBufferPointer(rebasing: chunk[unread.prefix(count)]))
    unread = (unread.lowerBound + count)..<unread.upperBound
    return count
  }

  private func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(DataFileError) -> Int {
    let stream = inflater!
    while !isFinished {
      guard try refill() else {
        throw error("the packed data breaks off", "download or copy the file again")
      }
      stream.pointee.next_in =
        (chunk.baseAddress! + unread.lowerBound).assumingMemoryBound(to: Bytef.self)
      stream.pointee.avail_in = uInt(unread.count)
      stream.pointee.next_out = buffer.baseAddress!.assumingMemoryBound(to: Bytef.self)
      let room = min(buffer.count, Int(UInt32.max))
      stream.pointee.avail_out = uInt(room)
      let status = CNeuronikaZlib.inflate(stream, Z_NO_FLUSH)
      unread = (unread.upperBound - Int(stream.pointee.avail_in))..<unread.upperBound
      let got = room - Int(stream.pointee.avail_out)
      switch status {
      case Z_OK: break
      case Z_STREAM_END: isFinished = try !nextMember()
      case Z_BUF_ERROR where got == 0 && unread.isEmpty: break
      default:
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib's error \(status)"
        throw error(
          "the packed data is damaged (\(reason))", "download or copy the file again")
      }
      if got > 0 { return got }
    }
    return 0
  }

  /// Goes on to the next member of a packed file.
  ///
  /// - Returns: `false` if there is none.
  private func nextMember() throws(DataFileError) -> Bool {
    guard try refill() else { return false }
    if chunk[unread.lowerBound] == 0x1F {
      inflateReset(inflater)
      return true
    }
    while try refill() {
      guard unread.allSatisfy({ chunk[$0] == 0 }) else {
        throw error(
          "something that is not packed data follows it",
          "cut it off, or download or copy the file again")
      }
      unread = unread.upperBound..<unread.upperBound
    }
    return false
  }

  private func error(_ problem: String, _ advice: String) -> DataFileError {
    DataFileError(
      .badGzip, file: file, offset: used + unread.lowerBound, problem: problem, advice: advice)
  }
}
