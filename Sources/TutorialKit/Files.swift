import Foundation

/// Where a tutorial and its runs stand in the file system.
package struct Places {
  /// The source, through `#filePath`.
  package var file: String

  /// The name of the tutorial: of the folder its `main.swift` stands in.
  package var name: String {
    URL(fileURLWithPath: file).deletingLastPathComponent().lastPathComponent
  }

  package var source: String? { try? String(contentsOfFile: file, encoding: .utf8) }

  /// The nearest folder above the source that holds a `Package.swift`.
  package var package: String? {
    var folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    while folder.path != "/" {
      if exists(folder.path + "/Package.swift") { return folder.path }
      folder.deleteLastPathComponent()
    }
    return nil
  }

  package var expected: String {
    URL(fileURLWithPath: file).deletingLastPathComponent().path + "/Expected"
  }

  package func output(_ options: RunOptions) -> String {
    let base = package ?? FileManager.default.currentDirectoryPath
    let path = options.out ?? "\(base)/results/\(name)" + (options.quick ? "-quick" : "")
    return URL(fileURLWithPath: path).standardizedFileURL.path
  }
}

/// The folder of a run. A run is written beside it and takes its place when it has ended, so
/// nothing of an earlier run is touched before.
package struct RunFolder {
  /// The name of the file in which a training keeps where it stands.
  package static let checkpoint = "checkpoint.safetensors"

  package let final: String
  package var running: String { final + ".running" }
  package var previous: String { final + ".previous" }
  package var incomplete: String { final + ".incomplete" }
  private var lock: Int32 = -1

  package init(_ final: String) { self.final = final }

  /// Makes the folder to write in, or says in one line why it can't.
  ///
  /// - Parameter checkpoint: copied into it. It may lie in the folder of an earlier run, and so is
  ///   read before that is moved.
  package mutating func prepare(resuming checkpoint: String? = nil) throws(NotebookError) {
    var state: Data?
    if let checkpoint {
      do {
        state = try Data(contentsOf: URL(fileURLWithPath: checkpoint))
      } catch {
        throw NotebookError(
          "\(checkpoint) can't be read: \(reason(error)). --resume takes the "
            + "\(Self.checkpoint) of an interrupted run.", status: 66)
      }
    }
    for folder in [final, running, previous, incomplete] { try refuseForeign(folder) }
    do {
      if isLocked(running) {
        throw NotebookError("\(final) is being written by another run: wait for it to end.")
      }
      if exists(running) { try replace(incomplete, with: running) }
      try makeFolder(running)
      try state?.write(to: URL(fileURLWithPath: running + "/" + Self.checkpoint))
    } catch let error as NotebookError {
      throw error
    } catch {
      throw NotebookError("\(final) can't be written: \(reason(error))")
    }
    lock = open(running, O_RDONLY | O_CLOEXEC)
    flock(lock, LOCK_EX | LOCK_NB)
    guard access(running, W_OK) == 0 else {
      throw NotebookError("\(running) can't be written: \(String(cString: strerror(errno)))")
    }
  }

  /// Puts a complete run in its place, and what stood there aside as `.previous`. Any other run
  /// becomes `.incomplete` and leaves the place alone. What is replaced is deleted only after the
  /// move.
  ///
  /// - Returns: where the run lies now.
  package func settle() throws(NotebookError) -> String {
    defer { close(lock) }
    let place = isComplete(running) ? final : incomplete
    // The run took its time: somebody may have put something there meanwhile.
    try refuseForeign(place)
    do {
      if place == incomplete {
        try replace(incomplete, with: running)
        return place
      }
      if exists(final), !isEmpty(final) {
        try replace(isComplete(final) ? previous : incomplete, with: final)
      } else if exists(final) {
        try FileManager.default.removeItem(atPath: final)
      }
      try FileManager.default.moveItem(atPath: running, toPath: final)
    } catch {
      throw NotebookError("\(running) could not be moved to \(place): \(reason(error))")
    }
    return place
  }

  /// Nothing is touched that no tutorial has written.
  private func refuseForeign(_ path: String) throws(NotebookError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else {
      throw NotebookError("\(path) is a file; --out names a folder.")
    }
    guard holdsRun(path) || isEmpty(path) else {
      throw NotebookError(
        "\(path) holds other files than a tutorial's: choose a new or empty folder with --out.")
    }
  }

  private func replace(_ old: String, with new: String) throws {
    let aside = old + ".old"
    if exists(aside) { try FileManager.default.removeItem(atPath: aside) }
    if exists(old) { try FileManager.default.moveItem(atPath: old, toPath: aside) }
    try FileManager.default.moveItem(atPath: new, toPath: old)
    if exists(aside) { try FileManager.default.removeItem(atPath: aside) }
  }

  private func isLocked(_ folder: String) -> Bool {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0
  }

  private func holdsRun(_ folder: String) -> Bool { exists(folder + "/events.jsonl") }

  private func isComplete(_ folder: String) -> Bool {
    guard let data = FileManager.default.contents(atPath: folder + "/provenance.json"),
      let provenance = try? JSON.decode(Provenance.self, from: data)
    else { return false }
    return provenance.status == 0
  }

  /// What can't be looked into doesn't count as empty, nor does a folder with a `.git`.
  private func isEmpty(_ folder: String) -> Bool {
    guard let files = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      return false
    }
    return files.allSatisfy { $0 == ".DS_Store" }
  }
}

