import Foundation

/// The machine and the settings that a time belongs to. A time measured under another fingerprint
/// says nothing about this one.
public struct Fingerprint: Codable, Equatable, Sendable {
  /// The processor's name, family and model.
  public var processor: String
  /// The widest vectors it has: `AVX-512`, `AVX2` or `baseline`.
  public var instructionSet: String
  /// How many processors the system shows.
  public var processors: Int
  /// How many threads the measured work uses.
  public var threads: Int
  /// `release` or `debug`, and whether assertions are compiled in.
  public var build: String

  /// - Parameters:
  ///   - processor: The processor's name, family and model.
  ///   - instructionSet: The widest vectors it has.
  ///   - processors: How many processors the system shows.
  ///   - threads: How many threads the measured work uses.
  ///   - build: The build configuration.
  public init(
    processor: String, instructionSet: String, processors: Int, threads: Int, build: String
  ) {
    self.processor = processor
    self.instructionSet = instructionSet
    self.processors = processors
    self.threads = threads
    self.build = build
  }

  /// The fingerprint of this process.
  ///
  /// - Parameters:
  ///   - threads: How many threads the measured work uses.
  ///   - build: The build configuration, which the main program knows.
  public static func current(threads: Int, build: String) -> Fingerprint {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    func field(_ name: String) -> String? {
      text.split(separator: "\n").first { $0.hasPrefix(name + "\t") || $0.hasPrefix(name + " ") }?
        .split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
    }
    var processor = field("model name") ?? "unknown processor"
    if let family = field("cpu family"), let model = field("model") {
      processor += " (family \(family), model \(model))"
    }
    let flags = Set((field("flags") ?? "").split(separator: " "))
    return Fingerprint(
      processor: processor,
      instructionSet: flags.contains("avx512f")
        ? "AVX-512" : flags.contains("avx2") ? "AVX2" : "baseline",
      processors: ProcessInfo.processInfo.activeProcessorCount, threads: threads, build: build)
  }

  /// What differs from another fingerprint, in words.
  public func differences(from other: Fingerprint) -> [String] {
    func differ<Value: Equatable>(_ name: String, _ field: KeyPath<Fingerprint, Value>) -> String? {
      self[keyPath: field] == other[keyPath: field]
        ? nil : "\(name) \(other[keyPath: field]) ≠ \(self[keyPath: field])"
    }
    return [
      differ("processor", \.processor), differ("instruction set", \.instructionSet),
      differ("processors", \.processors), differ("threads", \.threads), differ("build", \.build),
    ].compactMap { $0 }
  }
}
