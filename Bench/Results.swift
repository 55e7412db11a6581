import Foundation
import NeuronikaBenchmarking
import NeuronikaCharts

/// The files of a run, in a folder of its own.
struct Results {
  private let folder: Folder
  /// Where the files are until ``settle()``.
  var path: String { folder.running }

  /// - Parameters:
  ///   - path: The folder, or `nil` for `results/bench/<utc>-<revision>` under the current one.
  ///   - surroundings: What `env.json` says.
  init(_ path: String?, _ surroundings: Surroundings) throws {
    folder = try Folder(path, stamp: surroundings.stamp)
    try folder.write(try surroundings.json, "env.json")
  }

  /// Starts a table that grows while it is measured.
  func table(_ name: String, _ columns: [String]) throws -> CSVFile {
    try CSVFile(folder.running + "/" + name, columns: columns)
  }

  /// Writes a table that is complete.
  func write(_ name: String, _ columns: [String], _ rows: [[String]]) throws {
    try table(name, columns).append(rows)
  }

  /// Writes a text.
  func write(_ name: String, _ text: String) throws { try folder.write(Data(text.utf8), name) }

  /// Draws what the tables of the run have in them.
  func draw() {
    do {
      for note in try Plots(folder.running).draw() { say(note) }
    } catch { say("no figures: \(error)") }
  }

  /// Leaves nothing of a run that didn't come to its end. To be deferred.
  func discard() { folder.discard() }

  /// Puts the files in their place, and says where that is.
  func settle() throws {
    say()
    try folder.settle()
    say("results: \(folder.final)")
  }
}

let sampleColumns = [
  "benchmark", "implementation", "round", "iterations", "iteration_ns", "interruptions",
]

/// A row of `samples.csv`.
func sampleRow(_ id: String, _ implementation: String, round: Int, _ turn: Turn) -> [String] {
  [
    id, implementation, "\(round)", "\(turn.iterations)", decimal(turn.nanoseconds),
    "\(turn.interruptions)",
  ]
}
