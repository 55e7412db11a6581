import Foundation

/// When, where and of which revision a run was measured, as its folder's `env.json` says.
public struct RunDescription: Decodable, Equatable, Sendable {
  /// The machine and the settings.
  public let fingerprint: Fingerprint
  /// The compiler's name and version.
  public let compiler: String
  /// The operating system's name and version.
  public let system: String
  /// The versions of what the measured work is computed by, by name.
  public let libraries: [String: String]
  /// The commit, nil if there was none.
  public let revision: String?
  /// When it was started, like `2026-01-31T12:00:00Z`.
  public let utc: String

  /// Reads the `env.json` of a run.
  ///
  /// - Parameter folder: The run's.
  /// - Throws: ``RunFolderError`` if it isn't there or isn't one.
  public init(folder: String) throws {
    let path = folder + "/env.json"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw RunFolderError("\(folder) is no run of bench: it holds no env.json")
    }
    do { self = try JSONDecoder().decode(RunDescription.self, from: data) } catch {
      throw RunFolderError("\(path) is not what bench writes; was it edited or cut off?")
    }
  }

  /// Why numbers of both can't stand side by side, in words; empty if they can.
  public func differences(from other: RunDescription) -> [String] {
    let revisions =
      revision == other.revision
      ? [] : ["revision \(other.revision ?? "unknown") ≠ \(revision ?? "unknown")"]
    return revisions + fingerprint.differences(from: other.fingerprint)
  }
}

/// A folder that can't be taken for a run, or a text without the place for what is said of one.
public struct RunFolderError: Error, CustomStringConvertible, Sendable {
  /// Which file, and what was expected.
  public let description: String
  init(_ description: String) { self.description = description }
}
