#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of a file in memory, with room for one more behind them.
///
/// Read rather than mapped: a mapped file that another program shortens kills the process.
final class FileBytes {
  private(set) var pointer: UnsafeMutablePointer<UInt8>
  private(set) var count = 0

  /// A copy of bytes that are in memory already.
  init(_ bytes: some Collection<UInt8>) {
    pointer = .allocate(capacity: bytes.count + 1)
    for byte in bytes {
      pointer[count] = byte
      count += 1
    }
  }

  /// Reads a whole file: a regular one at once, a pipe to its end.
  init(path: String) throws(CSVError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileBytes.error(errno, path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileBytes.error(errno, path) }
    if status.st_mode & S_IFMT == S_IFDIR { throw FileBytes.error(EISDIR, path) }
    var capacity = max(Int(status.st_size) + 1, 1 << 16)
    pointer = .allocate(capacity: capacity)
    while true {
      if count + 1 >= capacity {
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * capacity)
        larger.update(from: pointer, count: count)
        pointer.deallocate()
        (pointer, capacity) = (larger, 2 * capacity)
      }
      let got = read(descriptor, pointer + count, capacity - 1 - count)
      if got < 0, errno == EINTR { continue }
      if got < 0 { throw FileBytes.error(errno, path) }
      if got == 0 { break }
      count += got
    }
  }

  deinit { pointer.deallocate() }

  private static func error(_ code: CInt, _ path: String) -> CSVError {
    switch code {
    case ENOENT, ENOTDIR:
      CSVError(
        .noSuchFile, file: path, problem: "there is no such file",
        advice: "check the path; relative ones start in the current directory")
    case EISDIR:
      CSVError(
        .isDirectory, file: path, problem: "this is a directory", advice: "name a file in it")
    case EACCES, EPERM:
      CSVError(
        .notPermitted, file: path, problem: "reading is not permitted",
        advice: "look at its permissions with ls -l")
    default:
      CSVError(
        .unreadable, file: path, problem: "reading failed: \(String(cString: strerror(code)))",
        advice: "try to copy the file")
    }
  }
}
