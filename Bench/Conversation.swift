import Foundation

/// Another program that answers each line it is told with a line.
nonisolated final class Conversation {
  private let process = Process()
  private let input: FileHandle
  private let output: FileHandle
  private var pending = Data()

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - path: The program.
  ///   - arguments: What it is told.
  ///   - environment: What it finds in its environment besides ours.
  init(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws {
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (toChild, fromChild) = (Pipe(), Pipe())
    process.standardInput = toChild
    process.standardOutput = fromChild
    input = toChild.fileHandleForWriting
    output = fromChild.fileHandleForReading
    // A program that has died is told by the answer that doesn't come. (For all of this process.)
    signal(SIGPIPE, SIG_IGN)
    try process.run()
    // This side's copies of the ends it doesn't use, or the end of the stream would never be seen.
    try? toChild.fileHandleForReading.close()
    try? fromChild.fileHandleForWriting.close()
  }

  /// Tells it a line.
  ///
  /// - Returns: The words of its answer; nil if it has ended.
  func ask(_ line: String) -> [String]? {
    guard (try? input.write(contentsOf: Data((line + "\n").utf8))) != nil else { return nil }
    return hear()
  }

  /// - Returns: The words of its next line; nil if it has ended.
  func hear() -> [String]? {
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        defer { pending = Data(pending[pending.index(after: end)...]) }
        return String(decoding: pending[..<end], as: UTF8.self).split(separator: " ")
          .map(String.init)
      }
      let more = output.availableData
      if more.isEmpty { return nil }
      pending.append(more)
    }
  }

  /// Closes its input, which ends it, and waits until its output is closed, as the system does where a
  /// process ends. That it has ended is told some 50 ms later.
  ///
  /// - Parameter waiting: Whether to wait for that, too: a program may close its output before it ends.
  func end(waiting: Bool = false) {
    try? input.close()
    while hear() != nil {}
    if waiting { process.waitUntilExit() }
  }

  /// Ends it whatever it does.
  func terminate() {
    if process.isRunning { process.terminate() }
  }
}
