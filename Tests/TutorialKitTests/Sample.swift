import Foundation
import Testing

/// The sample tutorial in a process of its own, as a reader would run it.
final class Sample {
  /// Where its output goes; beside it are `.running`, `.incomplete` and `.previous`.
  let folder: String
  private let process = Process()
  private let log: String

  /// What it printed, on both outputs.
  var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

  /// Starts it.
  ///
  /// - Parameters:
  ///   - arguments: Besides `--out`.
  ///   - folder: The folder of the run; one of its own if left out.
  ///   - source: A copy of its `main.swift` to be read in place of the original.
  convenience init(
    _ arguments: String..., in folder: String? = nil, source: String? = nil
  ) throws { try self.init(arguments, in: folder, source: source) }

  init(_ arguments: [String], in folder: String? = nil, source: String? = nil) throws {
    let folder = try folder ?? scratch() + "/run"
    self.folder = folder
    log = try scratch() + "/output.txt"
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let beside = try #require(Bundle.main.executableURL).deletingLastPathComponent()
    process.executableURL = beside.appendingPathComponent("sample-tutorial")
    let places = arguments.contains("--weave") || arguments.contains("--promote")
    process.arguments = arguments + (places ? [] : ["--out", folder])
    var environment = ProcessInfo.processInfo.environment
    environment["SAMPLE_SOURCE"] = source
    process.environment = environment
    let file = FileHandle(forWritingAtPath: log)
    process.standardOutput = file
    process.standardError = file
    try process.run()
  }

  /// Waits until it has ended and gives its status.
  func status() async throws -> Int32 {
    try await wait("the end") { !process.isRunning }
    return process.terminationStatus
  }

  /// Sends a signal to the parent, which is the process that was started.
  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits until the fourth cell trains.
  func hasBegun() async throws {
    try await wait("the training") {
      text(".running/events.jsonl")?.contains("\"progress\"") == true
    }
  }

  /// Waits until it has printed something.
  func hasPrinted(_ text: String) async throws {
    try await wait("“\(text)”") { output.contains(text) }
  }

  /// Waits until the child is gone, which holds a lock as long as it lives.
  func childIsGone(from place: String) async throws {
    let file = open("\(folder)\(place)/alive", O_RDWR | O_CLOEXEC)
    #expect(file >= 0)
    defer { close(file) }
    try await wait("the child's end") { flock(file, LOCK_EX | LOCK_NB) == 0 }
  }

  /// The text of a file of the run: a path in its folder, or one that begins with `.incomplete/`.
  func text(_ path: String) -> String? {
    bytes(path).map { String(decoding: $0, as: UTF8.self) }
  }

  func bytes(_ path: String) -> Data? {
    FileManager.default.contents(atPath: folder + (path.hasPrefix(".") ? "" : "/") + path)
  }

  /// A hang fails the test instead of stopping the suite.
  private func wait(_ what: String, until isReached: () -> Bool) async throws {
    for _ in 0..<6000 {
      if isReached() { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("waited a minute for \(what); printed until then: \(output.suffix(2000))")
    process.terminate()
    throw CancellationError()
  }
}
