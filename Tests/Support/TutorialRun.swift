import Foundation

/// A tutorial in a process of its own, as a reader would run it.
package final class TutorialRun {
  /// Why a test can't go on.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// Where its output goes; beside it are `.running`, `.incomplete` and `.previous`.
  package let folder: String
  private let process = Process()
  private let log: String

  /// What it printed, on both outputs.
  package var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

  /// Where the package's programs are: beside the tests.
  package static var programs: String {
    Bundle.main.executableURL?.deletingLastPathComponent().path ?? "."
  }

  /// Starts it.
  ///
  /// - Parameters:
  ///   - program: Its name.
  ///   - arguments: Besides `--out`.
  ///   - folder: The folder of the run; one of its own if left out.
  ///   - source: A copy of its `main.swift` to be read in place of the original.
  package init(
    _ program: String, _ arguments: [String], in folder: String? = nil, source: String? = nil
  ) throws {
    let folder = try folder ?? scratch() + "/run"
    self.folder = folder
    log = try scratch() + "/output.txt"
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    process.executableURL = URL(fileURLWithPath: "\(Self.programs)/\(program)")
    let writesElsewhere = arguments.contains("--weave") || arguments.contains("--promote")
    process.arguments = arguments + (writesElsewhere ? [] : ["--out", folder])
    var environment = ProcessInfo.processInfo.environment
    environment["SAMPLE_SOURCE"] = source
    process.environment = environment
    let file = FileHandle(forWritingAtPath: log)
    process.standardOutput = file
    process.standardError = file
    try process.run()
  }

  /// Waits until it has ended and gives its status.
  package func status() async throws -> Int32 {
    try await wait("the end") { !process.isRunning }
    return process.terminationStatus
  }

  /// Sends a signal to the parent, which is the process that was started.
  package func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits until the fourth cell trains.
  package func hasBegun() async throws {
    try await wait("the training") {
      text(".running/events.jsonl")?.contains("\"progress\"") == true
    }
  }

  /// Waits until it has printed something.
  package func hasPrinted(_ text: String) async throws {
    try await wait("“\(text)”") { output.contains(text) }
  }

  /// Waits until the child is gone, which holds a lock as long as it lives.
  package func childIsGone(from place: String) async throws {
    let file = open("\(folder)\(place)/alive", O_RDWR | O_CLOEXEC)
    guard file >= 0 else { throw Failure(description: "\(folder)\(place)/alive is missing") }
    defer { close(file) }
    try await wait("the child's end") { flock(file, LOCK_EX | LOCK_NB) == 0 }
  }

  /// The text of a file of the run: a path in its folder, or one that begins with `.incomplete/`.
  package func text(_ path: String) -> String? {
    bytes(path).map { String(decoding: $0, as: UTF8.self) }
  }

  package func bytes(_ path: String) -> Data? {
    FileManager.default.contents(atPath: folder + (path.hasPrefix(".") ? "" : "/") + path)
  }

  /// A hang fails the test instead of stopping the suite.
  private func wait(_ what: String, until isReached: () -> Bool) async throws {
    for _ in 0..<6000 {
      if isReached() { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    process.terminate()
    throw Failure(
      description: "waited a minute for \(what); printed until then: \(output.suffix(2000))")
  }
}

/// A new folder, which is gone when the tests are over.
package func scratch() throws -> String {
  let folder = scratchFolder + "/" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  return folder
}

/// Holds those of this process.
private let scratchFolder: String = {
  atexit { try? FileManager.default.removeItem(atPath: scratchFolder) }
  return FileManager.default.temporaryDirectory.standardizedFileURL.path
    + "/tutorial-tests-\(ProcessInfo.processInfo.processIdentifier)"
}()
