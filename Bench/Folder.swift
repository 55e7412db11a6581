import Foundation

/// The folder of a run. A run is written beside it and takes its place when all is there; the earlier
/// run that stood there becomes `.previous`.
struct Folder {
  let final: String
  let running: String
  private var previous: String { final + ".previous" }

  /// Where runs go unless told otherwise.
  nonisolated static let standard = "results/bench"

  /// The folder, or `nil` for `results/bench/<stamp>` under the current one.
  ///
  /// - Throws: `CantWrite` if something else than a run stands there, or the place is not writable.
  init(_ path: String?, stamp: String) throws {
    var path = path ?? "\(Folder.standard)/\(stamp)"
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    final = path
    running = path + ".running"
    for place in [final, running, previous] { try Folder.refuseForeign(place) }
    if Folder.exists(running) {
      try Folder.attempt(final) { [running] in try Folder.remove(running) }
    }
    try Folder.make(running, named: final)
  }

  func write(_ data: Data, _ name: String) throws {
    let path = running + "/" + name
    try Folder.attempt(final + "/" + name) { try data.write(to: URL(fileURLWithPath: path)) }
  }

  /// Puts the run in its place.
  func settle() throws {
    for place in [final, previous] { try Folder.refuseForeign(place) }
    try Folder.attempt(final) {
      if Folder.exists(final + "/env.json") {
        if Folder.exists(previous) { try Folder.remove(previous) }
        try FileManager.default.moveItem(atPath: final, toPath: previous)
        say("The earlier run in \(final) is now \(previous).")
      } else if Folder.exists(final) {
        try Folder.remove(final)
      }
      try FileManager.default.moveItem(atPath: running, toPath: final)
    }
  }

  /// Leaves nothing of a run that didn't come to its end.
  func discard() { try? Folder.remove(running) }

  /// Nothing is touched that bench has not written: its runs hold an `env.json` with a `schema`.
  private static func refuseForeign(_ path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else {
      throw CantWrite(description: "\(path) is a file; --out names a folder.")
    }
    if (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty == true { return }
    let data = FileManager.default.contents(atPath: path + "/env.json") ?? Data()
    let env = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    guard env?["schema"] != nil else {
      throw CantWrite(
        description: "\(path) holds other files than bench's: choose a new or empty folder with "
          + "--out.")
    }
  }

  private static func make(_ path: String, named name: String? = nil) throws {
    // (Foundation's `deletingLastPathComponent` traps on a relative path of one component.)
    if let slash = path.lastIndex(of: "/"), slash > path.startIndex, !exists(String(path[..<slash]))
    {
      try make(String(path[..<slash]))
    }
    if mkdir(path, 0o777) != 0, errno != EEXIST {
      let reason = String(cString: strerror(errno))
      throw CantWrite(description: "\(name ?? path) can't be made: \(reason)")
    }
  }

  private static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  private static func remove(_ path: String) throws {
    try FileManager.default.removeItem(atPath: path)
  }

  /// Says in one line what Foundation says in many.
  static func attempt(_ path: String, _ body: () throws -> Void) throws {
    do { try body() } catch {
      let error = error as NSError
      let inner = error.userInfo[NSUnderlyingErrorKey] as? NSError
      let reason =
        inner?.domain == NSPOSIXErrorDomain
        ? String(cString: strerror(Int32(inner!.code))) : error.localizedDescription
      throw CantWrite(description: "\(path) can't be written: \(reason)")
    }
  }
}

/// The results have no place. Exit status 73.
struct CantWrite: Error, CustomStringConvertible {
  let description: String
}
