import ArgumentParser
import Foundation
import Neuronika
import NeuronikaBenchmarking

/// A `bench` as a side: a program that is launched anew for each turn, so that chance in the layout of
/// a process's memory is drawn anew, too.
nonisolated final class ProcessSide: Side {
  let name: String
  private let path: String
  private let settings: [String]

  init(_ name: String, _ path: String, _ options: BenchOptions, _ surroundings: Surroundings) {
    self.name = name
    self.path = path
    settings = [
      "--threads", "\(surroundings.fingerprint.threads)", "--seed", "\(options.selection.seed)",
      "--random", "\(options.selection.random)",
    ]
  }

  /// The benchmarks it has, the controls among them.
  func list() throws -> [String] { try launch(["--list"]).map { $0[0] } }

  func calibrate(_ ids: [String], target: Double) throws -> [Int] {
    let rows = try launch(["--target", "\(target)"] + ids)
    let counts = Dictionary(rows.map { ($0[0], Int($0.last!) ?? 1) }) { first, _ in first }
    return ids.map { counts[$0] ?? 1 }
  }

  /// Each launch warms up by itself.
  func warmUp(_ requests: [Request]) {}

  func turns(_ requests: [Request]) throws -> [Turn] {
    let rows = try launch(requests.map { "\($0.id)=\($0.iterations)" })
    return try zip(requests, rows).map { request, row in
      guard row.count == 4, row[0] == request.id, let nanoseconds = Double(row[1]),
        let iterations = Int(row[2]), let interruptions = Int(row[3])
      else {
        throw Revision.Failure(
          description: "\(name) answered \"\(row.joined(separator: " "))\" for \(request.id)")
      }
      return Turn(
        nanoseconds: nanoseconds, iterations: iterations, interruptions: interruptions)
    }
  }

  /// What an iteration of each does.
  func counters(_ ids: [String]) throws -> [String: Counters] {
    var counters: [String: Counters] = [:]
    for row in try launch(["--count"] + ids) where row.count == 3 {
      counters[row[0], default: Counters()].values[row[1]] = Int(row[2])
    }
    return counters
  }

  /// - Returns: The words of each line it wrote.
  private func launch(_ arguments: [String]) throws -> [[String]] {
    let result = Tool.run(path, ["turns"] + settings + arguments)
    switch result.status {
    case 0: break
    case ExitStatus.wrongResult.rawValue:
      throw WrongResult("\(name): " + result.errors.trimmingCharacters(in: .newlines))
    default:
      throw Revision.Failure(
        description: "\(name) can't be measured (status \(result.status)): \(path) turns\n"
          + result.errors)
    }
    return result.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
  }
}

/// The other end of ``ProcessSide``.
struct TurnsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "turns", abstract: "Do turns for another bench.", shouldDisplay: false)

  @Flag(help: "Write the names of the benchmarks.")
  var list = false
  @Flag(help: "Write the counters instead.")
  var count = false
  @Option(help: "Write how many iterations reach so many nanoseconds.")
  var target: Double?
  @Option(help: "Do so many training steps of the first benchmark, and write the peak of memory.")
  var steps: Int?
  @Option var threads: Int
  @Option var seed: UInt64 = 1
  @Option var random = 0
  @Argument(help: "Names, with the iterations of a turn: mlp-128=10.")
  var requests: [String] = []

  func run() throws {
    try MainActor.assumeIsolated {
      setThreads(threads)
      var selection = try Selection.parse([])
      (selection.seed, selection.random) = (seed, random)
      let all = steps == nil ? try selection.benchmarks + Benchmark.controls : []
      if let steps { return try train(steps, selection) }
      if list { return all.forEach { print($0.id) } }
      let side = LocalSide("bench", all, clock: SystemClock())
      let wanted = requests.map { request in
        let parts = request.split(separator: "=").map(String.init)
        return Request(parts[0], iterations: parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
      }
      for id in wanted.map(\.id) where !all.contains(where: { $0.id == id }) {
        throw UsageFailure(description: "there is no benchmark \"\(id)\"")
      }
      if count {
        for id in wanted.map(\.id) {
          let counters = try side.prepare(id).count()
          for (name, number) in counters.values { print(id, name, number) }
        }
      } else if let target {
        for id in wanted.map(\.id) {
          try side.prepare(id).verify()
          print(id, try side.calibrate([id], target: target)[0])
        }
      } else {
        for request in wanted {
          try side.warmUp([request])
          let turn = try side.turns([request])[0]
          print(request.id, turn.nanoseconds, turn.iterations, turn.interruptions)
        }
      }
    }
  }

  /// What a program of a user does: a model, data, steps.
  @MainActor private func train(_ steps: Int, _ selection: Selection) throws {
    guard let task = try selection.tasks.first(where: { $0.id == requests.first }) else {
      throw UsageFailure(description: "there is no training step \"\(requests.first ?? "")\"")
    }
    let trainer = Trainer(task, TrainingData(task, seed: seed))
    for step in 0..<steps { _ = trainer.step(step) }
    print(OwnMemory.peak ?? 0)
  }
}
