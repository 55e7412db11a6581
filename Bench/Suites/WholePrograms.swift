import Foundation
import Neuronika
import NeuronikaBenchmarking

/// What a user waits for: a program that starts and trains, and an epoch.
let wholeProgramBenchmarks: [Benchmark] = [
  Benchmark(
    "start-up/mlp-32", group: "programs", summary: "a process, from its start to its first step",
    work: Benchmark.Work(items: 1, unit: "starts")
  ) {
    // Its first answer is what is waited for; its end is no part of a start.
    var started: [Conversation] = []
    return Benchmark.Prepared(
      run: { iterations in
        for _ in 0..<iterations {
          guard let program = try? OwnMemory.training("mlp-32", steps: 1), program.hear() != nil
          else { fatalError("start-up/mlp-32: the program didn't answer") }
          started.append(program)
        }
      },
      reset: {
        for program in started { program.end() }
        started = []
      }, verify: { _ = try OwnMemory.ofTraining("mlp-32", steps: 1) })
  },
  Benchmark(
    "epoch/mlp-4000", group: "programs",
    summary: "4,000 images of 28 × 28 shuffled, batched by 128 and learnt",
    work: Benchmark.Work(items: 4000, unit: "images")
  ) {
    let task = trainingSteps.first { $0.id == "mlp-128" }!
    let made = MadeUpImages(4000)
    let data = try ImageDataset(images: made.images, labels: made.labels).reshaped(to: [784])
    let trainer = Trainer(task, TrainingData(task, seed: 1))
    return Benchmark.Prepared(
      run: { for _ in 0..<$0 { _ = epoch(trainer, data) } }, reset: { trainer.reset() },
      verify: {
        trainer.reset()
        let losses = (0..<5).flatMap { _ in epoch(trainer, data) }
        guard let first = losses.first, let last = losses.last, last < 0.9 * first else {
          throw WrongResult(
            "epoch/mlp-4000: the loss went from \(losses.first as Any) to "
              + "\(losses.last as Any)")
        }
      })
  },
]

/// Trains on all images once.
///
/// - Returns: The loss of each batch.
private func epoch(_ trainer: Trainer, _ data: ImageDataset) -> [Float] {
  data.shuffled(seed: 1).batches(of: 128, dropLast: true).map { x, y in
    let loss = trainer.loss(VarDiff(Var(x)), Var(y))
    loss.backward()
    trainer.update()
    return loss.item
  }
}

/// The memory of processes.
enum OwnMemory {
  /// The most bytes that this process ever had in memory, as `/proc` tells.
  nonisolated static var peak: Int? {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }

  /// The peak of a process of its own that trains.
  static func ofTraining(_ id: String, steps: Int) throws -> Int {
    let program = try training(id, steps: steps)
    defer { program.end() }
    guard let bytes = program.hear()?.first.flatMap({ Int($0) }) else {
      throw WrongResult("a process of its own could not train \(id)")
    }
    return bytes
  }

  /// Starts a process that trains, and then writes its peak.
  fileprivate static func training(_ id: String, steps: Int) throws -> Conversation {
    let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
    let threads = Surroundings.defaultThreads
    return try Conversation(
      path, ["turns", "--threads", "\(threads)", "--steps", "\(steps)", id])
  }
}
