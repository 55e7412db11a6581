import Foundation
import NeuronikaBenchmarking

/// A state of the sources that `bench` can be built from.
struct Revision {
  /// What it is called in tables.
  let name: String
  /// The full hash; nil for the working tree.
  private let hash: String?

  /// It doesn't exist, or doesn't build.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  static let workingTree = Revision(name: "working tree", hash: nil)

  /// A revision that git knows.
  static func named(_ name: String) throws -> Revision {
    let result = Tool.run(
      "git", ["rev-parse", "--verify", "--quiet", name + "^{commit}"], in: sourceFolder)
    let hash = result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    guard result.status == 0, !hash.isEmpty else {
      throw UsageFailure(
        description: "git knows no revision \"\(name)\" in \(sourceFolder.path)")
    }
    let short = hash.prefix(7)
    return Revision(name: hash.hasPrefix(name) ? "\(short)" : "\(name) (\(short))", hash: hash)
  }

  /// Builds it for release, unless that was done before.
  ///
  /// - Returns: The path of its `bench`.
  func build() throws -> String {
    guard let hash else {
      progress("building the working tree")
      return try Revision.build(
        sourceFolder, into: sourceFolder.appendingPathComponent(".build-release"), name: name)
    }
    let place = sourceFolder.appendingPathComponent(".build-bench/\(hash.prefix(12))")
    let built = place.appendingPathComponent("bench").path
    if FileManager.default.isExecutableFile(atPath: built) { return built }
    progress("building \(name)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    let tree = place.appendingPathComponent("source").path
    // What an earlier build that was killed left behind.
    _ = Tool.run("git", ["worktree", "remove", "--force", tree], in: sourceFolder)
    let checkout = Tool.run("git", ["worktree", "add", "--detach", tree, hash], in: sourceFolder)
    guard checkout.status == 0 else {
      throw Failure(description: "\(name) could not be checked out:\n\(checkout.errors)")
    }
    defer { _ = Tool.run("git", ["worktree", "remove", "--force", tree], in: sourceFolder) }
    let executable = try Revision.build(
      URL(fileURLWithPath: tree), into: place.appendingPathComponent("build"), name: name)
    // It is at its place when it is whole, and only then.
    try FileManager.default.copyItem(atPath: executable, toPath: built + ".part")
    try FileManager.default.moveItem(atPath: built + ".part", toPath: built)
    return built
  }

  private static func build(_ source: URL, into folder: URL, name: String) throws -> String {
    let arguments = [
      "build", "-c", "release", "--product", "bench", "--package-path", source.path,
      "--scratch-path", folder.path,
    ]
    let result = Tool.run("swift", arguments)
    progress(nil)
    guard result.status == 0 else {
      let lines = (result.output + result.errors).split(separator: "\n")
      let errors = lines.filter { $0.contains("error:") }.prefix(20)
      throw Failure(
        description: "\(name) doesn't build:\n"
          + (errors.isEmpty ? lines.suffix(20) : ArraySlice(errors)).joined(separator: "\n"))
    }
    let path = Tool.run("swift", arguments + ["--show-bin-path"]).output
    return path.trimmingCharacters(in: .whitespacesAndNewlines) + "/bench"
  }
}
