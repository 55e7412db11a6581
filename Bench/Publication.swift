import Foundation
import NeuronikaBenchmarking

/// The run that the README shows, in `results/gallery/bench` of a package.
struct Publication {
  private let package: String
  private var gallery: String { package + "/results/gallery" }
  private var place: String { gallery + "/bench" }
  private var readme: String { package + "/README.md" }
  private static let link = "results/gallery/bench"
  /// Of the whole gallery, tutorials included, so that a clone stays small; `.ci/gallery` knows it, too.
  private static let mostBytes = 3_000_000

  /// Which tables of each folder are kept. Single rounds (`samples.csv`) are most of a run's text, and
  /// these hold what they come to; losses (`train.csv`) stand in the CSV beside each figure.
  private static let tables = ["run": ["summary.csv", "memory.csv"], "peers": ["compare.csv"]]

  /// - Parameter package: The package's folder.
  init(_ package: String) { self.package = package }

  /// What the README's section and the published run don't have in common. Exit status 1.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  // MARK: Publishing

  /// Puts folders into the place of what was published, and writes the README's section.
  ///
  /// - Parameters:
  ///   - run: What `bench run` wrote, nil for none.
  ///   - peers: What `bench peers` wrote, nil for none.
  func publish(run: String?, peers: String?) throws {
    let sources = [("run", run, "summary.csv"), ("peers", peers, "compare.csv")].compactMap {
      name, folder, table in folder.map { (name: name, folder: $0, table: table) }
    }
    for (name, folder, table) in sources {
      for file in ["env.json", table, "report.md"] where !exists(folder + "/" + file) {
        throw UsageFailure(
          description: "\(folder) holds no \(file): --\(name) wants a folder that `bench \(name)` "
            + "wrote")
      }
    }
    let runs = try sources.map { (folder: $0.folder, run: try RunDescription(folder: $0.folder)) }
    for (folder, run) in runs where run.fingerprint.build != "release" {
      throw UsageFailure(
        description: "\(folder) was measured with a \(run.fingerprint.build) build, but what is "
          + "published with a release build: swift run -c release bench …")
    }
    for (folder, run) in runs where run.revision?.hasSuffix(Surroundings.uncommitted) == true {
      throw UsageFailure(
        description: "\(folder) was measured with changes that are not committed: commit them, and "
          + "measure anew")
    }
    let differences = runs.last!.run.differences(from: runs[0].run)
    if !differences.isEmpty {
      throw UsageFailure(
        description: "\(runs[0].folder) and \(runs.last!.folder) can't stand side by side: "
          + differences.joined(separator: ", ") + "; measure both anew, one after the other")
    }

    let staged = gallery + "/.bench.unfinished"
    defer { try? FileManager.default.removeItem(atPath: staged) }
    try Folder.attempt(staged) {
      try? FileManager.default.removeItem(atPath: staged)
      for source in sources {
        // The peers' losses are drawn beside ours: once is enough.
        let beside = source.name == "run" ? peers : nil
        try stage(source.name, from: source.folder, to: staged, lossesBeside: beside)
      }
    }
    let bytes = size(gallery) - (exists(place) ? size(place) : 0)
    if bytes > Publication.mostBytes {
      throw UsageFailure(
        description: "results/gallery would hold \(bytes) bytes, more than the "
          + "\(Publication.mostBytes) it may: measure fewer benchmarks (--filter), or make room")
    }
    let text = try rewritten(from: staged)
    try swap(staged)
    try write(text)
    say("published: \(place) (\(size(place) / 1000) KB, the gallery \(size(gallery) / 1000) KB)")
  }

  /// Writes the README's section anew from what is published.
  func rewrite() throws { try write(try rewritten(from: place)) }

