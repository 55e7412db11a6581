import Foundation

/// What a README says of a published run: where it was measured, how long training steps take, beside
/// other frameworks if those were measured too, two pictures, and where the reports are.
///
/// It is made of the run's files alone, so whoever has them can tell whether a README says what was
/// measured.
public struct PerformanceSection: Equatable, Sendable {
  /// GitHub's Markdown, without a line break at its ends.
  public let markdown: String

  /// - Parameters:
  ///   - folder: A folder that holds the folder of a run as `run`, one of a comparison with peers as
  ///     `peers`, or both.
  ///   - link: The way there from the README.
  ///   - time: Writes nanoseconds in a unit that suits them.
  /// - Returns: Nil if the folder holds neither.
  /// - Throws: ``RunFolderError`` or ``CSVFileError`` if a file is missing or isn't what it should be.
  public init?(folder: String, link: String, time: (Double) -> String) throws {
    let files = Files(folder: folder, link: link)
    let parts = ["run", "peers"].filter { files.contains($0) }
    if parts.isEmpty { return nil }
    let place = try parts.map { try RunDescription(folder: "\(folder)/\($0)") }
    var sections = [PerformanceSection.sentence(on: place)]
    if parts.contains("peers") {
      let steps = try ComparedSteps(CSVTable(folder + "/peers/compare.csv"))
      sections.append(steps.markdown(time: time))
    } else {
      sections.append(try stepTable(CSVTable(folder + "/run/summary.csv"), time: time))
    }
    if let pictures = files.pictures { sections.append(pictures) }
    let reports = parts.map { part in
      let title = part == "run" ? "everything that is measured" : "training, beside others"
      return "[\(title)](\(link)/\(part)/report.md)"
    }
    sections.append("Reports: " + reports.joined(separator: " · "))
    markdown = sections.joined(separator: "\n\n")
  }

  /// Where and when it was measured, and of which revision.
  private static func sentence(on runs: [RunDescription]) -> String {
    let (first, fingerprint) = (runs[0], runs[0].fingerprint)
    // Where they differ, those of the last run are meant: that beside others, whose ratios are shown.
    let libraries = runs.reduce(into: [:]) { all, run in
      all.merge(run.libraries) { $1 }
    }
    let threads = fingerprint.threads == 1 ? "1 thread" : "\(fingerprint.threads) threads"
    let parts =
      ["\(fingerprint.processor), \(fingerprint.instructionSet)", threads, first.system]
      + [first.compiler] + libraries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      + [first.revision.map { "revision \($0)" }, String(first.utc.prefix(10))].compactMap { $0 }
    return "Measured on " + parts.joined(separator: " · ")
  }
}

/// The pictures that are there, and the way to them.
private struct Files {
  let folder: String
  let link: String

  func contains(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder + "/" + name)
  }

  /// Losses, and speeds below the machine's limits, each leading to its report; nil if there are none.
  var pictures: String? {
    var found: [(part: String, name: String, alt: String)] = []
    let losses = ["peers", "run"].compactMap { part in model(in: part).map { (part, $0) } }
    if let (part, model) = losses.first {
      let alt = "Loss of \(model) against steps and against seconds"
      found.append((part, "loss-" + model, alt))
    }
    for (part, name, alt) in [
      ("run", "roofline", "Speed of every benchmark, beside what the machine can do"),
      ("peers", "ratios", "Ratios of the times of training steps, with their intervals"),
    ] where found.count < 2 && contains("\(part)/plots/\(name).png") {
      found.append((part, name, alt))
    }
    if found.isEmpty { return nil }
    let cells = found.map { part, name, alt in
      "[![\(alt)](\(link)/\(part)/plots/\(name).png)](\(link)/\(part)/report.md)"
    }
    return markdownTable([cells.map { _ in "" }, cells], alignment: "---")
  }

  /// The model whose loss is shown: the one of the tutorial on digits if it was measured.
  private func model(in part: String) -> String? {
    let plots = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(part)/plots"))
    let models = (plots ?? []).filter { $0.hasPrefix("loss-") && $0.hasSuffix(".png") }
      .map { String($0.dropFirst("loss-".count).dropLast(".png".count)) }.sorted()
    return models.first { $0 == "mlp-128" } ?? models.first
  }
}

