#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

#if _endian(big)
  #error("the files are little-endian, and their numbers are copied as they are")
#endif

/// A file that is read in parts, or bytes in memory.
///
/// Its size is known before anything is allocated, so that what a file says of itself can be
/// compared with it. Read rather than mapped: a mapped file that another program shortens kills the
/// process.
final class ByteSource {
  /// The file, as it was named.
  let name: String
  /// How many bytes there are.
  let count: Int
  private let bytes: [UInt8]
  private let descriptor: CInt?

  /// Bytes in memory.
  init(_ bytes: [UInt8], name: String) {
    self.name = name
    self.bytes = bytes
    count = bytes.count
    descriptor = nil
  }

  /// Opens a regular file.
  init(path: String) throws(CheckpointError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw ByteSource.error(errno, path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      let code = status.st_mode & S_IFMT == S_IFDIR ? EISDIR : ESPIPE
      close(descriptor)
      throw ByteSource.error(code, path)
    }
    name = path
    bytes = []
    count = Int(status.st_size)
    self.descriptor = descriptor
  }

  deinit { if let descriptor { close(descriptor) } }

  /// Copies bytes to memory. They have to be within the source.
  func read(into memory: UnsafeMutableRawBufferPointer, at offset: Int) throws(CheckpointError) {
    precondition(offset >= 0 && memory.count <= count - offset)
    guard let descriptor else {
      bytes.withUnsafeBytes {
        memory.copyMemory(from: .init(rebasing: $0[offset...].prefix(memory.count)))
      }
      return
    }
    var done = 0
    while done < memory.count {
      // Linux reads no more than 2 GB at once.
      let wanted = min(memory.count - done, 1 << 30)
      let got = pread(descriptor, memory.baseAddress! + done, wanted, off_t(offset + done))
      if got < 0, errno == EINTR { continue }
      if got < 0 { throw ByteSource.error(errno, name) }
      if got == 0 {
        throw CheckpointError(
          .truncated, file: name, offset: offset + done,
          problem: "the file ends here, but had \(count) bytes a moment ago",
          advice: "another program is writing it; wait until it is done")
      }
      done += got
    }
  }

  /// Some of the bytes. They have to be within the source.
  func bytes(_ range: Range<Int>) throws(CheckpointError) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: range.count)
    try result.withMutableBytes { (memory) throws(CheckpointError) in
      try read(into: memory, at: range.lowerBound)
    }
    return result
  }

  private static func error(_ code: CInt, _ path: String) -> CheckpointError {
    switch code {
    case ENOENT, ENOTDIR:
      CheckpointError(
        .noSuchFile, file: path, problem: "there is no such file",
        advice: "check the path; relative ones start in the current directory")
    case EISDIR:
      CheckpointError(
        .isDirectory, file: path, problem: "this is a directory", advice: "name a file in it")
    case EACCES, EPERM:
      CheckpointError(
        .notPermitted, file: path, problem: "reading is not permitted",
        advice: "look at its permissions with ls -l")
    case ESPIPE:
      CheckpointError(
        .unreadable, file: path, problem: "this is no regular file", advice: "copy it to one")
    default:
      CheckpointError(
        .unreadable, file: path, problem: "reading failed: \(String(cString: strerror(code)))",
        advice: "try to copy the file")
    }
  }
}

extension [UInt8] {
  /// `withUnsafeBytes` for a closure that throws errors of one type.
  func withBytes<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    try withUnsafeBytes { bytes in Result { () throws(Failure) in try body(bytes) } }.get()
  }

  /// `withUnsafeMutableBytes` for a closure that throws errors of one type.
  mutating func withMutableBytes<Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    try withUnsafeMutableBytes { bytes in Result { () throws(Failure) in try body(bytes) } }.get()
  }
}
