import Foundation

/// A mistake stops the program that makes it, so another one has to make it: this program, started
/// again for nothing else.
enum Mistake {
  private static let flag = "--make-the-mistake"

  /// Whether this is the program that makes the mistake.
  static var isWanted: Bool { CommandLine.arguments.dropFirst().first == flag }

  /// What the other program says before it stops.
  static func lastWords() throws -> String {
    let program = Process()
    program.executableURL = Bundle.main.executableURL
    program.arguments = [flag]
    program.environment = ProcessInfo.processInfo.environment.merging([
      "SWIFT_BACKTRACE": "enable=no"
    ]) { $1 }
    let said = Pipe()
    program.standardOutput = FileHandle.nullDevice
    program.standardError = said
    try program.run()
    let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    program.waitUntilExit()
    // Where the source lies is no news to the reader, the line in it is.
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/"
    return text.replacingOccurrences(of: folder, with: "")
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