/// Training steps and what they take in other frameworks, from `compare.csv`.
private struct ComparedSteps {
  struct Peer {
    /// What the framework is called, which is the first word of the peer's name.
    let framework: String
    /// In which way it computes, the other words; empty for the ordinary one.
    let variant: String
    let nanoseconds: Double
    /// Our time over the peer's, round by round.
    let ratio: Double
    /// The same, with its interval.
    let text: String
  }

  private var steps: [(id: String, nanoseconds: Double, peers: [Peer])] = []
  private var frameworks: [String] = []

  init(_ table: CSVTable) throws {
    func number(_ column: String, _ row: Int) throws -> Double {
      let cell = try table[column][row]
      guard let number = Double(cell), number.isFinite, number > 0 else {
        throw RunFolderError("compare.csv, row \(row + 1): \(column) is `\(cell)`, not a number")
      }
      return number
    }
    func ratio(_ column: String, _ row: Int) throws -> String {
      ComparedSteps.written(try number(column, row))
    }
    let (ids, names) = try (table["benchmark"], table["peer"])
    for row in ids.indices {
      let words = names[row].split(separator: " ", maxSplits: 1).map(String.init)
      let peer = Peer(
        framework: words.first ?? "", variant: words.count > 1 ? words[1] : "",
        nanoseconds: try number("peer_median_ns", row),
        ratio: try number("ratio", row),
        text: try ratio("ratio", row)
          + " (\(ratio("ratio_low", row))–\(ratio("ratio_high", row)))")
      if !frameworks.contains(peer.framework) { frameworks.append(peer.framework) }
      if let known = steps.firstIndex(where: { $0.id == ids[row] }) {
        steps[known].peers.append(peer)
      } else {
        steps.append((ids[row], try number("neuronika_median_ns", row), [peer]))
      }
    }
    if steps.isEmpty { throw RunFolderError("compare.csv compares nothing") }
  }

  /// With at least two digits that say something, down to a hundredth.
  private static func written(_ ratio: Double) -> String {
    String(format: ratio < 0.1 ? "%.3f" : "%.2f", ratio)
  }

  func markdown(time: (Double) -> String) -> String {
    let head = ["training step", "Neuronika"] + frameworks.flatMap { [$0, "ratio"] }
    let rows = steps.map { step in
      ["`\(step.id)`", time(step.nanoseconds)]
        + frameworks.flatMap { framework in
          let variants = step.peers.filter { $0.framework == framework }
          guard let best = variants.max(by: { $0.ratio < $1.ratio }) else {
            return ["–", "–"]
          }
          let name = best.variant.isEmpty ? "" : " (\(best.variant))"
          return [time(best.nanoseconds) + name, best.text]
        }
    }
    let hasVariants = steps.contains { step in
      Set(step.peers.map(\.framework)).count < step.peers.count
    }
    return markdownTable([head] + rows)
      + "\n\nMedian times of a step, measured in turns. A ratio is Neuronika's time over the other's, "
      + "with its 95 % interval: below 1 is faster."
      + (hasVariants
        ? " Of several ways to compute in a framework, the one with the greatest ratio stands here."
        : "")
  }
}

/// The training steps of `summary.csv` by themselves.
private func stepTable(_ table: CSVTable, time: (Double) -> String) throws -> String {
  let groups = try table["group"]
  let places = groups.indices.filter { groups[$0] == "training" }
  func times(_ column: String) throws -> [String] {
    let cells = try table[column]
    return try places.map { row in
      guard let number = Double(cells[row]), number.isFinite else {
        throw RunFolderError(
          "summary.csv, row \(row + 1): \(column) is `\(cells[row])`, not a number")
      }
      return time(number)
    }
  }
  let (ids, medians) = try (table["benchmark"], times("median_ns"))
  let (low, high) = try (times("low_ns"), times("high_ns"))
  let rows = places.indices.map {
    ["`\(ids[places[$0]])`", medians[$0], "\(low[$0]) – \(high[$0])"]
  }
  return markdownTable([["training step", "median", "95 % interval"]] + rows)
}

/// A table of GitHub's Markdown, whose first row is the head.
private func markdownTable(_ rows: [[String]], alignment: String = "---:") -> String {
  let lines = rows.map { "| " + $0.joined(separator: " | ") + " |" }
  let rule = rows[0].indices.map { $0 == 0 ? "---" : alignment }.joined(separator: "|")
  return ([lines[0], "|\(rule)|"] + lines.dropFirst()).joined(separator: "\n")
}
