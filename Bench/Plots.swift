import ArgumentParser
import Foundation
import NeuronikaBenchmarking
import NeuronikaCharts

/// The figures of a run, drawn from its tables, whether it ended well, was killed, or is old.
struct Plots {
  private let folder: String

  /// - Parameter folder: That of the run.
  init(_ folder: String) { self.folder = folder }

  /// Draws a figure for each table that is there, into `plots`.
  ///
  /// - Returns: What is to be said about figures that could not be drawn.
  func draw() throws -> [String] {
    var figures: [(name: String, figure: Figure)] = []
    if let train = try table("train.csv") { figures += try losses(train) }
    if let samples = try table("samples.csv") { figures += try times(samples) }
    if let summary = try table("summary.csv") { figures += try roofline(summary) }
    if let compare = try table("compare.csv") { figures += try ratios(compare) }
    var notes: Set<String> = []
    for (name, figure) in figures {
      do {
        let files = try figure.write(to: folder + "/plots", name: name)
        if case .skipped(let reason) = files.rendering { notes.insert("no pictures: \(reason)") }
      } catch { notes.insert("\(error)") }
    }
    return notes.sorted()
  }

  private func table(_ name: String) throws -> CSVTable? {
    let path = folder + "/" + name
    return FileManager.default.fileExists(atPath: path) ? try CSVTable(path) : nil
  }

  // MARK: Figures

  /// The loss of each model against steps and against seconds, all implementations on the same axes.
  private func losses(_ table: CSVTable) throws -> [(name: String, figure: Figure)] {
    let rows = try zip(
      zip(table["benchmark"], table["implementation"]),
      zip(table["step"], zip(table["seconds"], table["loss"]))
    ).map {
      (
        model: $0.0, implementation: $0.1, step: Double($1.0) ?? .nan, seconds: Double($1.1.0),
        loss: Double($1.1.1) ?? .nan
      )
    }
    return inOrder(rows.map(\.model)).map { model in
      let own = rows.filter { $0.model == model }
      let names = inOrder(own.map(\.implementation))
      var figure = Figure(title: "\(model): loss of each batch")
      /// Adds the losses against something, where it is known.
      func addPanel(_ label: String, against x: (_ row: Int) -> Double?) {
        figure.panel(xLabel: label, yLabel: "loss", yScale: .log) { panel in
          for (index, name) in names.enumerated() {
            let points = own.indices.filter { own[$0].implementation == name && x($0) != nil }
            if points.isEmpty { continue }
            panel.line(
              points.map { x($0)! }, points.map { own[$0].loss }, label: name,
              style: index == 0 ? .thick : .dashed)
          }
        }
      }
      addPanel("step") { own[$0].step }
      if let end = own.compactMap(\.seconds).max() {
        let (unit, size) = end < 1e-3 ? ("µs", 1e-6) : end < 1 ? ("ms", 1e-3) : ("s", 1)
        addPanel("time since the start [\(unit)]") { own[$0].seconds.map { $0 / size } }
      }
      return ("loss-" + model, figure)
    }
  }

  /// The time of each benchmark with its interval, sorted; and, where there are several
  /// implementations, their times side by side.
  private func times(_ table: CSVTable) throws -> [(name: String, figure: Figure)] {
    let names = try zip(table["benchmark"], table["implementation"]).map { ($0, $1) }
    let times = try table["iteration_ns"].map { Double($0) ?? .nan }
    var samples: [String: [String: [Double]]] = [:]
    for ((id, implementation), time) in zip(names, times) {
      samples[implementation, default: [:]][id, default: []].append(time)
    }
    let implementations = inOrder(names.map(\.1))
    guard let first = implementations.first, let own = samples[first] else { return [] }
    let ids = own.keys.filter { !$0.hasPrefix("limit/") && !$0.hasPrefix("control/") }
      .sorted { median(own[$0]!) > median(own[$1]!) }
    if ids.isEmpty { return [] }
    var figure = Figure(
      title: "Time of an iteration: median and its 95 % interval",
      height: min(8000, 180 + 20 * ids.count))
    figure.panel(xLabel: "time [µs]", yLabel: "", xScale: .log) { panel in
      for implementation in implementations {
        let values = ids.map { samples[implementation]?[$0] ?? [] }
        let middle = values.map { $0.isEmpty ? .nan : median($0) / 1000 }
        let intervals = values.map { medianInterval($0) }
        panel.intervals(
          ids, middle,
          lower: zip(intervals, middle).map { ($0?.lowerBound).map { $0 / 1000 } ?? $1 },
          upper: zip(intervals, middle).map { ($0?.upperBound).map { $0 / 1000 } ?? $1 },
          label: implementations.count > 1 ? implementation : "")
      }
    }
    return [("times", figure)] + scaling(own)
  }

