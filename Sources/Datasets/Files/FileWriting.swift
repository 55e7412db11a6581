#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes a file that appears under its name whole or not at all, whoever else writes it.
///
/// - Parameter parts: What stands in it, one after another.
func writeFile(_ path: String, _ parts: [[UInt8]]) throws(DataFileError) {
  let partial = "\(path).\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
  let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else {
    throw DataFileError(writing: SystemError(errno, "writing"), file: path)
  }
  var failure: CInt = 0
  for part in parts where failure == 0 {
    failure = part.withUnsafeBytes { bytes in
      var start = 0
      while start < bytes.count {
        let count = write(descriptor, bytes.baseAddress! + start, bytes.count - start)
        if count < 0, errno == EINTR { continue }
        if count < 0 { return errno }
        start += count
      }
      return 0
    }
  }
  if close(descriptor) != 0, failure == 0 { failure = errno }
  if failure == 0, rename(partial, path) != 0 { failure = errno }
  if failure != 0 {
    unlink(partial)
    throw DataFileError(writing: SystemError(failure, "writing"), file: path)
  }
}

/// Makes a folder, and those it lies in.
func makeFolder(_ path: String) throws(DataFileError) {
  var status = stat()
  if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
  if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
    try makeFolder(String(path[..<slash]))
  }
  if mkdir(path, 0o755) != 0, errno != EEXIST {
    throw DataFileError(writing: SystemError(errno, "making the folder"), file: path)
  }
}

/// The size of a regular file; `nil` if there is none.
func fileSize(_ path: String) -> Int? {
  var status = stat()
  guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
  return Int(status.st_size)
}
