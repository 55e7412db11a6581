import ArgumentParser
import Foundation
import Neuronika
import NeuronikaBenchmarking

/// A `bench` as a side: a program that is launched anew for each round, twice, so that chance in the
/// layout of a process's memory is drawn anew, too. The two take turns, and between those of the two
/// sides lie moments only.
nonisolated final class ProcessSide: Side {
  let name: String
  private let path: String
  private let settings: [String]
  /// Those of the round.
  private var launched: [Conversation] = []
  private var done = 0

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

  func beginRound() throws {
    end()
    // Threads that wait for work spin, by default for some 8 ms, and would be in the others' way.
    let environment = ["GOMP_SPINCOUNT": "30000"]
    do {
      launched = try (0..<2).map { _ in
        try Conversation(path, ["turns"] + settings + ["--serve"], environment: environment)
      }
    } catch {
      throw Revision.Failure(description: "\(name): \(path) could not be started")
    }
  }

  func turns(_ requests: [Request]) throws -> [Turn] {
    let program = launched[done % launched.count]
    done += 1
    return try requests.map { request in
      guard let words = program.ask("\(request.id)=\(request.iterations)") else {
        throw Revision.Failure(
          description: "\(name) ended at \(request.id): \(path) turns --serve "
            + "(revisions before 1b881f1 can't take turns)")
      }
      guard words.count == 4, words[0] == request.id, let nanoseconds = Double(words[1]),
        let iterations = Int(words[2]), let interruptions = Int(words[3])
      else {
        throw Revision.Failure(
          description: "\(name) answered \"\(words.joined(separator: " "))\" for \(request.id)")
      }
      return Turn(
        nanoseconds: nanoseconds, iterations: iterations, interruptions: interruptions)
    }
  }

  /// Ends the programs.
  func end() {
    for program in launched { program.end() }
    (launched, done) = ([], 0)
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
  @Flag(help: "Read such names from standard input, and answer each with its turn.")
  var serve = false
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
      // It warms up anew at each request, and most of it is warm after the first.
      let side = LocalSide("bench", all, clock: SystemClock(), warmingUp: 1e7)
      if serve { return try answer(side) }
      let wanted = requests.map(Request.init)
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
      }
    }
  }

  /// Does a turn for each line, warm.
  @MainActor private func answer(_ side: LocalSide) throws {
    while let line = readLine() {
      let request = Request(line)
      // What ran before it in another process: its threads spin a little longer.
      Thread.sleep(forTimeInterval: 0.001)
      try side.warmUp([request])
      let turn = try side.turns([request])[0]
      print(request.id, turn.nanoseconds, turn.iterations, turn.interruptions)
      fflush(nil)
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
    fflush(nil)
  }
}

extension Request {
  /// From a name with the iterations of a turn, like `mlp-128=10`.
  fileprivate init(_ text: String) {
    let parts = text.split(separator: "=").map(String.init)
    self.init(parts.first ?? "", iterations: parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
  }
}
