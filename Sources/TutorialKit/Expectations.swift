import Foundation

/// What is known of a tutorial's results on some data: `Expected/<data>-<full|quick>.json`, with
/// its words beside it in a file ending in `.md`.
package struct Expectations: Codable, Equatable {
  /// Where a metric's values lie.
  package struct Band: Codable, Equatable {
    package var median: Double
    package var low: Double
    package var high: Double
    /// The least half-width. May be made smaller by hand; `--promote` keeps it.
    package var floor: Double
    package var values: [Double]

    /// Median ± max(3 · 1.4826 · MAD, floor): 1.4826 · MAD is the standard deviation of a normal
    /// law, seen through the median so that one odd seed among five doesn't widen the band.
    package init(values: [Double], floor: Double) {
      self.values = values
      self.floor = floor
      let center = Self.median(values)
      let spread = Self.median(values.map { abs($0 - center) })
      let half = max(3 * 1.4826 * spread, floor)
      (median, low, high) = (center, center - half, center + half)
    }

    static func median(_ values: [Double]) -> Double {
      let sorted = values.sorted()
      guard let last = sorted.last else { return .nan }
      let middle = sorted.count / 2
      return sorted.count.isMultiple(of: 2)
        ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted.count == 1 ? last : sorted[middle]
    }
  }

  package var data: [String: String]
  package var settings: [String: String]
  package var seeds: [UInt64]
  package var date: String
  package var metrics: [String: Band]
  /// The first twenty training losses: by seed, by split.
  package var losses: [String: [String: [Double]]]

  package static let traceLength = 20
  package static let traceTolerance = 1e-5

  /// Half a point of accuracy, 0.01 of R², else one percent of the value.
  package static func floor(of metric: String, median: Double) -> Double {
    if metric.contains("accuracy") { return 0.005 }
    if metric == "r2" || metric.hasPrefix("r2_") { return 0.01 }
    return max(abs(median) * 0.01, 1e-12)
  }

  /// From runs that differ in nothing but their seed; the first gives the words.
  package init(
    runs: [Document], replacing old: Expectations?, date: Date = Date()
  ) throws(NotebookError) {
    data = Self.data(of: runs[0])
    settings = runs[0].header.settings
    seeds = runs.map(\.header.seed)
    self.date = String(ISO8601DateFormatter().string(from: date).prefix(10))
    metrics = [:]
    losses = [:]
    for name in Self.claims(of: runs[0]) {
      let values = runs.compactMap { $0.values[name.name] }
      guard values.count == runs.count, values.allSatisfy(\.isFinite) else {
        throw NotebookError("//#expect \(name.name): not every run measured it as a finite number.")
      }
      let floor =
        old?.metrics[name.name]?.floor
        ?? Self.floor(of: name.name, median: Band.median(values))
      metrics[name.name] = Band(values: values, floor: floor)
    }
    for run in runs { losses["\(run.header.seed)"] = Self.trace(of: run) }
  }

  package static func data(of run: Document) -> [String: String] {
    Dictionary(run.data.map { ($0.name, $0.sha256) }, uniquingKeysWith: { $1 })
  }

  package static func claims(of run: Document) -> [(cell: Int, name: String)] {
    run.sections.flatMap { section in
      section.cell.expected.map { (section.cell.number, $0) }
    }
  }

  /// Without the ending.
  package static func file(for run: Document) -> String {
    let name = run.data.first?.name ?? "no-data"
    let safe = String(name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" })
    return safe + (run.header.quick ? "-quick" : "-full")
  }

  package static func trace(of run: Document) -> [String: [Double]] {
    var trace: [String: [Double]] = [:]
    for row in run.history {
      let fields = row.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count > 3, fields[2].hasPrefix("train"), let loss = Double(fields[3]) else {
        continue
      }
      let split = String(fields[2])
      if trace[split, default: []].count < traceLength { trace[split, default: []].append(loss) }
    }
    return trace
  }

  /// Everything in which a run differs from what is expected.
  package func problems(of run: Document, words: String?) -> [Document.Problem] {
    var problems: [Document.Problem] = []
    let found = Self.data(of: run)
    if found != data || run.header.settings != settings {
      let changed = Set(settings.keys).union(run.header.settings.keys).sorted().filter {
        settings[$0] != run.header.settings[$0]
      }.map { "\($0) \(run.header.settings[$0] ?? "none") instead of \(settings[$0] ?? "none")" }
      let what = found != data ? ["other data"] + changed : changed
      return [
        .init(message: "no expectation recorded for this run: \(what.joined(separator: ", "))")
      ]
    }
    for (cell, name) in Self.claims(of: run) {
      guard let band = metrics[name] else {
        problems.append(.init(cell: cell, message: "\(name): no expectation recorded"))
        continue
      }
      let value = run.values[name]
      if let value, value >= band.low, value <= band.high { continue }
      let range = "[\(significant(band.low)), \(significant(band.high))]"
      let text = value.map { "\(significant($0)) lies outside" } ?? "was not measured, expected in"
      problems.append(.init(cell: cell, message: "\(name): \(text) \(range)"))
    }
    problems += lossProblems(of: run)
    if run.header.seed == seeds.first { problems += Self.wordProblems(run, words) }
    return problems
  }

  private func lossProblems(of run: Document) -> [Document.Problem] {
    guard let expected = losses["\(run.header.seed)"] else { return [] }
    let found = Self.trace(of: run)
    var problems: [Document.Problem] = []
    for (split, losses) in expected.sorted(by: { $0.key < $1.key }) {
      let mine = found[split] ?? []
      if mine.count != losses.count {
        problems.append(
          .init(message: "\(split): \(mine.count) losses instead of \(losses.count)"))
      }
      for (step, (loss, value)) in zip(losses, mine).enumerated()
      where !(abs(value - loss) <= Self.traceTolerance * abs(loss)) && !(value == loss) {
        problems.append(
          .init(message: "\(split): loss \(step + 1) is \(value), expected \(loss)"))
        break
      }
    }
    return problems
  }

  private static func wordProblems(_ run: Document, _ words: String?) -> [Document.Problem] {
    guard let words else { return [.init(message: "no words are recorded")] }
    let old = words.split(separator: "\n")
    let new = MarkdownWriter(run).blocks().flatMap { block in
      masked(block.text).split(separator: "\n").map { (cell: block.cell, text: $0) }
    }
    guard old != new.map(\.text) else { return [] }
    let index =
      zip(old, new).enumerated().first { $0.element.0 != $0.element.1.text }?.offset
      ?? min(old.count, new.count)
    let was = index < old.count ? "“\(old[index].prefix(90))”" : "the end"
    let now = index < new.count ? "“\(new[index].text.prefix(90))”" : "the end"
    let cell = (index < new.count ? new[index] : new.last)?.cell
    return [.init(cell: cell, message: "words differ: \(now), expected \(was)")]
  }

  /// Words without their numbers, and without the blanks that depend on the width of these.
  package static func masked(_ markdown: String) -> String {
    markdown.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.replacingOccurrences(
        of: "[-+−]?[0-9]+([.,][0-9]+)*(e[-+−]?[0-9]+)?", with: "#", options: .regularExpression
      )
      .replacingOccurrences(of: "\\s+", with: " ", options: .regularExpression)
      .replacingOccurrences(of: "[-─]{3,}", with: "---", options: .regularExpression)
    }.joined(separator: "\n")
  }
}
