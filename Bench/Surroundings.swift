import Foundation

/// Where and how this was measured.
struct Surroundings: Encodable {
  /// Of the files. Tells a folder of results from any other.
  let schema = 1
  let processor: String
  let threads: Int
  let build: String
  let compiler: String
  let system: String
  let revision: String?
  let utc: String
  /// What ran beside it in the last minute: the mean number of runnable threads.
  let load: Double

  init(threads: Int) {
    self.threads = threads
    processor = Surroundings.describeProcessor()
    build = Surroundings.describeBuild()
    compiler = Surroundings.describeCompiler()
    system = Surroundings.describeSystem()
    revision = Surroundings.headRevision()
    utc = ISO8601DateFormatter().string(from: Date())
    var loads = [0.0]
    load = getloadavg(&loads, 1) == 1 ? loads[0] : 0
  }

  /// The head line of every output.
  var line: String {
    "\(processor) · \(threads == 1 ? "1 thread" : "\(threads) threads") · \(build) · \(compiler) · "
      + system + (revision.map { " · \($0)" } ?? "")
  }

  /// A name for a folder: the time and the revision.
  var stamp: String {
    let time = utc.filter { !"-:".contains($0) }
    return revision.map { "\(time)-\($0)" } ?? time
  }

  /// The threads that the engine uses unless it is told otherwise.
  static var defaultThreads: Int {
    let told = ProcessInfo.processInfo.environment["NEURONIKA_THREADS"].flatMap { Int($0) }
    return told ?? ProcessInfo.processInfo.activeProcessorCount
  }

  private static func describeProcessor() -> String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    func field(_ name: String) -> String? {
      text.split(separator: "\n").first { $0.hasPrefix(name + "\t") || $0.hasPrefix(name + " ") }?
        .split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
    }
    var name = field("model name") ?? "unknown processor"
    if let family = field("cpu family"), let model = field("model") {
      name += " (family \(family), model \(model)"
      let flags = Set((field("flags") ?? "").split(separator: " "))
      name += flags.contains("avx512f") ? ", AVX-512)" : flags.contains("avx2") ? ", AVX2)" : ")"
    }
    return name
  }

  private static func describeBuild() -> String {
    #if DEBUG
      var build = "debug build"
    #else
      var build = "release build"
    #endif
    assert(
      {
        build += " with assertions"
        return true
      }())
    return build
  }

  private static func describeCompiler() -> String {
    #if compiler(>=6.4)
      "Swift 6.4 or later"
    #elseif compiler(>=6.3)
      "Swift 6.3"
    #else
      "Swift 6.2"
    #endif
  }

  private static func describeSystem() -> String {
    let text = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
    let name = text.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
    return name.map { $0.dropFirst(12).filter { $0 != "\"" } } ?? "unknown system"
  }

  private static func headRevision() -> String? {
    let git = Process()
    git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    git.arguments = ["git", "rev-parse", "--short", "HEAD"]
    git.currentDirectoryURL = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let output = Pipe()
    git.standardOutput = output
    git.standardError = FileHandle.nullDevice
    guard (try? git.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    git.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return git.terminationStatus == 0 && !text.isEmpty ? text : nil
  }
}
