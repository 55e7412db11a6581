import ArgumentParser
import Foundation
import NeuronikaBenchmarking

struct GoldenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "golden", abstract: "Compare the first 20 losses of each model with those kept.",
    discussion: """
      The traces are in Bench/Golden. They have to agree within 1e-4, since processors add in \
      different orders.

      \(exitStatuses)
      """)

  @OptionGroup var selection: Selection
  @Flag(help: "Write the traces anew.")
  var write = false
  @Option(help: "Folder of the traces. (default: Bench/Golden)")
  var folder: String?

  func run() throws {
    try MainActor.assumeIsolated {
      let folder = folder ?? sourceFolder.path + "/Bench/Golden"
      var table = TextTable(columns: ["model", "first loss", "loss 20", "worst difference"])
      var wrong: [String] = []
      for task in try selection.tasks {
        progress(task.id)
        let losses = try verify(Trainer(task, TrainingData(task, seed: selection.seed)))
        let path = "\(folder)/\(task.id).csv"
        if write {
          try CSVFile(path, columns: ["step", "loss"]).append(
            losses.enumerated().map { ["\($0)", "\($1)"] })
        }
        let kept = try CSVTable(path)["loss"].map { Float($0) ?? .nan }
        let worst = worstDifference(losses, kept)
        // A NaN agrees with nothing.
        if !(worst <= lossTolerance) { wrong.append(task.id) }
        table.rows.append([
          task.id, "\(losses.first!)", "\(losses.last!)", String(format: "%.0e", worst),
        ])
      }
      progress(nil)
      table.print()
      if !wrong.isEmpty {
        throw WrongResult(
          "other losses than those kept: \(wrong.joined(separator: ", ")). If that was meant: "
            + "bench golden --write")
      }
    }
  }
}

/// How far apart two losses may be, relative to the greater.
let lossTolerance: Float = 1e-4

/// The greatest relative difference of two traces; NaN where one is none, infinite if their lengths
/// differ.
func worstDifference(_ ours: [Float], _ theirs: [Float]) -> Float {
  if ours.count != theirs.count { return .infinity }
  return zip(ours, theirs).reduce(0) { worst, pair in
    let (a, b) = pair
    let difference = abs(a - b) / max(abs(a), abs(b), .leastNormalMagnitude)
    return difference.isNaN ? .nan : max(worst, difference)
  }
}
