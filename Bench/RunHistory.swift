import ArgumentParser
import Foundation
import NeuronikaBenchmarking
import NeuronikaCharts

/// The medians of recorded runs, in a table that only grows.
struct RunHistory {
  static let standard = RunHistory(path: Folder.standard + "/runs.csv")

  let path: String

  private static let columns = [
    "utc", "revision", "build", "processor", "threads", "benchmark", "median_ns", "low_ns",
    "high_ns",
  ]

  /// Adds a row for each benchmark of a run.
  func append(_ measured: Measured, _ surroundings: Surroundings) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = try CSVFile(appendingTo: path, columns: RunHistory.columns)
    let fingerprint = surroundings.fingerprint
    try file.append(
      measured.series.map { series in
        let interval = series.interval!
        return [
          surroundings.utc, surroundings.revision ?? "", fingerprint.build, fingerprint.processor,
          "\(fingerprint.threads)", series.id,
        ] + [series.median, interval.lowerBound, interval.upperBound].map { decimal($0) }
      })
  }

  /// The runs of a benchmark, oldest first.
  struct Entry {
    let utc: String
    let revision: String
    let benchmark: String
    let median: Double
  }

  func read() throws -> [Entry] {
    let table = try CSVTable(path)
    return try zip(
      zip(table["utc"], table["revision"]), zip(table["benchmark"], table["median_ns"])
    ).map {
      Entry(utc: $0.0, revision: $0.1, benchmark: $1.0, median: Double($1.1) ?? .nan)
    }
  }
}

struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show the runs that `run --record` kept.")

  @OptionGroup var selection: Selection
  @Option(help: "How many of the last runs.")
  var last = 8
  @Flag(help: "Write no figure.")
  var noPlots = false

  func run() throws {
    try MainActor.assumeIsolated {
      let history = RunHistory.standard
      guard FileManager.default.fileExists(atPath: history.path) else {
        throw NothingCompared(
          description: "nothing was recorded yet: \(history.path) comes with `bench run --record`")
      }
      let entries = try selection.choose(try history.read(), \.benchmark)
      let runs = Array(inOrder(entries.map { "\($0.utc) \($0.revision)" }).suffix(max(last, 1)))
      let ids = inOrder(entries.map(\.benchmark))
      let medians = Dictionary(
        entries.map { ("\($0.utc) \($0.revision) \($0.benchmark)", $0.median) }
      ) { _, last in last }
      for (number, run) in runs.enumerated() { print("\(number + 1): \(run)") }
      print()
      printTable(
        ["benchmark"] + runs.indices.map { "\($0 + 1)" },
        ids.map { id in [id] + runs.map { medians["\($0) \(id)"].map(time) ?? "–" } })
      if noPlots || runs.count < 2 { return }
      var figure = Figure(title: "Recorded runs")
      figure.panel(xLabel: "run", yLabel: "time over that of the first run") { panel in
        for id in ids.prefix(12) {
          let times = runs.map { medians["\($0) \(id)"] ?? .nan }
          let first = times.first { $0.isFinite } ?? .nan
          panel.line(
            runs.indices.map { Double($0 + 1) }, times.map { $0 / first }, label: id,
            style: .marked)
        }
      }
      let files = try figure.write(to: Folder.standard, name: "history")
      print("\nfigure: \((files.image ?? files.script).path)")
    }
  }
}