  /// - Throws: ``Failure`` if the README doesn't say what the published run does.
  func check() throws {
    let text = try text()
    let current = try inReadme { try MarkedSection.performance.content(of: text) }
    guard let section = try section(from: place) else {
      if current.isEmpty {
        return say("No run is published yet, and README.md says nothing of one.")
      }
      throw Failure(
        description: "README.md tells of a run, but none is published: `swift run -c release bench "
          + "publish --run FOLDER --peers FOLDER` writes both")
    }
    guard current == section.markdown else {
      throw Failure(
        description: "README.md's performance section is not what \(Publication.link) gives: "
          + "`swift run bench publish --readme` writes it anew")
    }
    say("README.md's performance section is what \(Publication.link) gives.")
  }

  // MARK: Files

  /// Of the losses of models that differ in batch or optimizer only, those of one are enough.
  private static func isShown(_ plot: String) -> Bool {
    let model = plot.split(separator: ".")[0]
    return !model.hasPrefix("loss-mlp-") || model == "loss-mlp-128"
  }

  private func stage(
    _ name: String, from folder: String, to staged: String, lossesBeside peers: String?
  ) throws {
    let files = FileManager.default
    let target = "\(staged)/\(name)"
    try files.createDirectory(atPath: target + "/plots", withIntermediateDirectories: true)
    let plots = ((try? files.contentsOfDirectory(atPath: folder + "/plots")) ?? [])
      .filter(Publication.isShown)
    let all = ["env.json"] + Publication.tables[name]! + plots.sorted().map { "plots/" + $0 }
    for file in all where exists("\(folder)/\(file)") {
      if let peers, file.hasPrefix("plots/loss-"), exists("\(peers)/\(file)") { continue }
      try files.copyItem(atPath: "\(folder)/\(file)", toPath: "\(target)/\(file)")
    }
    let report = try String(contentsOfFile: folder + "/report.md", encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    var paragraphs = report.components(separatedBy: "\n\n").filter { paragraph in
      guard let path = paragraph.firstMatch(of: /^!\[[^\]]*\]\(([^)]*)\)/)?.1 else { return true }
      return exists("\(target)/\(path)")
    }
    if peers != nil {
      paragraphs.append("Losses stand [beside those of the peers](../peers/report.md).")
    }
    let text = paragraphs.joined(separator: "\n\n") + "\n"
    try Data(text.utf8).write(to: URL(fileURLWithPath: target + "/report.md"))
  }

  /// Gives the staged folder its name. What stood there goes only then.
  private func swap(_ staged: String) throws {
    let previous = gallery + "/.bench.previous"
    try Folder.attempt(place) {
      try? FileManager.default.removeItem(atPath: previous)
      let hasPrevious = exists(place)
      if hasPrevious { try FileManager.default.moveItem(atPath: place, toPath: previous) }
      do { try FileManager.default.moveItem(atPath: staged, toPath: place) } catch {
        if hasPrevious { try? FileManager.default.moveItem(atPath: previous, toPath: place) }
        throw error
      }
      if hasPrevious { try FileManager.default.removeItem(atPath: previous) }
    }
  }

  private func section(from folder: String) throws -> PerformanceSection? {
    try PerformanceSection(folder: folder, link: Publication.link, time: time)
  }

  private func rewritten(from folder: String) throws -> String {
    let (text, section) = try (text(), section(from: folder))
    return try inReadme {
      try MarkedSection.performance.replacing(in: text, by: section?.markdown ?? "")
    }
  }

  private func text() throws -> String {
    guard let text = try? String(contentsOfFile: readme, encoding: .utf8) else {
      throw UsageFailure(
        description: "\(readme) can't be read: --folder names the package's folder")
    }
    return text
  }

  private func write(_ text: String) throws {
    try Folder.attempt(readme) {
      try Data(text.utf8).write(to: URL(fileURLWithPath: readme), options: .atomic)
    }
    say("written: the performance section of \(readme)")
  }

  private func inReadme<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch { throw Failure(description: "README.md: \(error)") }
  }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// The bytes of a folder and all that is in it, as `du -sb` counts them.
  private func size(_ folder: String) -> Int {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    return ([""] + names).reduce(0) { sum, name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
      return sum + (attributes?[.size] as? Int ?? 0)
    }
  }
}
