import NeuronikaHashing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How far a download has come.
public struct DownloadProgress: Sendable, Equatable {
  /// The file that is being fetched.
  public let file: String
  /// How many bytes are there, of all files together.
  public let received: Int
  /// How many bytes all files have together.
  public let total: Int
}

extension PublishedImages {
  /// Fetches the files that aren't in the cache yet.
  ///
  /// A file is fetched under another name, compared with its published size and SHA-256, and only
  /// then gets its own: what has its name is whole and right. What an interrupted download left is
  /// gone on with, also from another mirror. Two programs that fetch the same data don't disturb
  /// each other: the second waits for the first, and finds the files.
  ///
  /// - Parameters:
  ///   - cache: The folder of the cache; without, ``DataCache/folder``.
  ///   - progress: Is told ten times a second how far it is, and once when all is there.
  /// - Throws: `DataFileError` with what every mirror answered, if none has a file; or if the cache
  ///   can't be written.
  public func download(
    to cache: String? = nil, progress: (DownloadProgress) -> Void = { _ in }
  ) throws(DataFileError) {
    let folder = try folder(in: cache)
    try makeFolder(folder)
    let lock = open(folder + "/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard lock >= 0 else {
      throw DataFileError(writing: SystemError(errno, "writing"), file: folder)
    }
    defer { close(lock) }
    while flock(lock, LOCK_EX) != 0, errno == EINTR {}

    let total = files.reduce(0) { $0 + $1.size }
    var before = 0
    for file in files {
      try Fetch(file, mirrors: mirrors, folder: folder).run { received in
        progress(
          DownloadProgress(
            file: file.name, received: before + min(received, file.size), total: total))
      }
      before += file.size
    }
    if let last = files.last {
      progress(DownloadProgress(file: last.name, received: total, total: total))
    }
  }
}

/// Fetches one file.
private struct Fetch {
  let file: PublishedImages.File
  let mirrors: [String]
  let path: String
  /// What has arrived so far.
  let partial: String

  init(_ file: PublishedImages.File, mirrors: [String], folder: String) {
    self.file = file
    self.mirrors = mirrors
    path = folder + "/" + file.name
    partial = path + ".part"
  }

  /// Asks one mirror after another.
  func run(_ progress: (Int) -> Void) throws(DataFileError) {
    if try isRight(path) { return }
    var answers: [String] = []
    var kind = DataFileError.Kind.notDownloaded
    for mirror in mirrors {
      if fileSize(partial) ?? 0 > file.size { unlink(partial) }
      let start = fileSize(partial) ?? 0
      var answer = try ask(mirror, progress)
      // Where going on has added nothing, the server can't, or what was there was wrong.
      if answer != .right, start > 0, fileSize(partial) ?? 0 <= start {
        unlink(partial)
        answer = try ask(mirror, progress)
      }
      switch answer {
      case .right:
        if rename(partial, path) != 0 {
          throw DataFileError(writing: SystemError(errno, "writing"), file: path)
        }
        return
      case .wrong(let reason):
        kind = .wrongChecksum
        answers.append("\(mirror): \(reason)")
      case .nothing(let reason): answers.append("\(mirror): \(reason)")
      }
    }
    throw DataFileError(
      kind, file: file.name, problem: "no mirror has the file (\(answers.joined(separator: "; ")))",
      advice: "look at the connection, or put the four files into a folder and name that (--data)")
  }

  /// What comes from a mirror.
  private enum Answer: Equatable {
    case right
    /// A file, but not the published one. It is deleted.
    case wrong(String)
    /// No file, or a part of it, which is kept.
    case nothing(String)
  }

  /// Asks a mirror for what isn't there yet.
  private func ask(_ mirror: String, _ progress: (Int) -> Void) throws(DataFileError) -> Answer {
    if fileSize(partial) ?? 0 < file.size,
      let reason = try Curl.fetch(mirror + file.name, to: partial, size: file.size, progress)
    {
      return .nothing(reason)
    }
    if try isRight(partial) { return .right }
    let size = fileSize(partial) ?? 0
    unlink(partial)
    return .wrong(
      size == file.size
        ? "the file has another SHA-256 than the published one"
        : "\(file.size) bytes were expected, but \(size) came")
  }

  /// Whether a file is there and is the published one.
  private func isRight(_ path: String) throws(DataFileError) -> Bool {
    guard fileSize(path) == file.size else { return false }
    let reader: FileReader
    var hash = SHA256()
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    do {
      reader = try FileReader(path: path)
      while true {
        let count = try reader.read(into: chunk)
        hash.update(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        if count < chunk.count { break }
      }
    } catch { throw DataFileError(reading: error, file: path) }
    return hash.hexadecimal == file.sha256
  }
}
