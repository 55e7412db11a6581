import Foundation

/// Another implementation: a process that does a turn on request. `Peers/training.py` and
/// `Peers/agreement.py` tell the lines they speak.
final class Peer {
  /// Name and version, like `PyTorch 2.8.0`.
  let title: String
  /// The name.
  let name: String
  private let process: Process
  private let input: FileHandle
  private let output: FileHandle
  private var pending = Data()

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Starts the process and waits until the framework is loaded.
  ///
  /// - Parameters:
  ///   - script: A program among `Peers`.
  ///   - arguments: What it is told.
  ///   - python: A path or a name on the PATH.
  init(_ script: String, _ arguments: [String], python: String) throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Peers/" + script)
    guard let executable = Peer.executable(python) else {
      throw Failure(description: "there is no `\(python)`")
    }
    process = Process()
    process.executableURL = executable
    // Without leaving compiled files beside the sources.
    process.arguments = ["-B", script.path] + arguments
    let (toPeer, fromPeer) = (Pipe(), Pipe())
    process.standardInput = toPeer
    process.standardOutput = fromPeer
    input = toPeer.fileHandleForWriting
    output = fromPeer.fileHandleForReading
    // A peer that has died is told by the answer that doesn't come.
    signal(SIGPIPE, SIG_IGN)
    try process.run()
    // This side's copies of the ends it doesn't use, or the end of the stream would never be seen.
    try? toPeer.fileHandleForReading.close()
    try? fromPeer.fileHandleForWriting.close()
    var pending = Data()
    let words = Peer.line(from: output, &pending)?.split(separator: " ").map(String.init) ?? []
    self.pending = pending
    guard words.first == "ready", words.count >= 3 else {
      if words.first == "missing" {
        throw Failure(description: words.dropFirst().joined(separator: " "))
      }
      if process.isRunning { process.terminate() }
      throw Failure(description: "`\(python)` could not be run")
    }
    name = words[1..<words.count - 1].joined(separator: " ")
    title = words[1...].joined(separator: " ")
  }

  /// Builds the model of a task.
  ///
  /// - Returns: A note on how it is set up.
  /// - Throws: `Failure` if it can't do the task, with the reason.
  func prepare(_ task: TrainingTask) throws -> String {
    try ask("prepare \(task.id)").joined(separator: " ")
  }

  /// The losses of the first steps from the initial weights, and when each was there, in seconds since
  /// the start.
  func history(_ task: TrainingTask, _ count: Int) throws -> [(seconds: Double, loss: Float)] {
    let numbers = try ask("history \(task.id) \(count)").map { Double($0) ?? .nan }
    guard numbers.count == 2 * count else {
      throw Failure(description: "\(name) gave \(numbers.count / 2) losses instead of \(count)")
    }
    return (0..<count).map { step in
      (seconds: numbers[2 * step], loss: Float(numbers[2 * step + 1]))
    }
  }

  /// The time of some steps from the initial weights, in nanoseconds a step.
  func time(_ task: TrainingTask, warmup: Int, steps: Int) throws -> Double {
    let answer = try ask("time \(task.id) \(warmup) \(steps)")
    guard let first = answer.first, let nanoseconds = Double(first) else {
      throw Failure(description: "\(name) answered \(answer) instead of a time")
    }
    return nanoseconds / Double(steps)
  }

  func quit() {
    _ = try? input.write(contentsOf: Data("quit\n".utf8))
    try? input.close()
    process.waitUntilExit()
  }

  /// Does a request.
  ///
  /// - Returns: The words of the answer.
  /// - Throws: `Failure` with what the peer says instead.
  func ask(_ request: String) throws -> [String] {
    // What can't be written has no answer either.
    try? input.write(contentsOf: Data((request + "\n").utf8))
    guard let answer = Peer.line(from: output, &pending) else {
      throw Failure(description: "\(name) ended at `\(request)`")
    }
    let words = answer.split(separator: " ").map(String.init)
    switch words.first {
    case "ok": return Array(words.dropFirst())
    case "error":
      let reason = words.dropFirst().joined(separator: " ")
      throw Failure(description: "\(name), at `\(request)`: \(reason)")
    case "declined": throw Failure(description: words.dropFirst().joined(separator: " "))
    default: throw Failure(description: "\(name) answered `\(request)` by `\(answer)`")
    }
  }

  /// The program of a path, or of a name on the PATH.
  private static func executable(_ name: String) -> URL? {
    let search = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let folders = name.contains("/") ? [""] : search.split(separator: ":").map { $0 + "/" }
    return folders.map { $0 + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
      .map { URL(fileURLWithPath: $0) }
  }

  private static func line(from output: FileHandle, _ pending: inout Data) -> String? {
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        defer { pending = Data(pending[pending.index(after: end)...]) }
        return String(decoding: pending[..<end], as: UTF8.self)
      }
      let more = output.availableData
      if more.isEmpty { return nil }
      pending.append(more)
    }
  }
}