package func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

/// Makes a folder and those above it.
package func makeFolder(_ path: String) throws(NotebookError) {
  let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
  if parent != "/", !exists(parent) { try makeFolder(parent) }
  if mkdir(path, 0o777) != 0, errno != EEXIST {
    throw NotebookError("\(path) can't be made: \(String(cString: strerror(errno))).")
  }
}

package func save(_ text: String, _ path: String) throws(NotebookError) {
  do {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  } catch {
    throw NotebookError("\(path) can't be written: \(reason(error))")
  }
}

/// The part of a Foundation error that says something.
private func reason(_ error: any Error) -> String {
  let error = error as NSError
  let inner = error.userInfo[NSUnderlyingErrorKey] as? NSError
  if inner?.domain == NSPOSIXErrorDomain, let code = inner?.code {
    return String(cString: strerror(Int32(code)))
  }
  return error.localizedDescription
}

func fileStem(_ path: String) -> String {
  URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
}

func isPNG(_ path: String) -> Bool {
  guard let file = FileHandle(forReadingAtPath: path) else { return false }
  defer { try? file.close() }
  return (try? file.read(upToCount: 8)) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
}

/// Copies a PNG, and the data and script of the same name, unless it stands there already.
func copyFigure(_ path: String, into directory: String, name: String) throws {
  guard exists(path) else { throw NotebookError("there is no such file") }
  for ending in [".png", ".csv", ".gp"] {
    let from = URL(fileURLWithPath: path).deletingPathExtension().path + ending
    let to = "\(directory)/\(name)\(ending)"
    let isSame =
      URL(fileURLWithPath: from).resolvingSymlinksInPath()
      == URL(fileURLWithPath: to).resolvingSymlinksInPath()
    if isSame || (ending != ".png" && !exists(from)) { continue }
    if exists(to) { try FileManager.default.removeItem(atPath: to) }
    try FileManager.default.copyItem(atPath: from, toPath: to)
  }
}

/// Runs a shell command with some input and gives what it prints, or `nil` if that didn't work.
/// (`popen`, because Foundation's `Process` takes 50 ms for each formula of a page.)
func output(of command: String, input: String = "") -> String? {
  let file = NSTemporaryDirectory() + "/neuronika-\(UUID().uuidString)"
  guard FileManager.default.createFile(atPath: file, contents: Data(input.utf8)) else { return nil }
  defer { unlink(file) }
  let quoted = file.replacingOccurrences(of: "'", with: "'\\''")
  guard let stream = popen("\(command) < '\(quoted)' 2> /dev/null", "r") else { return nil }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = fread(&buffer, 1, buffer.count, stream)
    if count == 0 { break }
    bytes += buffer[..<count]
  }
  return pclose(stream) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
}
