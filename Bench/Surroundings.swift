import Foundation
import Neuronika
import NeuronikaBenchmarking

/// Where and how this was measured.
struct Surroundings: Encodable {
  /// Of the files. Tells a folder of results from any other.
  let schema = 1
  let fingerprint: Fingerprint
  let compiler: String
  let system: String
  /// With their versions: oneDNN, and the peers of a comparison.
  var libraries: [String: String]
  let revision: String?
  let utc: String
  /// What ran beside it in the last minute: the mean number of runnable threads.
  let load: Double

  init(threads: Int) {
    fingerprint = .current(threads: threads, build: Surroundings.describeBuild())
    compiler = Surroundings.describeCompiler()
    system = Surroundings.describeSystem()
    libraries = ["oneDNN": oneDNNVersion]
    revision = Surroundings.headRevision()
    utc = ISO8601DateFormatter().string(from: Date())
    var loads = [0.0]
    load = getloadavg(&loads, 1) == 1 ? loads[0] : 0
  }

  /// The head line of every output.
  var line: String {
    let threads = fingerprint.threads == 1 ? "1 thread" : "\(fingerprint.threads) threads"
    return "\(fingerprint.processor), \(fingerprint.instructionSet) · \(threads) · "
      + "\(fingerprint.build) build · \(compiler) · \(system)" + (revision.map { " · \($0)" } ?? "")
  }

  /// A name for a folder: the time and the revision.
  var stamp: String {
    let time = utc.filter { !"-:".contains($0) }
    return revision.map { "\(time)-\($0)" } ?? time
  }

  /// Names a peer with its version. Its ways to compute share one: those of `PyTorch compile` and
  /// `PyTorch`.
  mutating func note(_ peer: Peer) {
    libraries[String(peer.name.prefix { $0 != " " })] = peer.version
  }

  /// What `env.json` holds.
  var json: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return try encoder.encode(self)
    }
  }

  /// The threads that the engine uses unless it is told otherwise.
  static var defaultThreads: Int {
    let told = ProcessInfo.processInfo.environment["NEURONIKA_THREADS"].flatMap { Int($0) }
    return told ?? ProcessInfo.processInfo.activeProcessorCount
  }

  nonisolated static var isRelease: Bool {
    #if DEBUG
      false
    #else
      true
    #endif
  }

  private static func describeBuild() -> String {
    var build = isRelease ? "release" : "debug"
    assert(
      {
        build += " (with assertions)"
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

  /// What the revision ends in if the sources are not those that were committed.
  static let uncommitted = "+changes"

  private static func headRevision() -> String? {
    let result = Tool.run("git", ["rev-parse", "--short", "HEAD"], in: sourceFolder)
    let text = result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    if result.status != 0 || text.isEmpty { return nil }
    let changes = Tool.run("git", ["status", "--porcelain", "-uno"], in: sourceFolder).output
    return changes.isEmpty ? text : text + uncommitted
  }
}

/// Sets the threads and prints the head line.
func begin(_ options: BenchOptions, isTiming: Bool = true) -> Surroundings {
  if let threads = options.threads { setThreads(threads) }
  let surroundings = Surroundings(threads: options.threads ?? Surroundings.defaultThreads)
  let formats = (try? options.formats) ?? []
  if formats.allSatisfy({ $0 == .csv || $0 == .json }) { speakAside() }
  say("neuronika bench · \(surroundings.line)")
  if isTiming, surroundings.load > 0.5 {
    say("The machine is busy (load \(digits(surroundings.load))): times will be too long.")
  }
  say()
  return surroundings
}
