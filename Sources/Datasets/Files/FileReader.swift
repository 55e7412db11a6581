#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open file, read piece by piece. It may be a pipe.
final class FileReader {
  private let descriptor: CInt
  /// Its size, if it is a regular file.
  let size: Int?

  init(path: String) throws(SystemError) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError(errno, "reading") }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw SystemError(code, "reading")
    }
    let format = status.st_mode & S_IFMT
    if format == S_IFDIR {
      close(descriptor)
      throw SystemError(EISDIR, "reading")
    }
    size = format == S_IFREG ? Int(status.st_size) : nil
  }

  deinit { close(descriptor) }

  /// Fills a buffer with the next bytes.
  ///
  /// - Returns: How many: fewer than there is room for only at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    var count = 0
    while count < buffer.count {
      // The system gives at most 2 GiB at once.
      let wanted = min(buffer.count - count, 1 << 30)
      #if canImport(Glibc)
        let got = Glibc.read(descriptor, buffer.baseAddress! + count, wanted)
      #elseif canImport(Musl)
        let got = Musl.read(descriptor, buffer.baseAddress! + count, wanted)
      #else
        let got = Darwin.read(descriptor, buffer.baseAddress! + count, wanted)
      #endif
      if got < 0, errno == EINTR { continue }
      if got < 0 { throw SystemError(errno, "reading") }
      if got == 0 { break }
      count += got
    }
    return count
  }
}
