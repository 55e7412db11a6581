#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes files that are there whole or not at all, even if the program or the machine stops on the
/// way: to a temporary file beside them, to the disk, and then under their name.
struct AtomicFile {
  private let file: String
  private let descriptor: CInt

  /// Writes a file; a former one of that name keeps its permissions, and a symbolic link stays one.
  static func write(
    to path: String, _ body: (AtomicFile) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    var target = path
    var mode: mode_t?
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw error(status.st_mode & S_IFMT == S_IFDIR ? EISDIR : ESPIPE, path)
      }
      mode = status.st_mode & 0o7777
      if let resolved = realpath(path, nil) {
        target = String(cString: resolved)
        free(resolved)
      }
    }
    let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "./"
    let (temporary, descriptor) = try open(in: folder, for: path)
    do throws(CheckpointError) {
      defer { close(descriptor) }
      try body(AtomicFile(file: path, descriptor: descriptor))
      if let mode { fchmod(descriptor, mode) }
      if fsync(descriptor) != 0 { throw error(errno, path) }
      if rename(temporary, target) != 0 { throw error(errno, path) }
    } catch {
      unlink(temporary)
      throw error
    }
    // The name, too, has to reach the disk. Not all file systems can do that, and the file is
    // complete anyway, so a failure here is none of the caller's.
    let parent = openFolder(folder)
    if parent >= 0 {
      fsync(parent)
      close(parent)
    }
  }

  /// Appends bytes.
  func append(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
    var done = 0
    while done < bytes.count {
      let wanted = min(bytes.count - done, 1 << 30)
      let written = send(descriptor, bytes.baseAddress! + done, wanted)
      if written < 0, errno == EINTR { continue }
      if written < 0 { throw AtomicFile.error(errno, file) }
      done += written
    }
  }

  /// Opens a file of a new name.
  private static func open(
    in folder: String, for path: String
  ) throws(CheckpointError) -> (path: String, descriptor: CInt) {
    while true {
      let number = String(UInt64.random(in: 0...(.max)), radix: 16)
      let temporary = "\(folder).checkpoint-\(number)"
      let descriptor = create(temporary)
      if descriptor >= 0 { return (temporary, descriptor) }
      if errno != EEXIST && errno != EINTR { throw error(errno, path) }
    }
  }

  private static func error(_ code: CInt, _ path: String) -> CheckpointError {
    let (problem, advice) =
      switch code {
      case ENOENT, ENOTDIR: ("there is no such folder", "make it first, or check the path")
      case EISDIR: ("this is a directory", "name a file in it")
      case EACCES, EPERM, EROFS: ("writing is not permitted here", "write somewhere else")
      case ENOSPC, EDQUOT: ("the disk is full", "make room, or write somewhere else")
      case ESPIPE: ("this is no regular file", "write somewhere else")
      default: ("writing failed: \(String(cString: strerror(code)))", "write somewhere else")
      }
    return CheckpointError(.unwritable, file: path, problem: problem, advice: advice)
  }
}

// Within the type, its own `open` and `write` hide the system's.

private func create(_ path: String) -> CInt {
  open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
}

private func openFolder(_ path: String) -> CInt { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }

private func send(_ descriptor: CInt, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
