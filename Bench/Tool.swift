import Foundation

/// The folder of this package, where `bench` was built from.
nonisolated let sourceFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent()

/// Another program that is run to its end.
nonisolated enum Tool {
  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Runs a program that the PATH or a path names.
  ///
  /// - Returns: Its status and what it wrote; status 127 if it could not be started.
  static func run(_ name: String, _ arguments: [String], in folder: URL? = nil) -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: name.contains("/") ? name : "/usr/bin/env")
    process.arguments = (name.contains("/") ? [] : [name]) + arguments
    process.currentDirectoryURL = folder
    let errors = FileManager.default.temporaryDirectory
      .appendingPathComponent("neuronika-bench-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: errors) }
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    // A file, because a second pipe would have to be read at the same time.
    process.standardError = FileHandle(forWritingAtPath: errors.path)
    guard (try? process.run()) != nil else {
      return Result(status: 127, output: "", errors: "`\(name)` could not be started")
    }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: String(decoding: data, as: UTF8.self),
      errors: (try? String(contentsOf: errors, encoding: .utf8)) ?? "")
  }
}