  /// Time against size, for benchmarks whose names end in a size: `mm/128` … `mm/1024`.
  private func scaling(_ samples: [String: [Double]]) -> [(name: String, figure: Figure)] {
    var families: [String: [(size: Double, id: String)]] = [:]
    for id in samples.keys {
      guard let cut = id.lastIndex(of: "/"), let size = Double(id[id.index(after: cut)...])
      else { continue }
      families[String(id[..<cut]), default: []].append((size, id))
    }
    families = families.filter { $0.value.count >= 3 }
    if families.isEmpty { return [] }
    var figure = Figure(title: "Time against size")
    figure.panel(xLabel: "size", yLabel: "time [µs]", xScale: .log, yScale: .log) { panel in
      for (name, members) in families.sorted(by: { $0.key < $1.key }) {
        let sorted = members.sorted { $0.size < $1.size }
        panel.line(
          sorted.map(\.size), sorted.map { median(samples[$0.id]!) / 1000 }, label: name,
          style: .marked)
      }
    }
    return [("scaling", figure)]
  }

  /// How fast each benchmark computes against how much it computes for each byte, below what the
  /// machine can do.
  ///
  /// **Source:** S. Williams, A. Waterman, D. Patterson, "Roofline: an insightful visual performance
  /// model for multicore architectures", Communications of the ACM 52 (2009), 65–76.
  private func roofline(_ table: CSVTable) throws -> [(name: String, figure: Figure)] {
    func numbers(_ column: String) throws -> [Double] {
      try table[column].map { Double($0) ?? .nan }
    }
    let ids = try table["benchmark"]
    let groups = try table["group"]
    let (flops, bytes, times) = try (
      numbers("flops"), numbers("moved_bytes"), numbers("median_ns")
    )
    let least = try numbers("min_ns")
    // Of several thread counts the last is that of all.
    func limit(_ kind: String, _ work: [Double]) -> Double? {
      ids.lastIndex { $0.hasPrefix("limit/\(kind)-") }.map { work[$0] / least[$0] }
    }
    let places = ids.indices.filter { groups[$0] != "limits" && flops[$0] > 0 && bytes[$0] > 0 }
    guard let peak = limit("arithmetic", flops), let memory = limit("memory", bytes),
      !places.isEmpty
    else { return [] }
    let intensities = places.map { flops[$0] / bytes[$0] }
    let (low, high) = (min(intensities.min()!, 0.1), max(intensities.max()!, 10 * peak / memory))
    var figure = Figure(title: "Arithmetic against the machine's limits")
    figure.panel(
      xLabel: "operations for each byte [FLOP/B]", yLabel: "speed [GFLOP/s]", xScale: .log,
      yScale: .log
    ) { panel in
      let corners = [low, peak / memory, high]
      panel.line(
        corners, corners.map { min(peak, $0 * memory) }, label: "arithmetic and memory",
        style: .thick)
      if let cache = limit("cache", bytes), cache > memory {
        let corners = [low, peak / cache]
        panel.line(corners, corners.map { $0 * cache }, label: "cache", style: .dashed)
      }
      for group in inOrder(places.map { groups[$0] }) {
        let own = places.filter { groups[$0] == group }
        panel.points(
          own.map { flops[$0] / bytes[$0] }, own.map { flops[$0] / times[$0] }, label: group)
      }
    }
    return [("roofline", figure)]
  }

  /// Ratios with their intervals, the tolerance shaded.
  private func ratios(_ table: CSVTable) throws -> [(name: String, figure: Figure)] {
    let isPeers = table.columns.contains("peer")
    let names =
      isPeers
      ? try zip(table["benchmark"], table["peer"]).map { "\($0) / \($1)" } : try table["benchmark"]
    if names.isEmpty { return [] }
    func numbers(_ column: String) throws -> [Double] {
      try table[column].map { Double($0) ?? .nan }
    }
    let (ratio, low, high) = try (numbers("ratio"), numbers("ratio_low"), numbers("ratio_high"))
    var figure = Figure(
      title: isPeers ? "Neuronika's time over the peer's" : "Head's time over base's",
      height: min(8000, 220 + 26 * names.count))
    figure.panel(xLabel: "ratio, below 1 is faster", yLabel: "") { panel in
      if !isPeers, let tolerance = try? numbers("tolerance").filter(\.isFinite).min() {
        panel.verticalBand(x: (1 - tolerance)...(1 + tolerance), label: "tolerance")
      }
      panel.intervals(names, ratio, lower: low, upper: high, label: "median, 95 % interval")
      panel.verticalLine(x: 1)
    }
    return [("ratios", figure)]
  }
}

/// The different ones, in the order of their first appearance.
func inOrder(_ names: [String]) -> [String] {
  var seen: Set<String> = []
  return names.filter { seen.insert($0).inserted }
}

struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draw the figures of a run anew, also of one that was killed.")

  @Argument(help: "The folder of the run.")
  var folder: String

  func run() throws {
    try MainActor.assumeIsolated {
      let tables = ["train.csv", "samples.csv", "compare.csv"].filter {
        FileManager.default.fileExists(atPath: folder + "/" + $0)
      }
      if tables.isEmpty {
        throw UsageFailure(description: "\(folder) has no train.csv, samples.csv or compare.csv")
      }
      for note in try Plots(folder).draw() { print(note) }
      print("figures of \(tables.joined(separator: ", ")): \(folder)/plots")
    }
  }
}
