import ArgumentParser
import Foundation
import NeuronikaBenchmarking

/// Where other frameworks are.
struct PeerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The Python that has the peers. (default: python3)", valueName: "path"))
  var python: String?

  /// A path or a name on the PATH.
  var path: String { python ?? "python3" }
}

/// The losses of a peer, which have agreed with ours.
struct PeerHistory {
  /// As they stand in `train.csv`.
  let rows: [[String]]
  /// The greatest relative difference from ours.
  let worst: Float

  /// Trains what the peer has prepared for as many steps as our own ``TrainingStep/history()``.
  ///
  /// - Parameter ours: Our first losses.
  /// - Throws: `WrongResult` if one differs by more than the tolerance.
  init(_ task: TrainingTask, _ peer: Peer, seed: UInt64, beside ours: [Float]) throws {
    let theirs = try peer.history(task, recordedSteps)
    var worst: Float = 0
    for (step, (a, b)) in zip(ours, theirs.map(\.loss)).enumerated() {
      let difference = abs(a - b) / max(abs(a), abs(b), .leastNormalMagnitude)
      // A NaN agrees with nothing.
      guard difference <= lossTolerance else {
        throw WrongResult(
          "\(task.id): the loss of step \(step) is \(a), but \(peer.name)'s is \(b)\n"
            + "  \(task.summary)")
      }
      worst = max(worst, difference)
    }
    self.worst = worst
    rows = theirs.enumerated().map { step, point in
      trainRow(
        task.id, peer.name, seed: seed, step: step, seconds: point.seconds, loss: point.loss)
    }
  }
}

/// PyTorch, for its losses beside ours in a run that doesn't time it.
final class LossPeer {
  private let seed: UInt64
  private let tasks: URL
  private var peer: Peer?

  /// Starts it, if losses are recorded at all and `--python` asks for it or the run is a full one.
  ///
  /// - Throws: `NothingCompared` if `--python` names a Python without PyTorch.
  init?(_ python: PeerOptions, _ options: BenchOptions, _ surroundings: Surroundings) throws {
    let steps = try options.selection.chosen.steps
    if steps.isEmpty || (python.python == nil && options.quick) { return nil }
    seed = options.selection.seed
    tasks = temporaryFile("tasks")
    let work = steps.map { (task: $0.task, data: TrainingData($0.task, seed: seed)) }
    do {
      try writeTasks(work, to: tasks)
      peer = try Peer(
        framework: "torch", tasks: tasks, threads: surroundings.fingerprint.threads,
        python: python.path)
    } catch let failure as Peer.Failure {
      quit()
      if python.python != nil {
        throw NothingCompared(description: "no PyTorch to compare losses with: \(failure)")
      }
      say("There is no PyTorch to compare losses with (--python names one): \(failure)")
      return nil
    }
  }

  /// Its losses, as they stand in `train.csv`; none if it can't do the task, which is told.
  ///
  /// - Throws: `WrongResult` if the first ones are not those of the step.
  func history(of step: TrainingStep) throws -> [[String]] {
    guard let peer else { return [] }
    do {
      _ = try peer.prepare(step.task)
    } catch {
      progress(nil)
      say("skipped: \(step.task.id): \(error)")
      return []
    }
    return try PeerHistory(
      step.task, peer, seed: seed, beside: step.trainer.losses(20)
    ).rows
  }

  /// Ends it; once is enough.
  func quit() {
    peer?.quit()
    peer = nil
    try? FileManager.default.removeItem(at: tasks)
  }
}

/// A place for what is handed to another process.
func temporaryFile(_ name: String) -> URL {
  FileManager.default.temporaryDirectory
    .appendingPathComponent("neuronika-\(name)-\(ProcessInfo.processInfo.processIdentifier)")
}

extension Peer {
  /// Starts a framework that trains.
  ///
  /// - Parameters:
  ///   - framework: One that `Peers/training.py` knows.
  ///   - tasks: The file with what is to be trained, from `writeTasks`.
  convenience init(framework: String, tasks: URL, threads: Int, python: String) throws {
    try self.init(
      "training.py",
      ["--framework", framework, "--threads", "\(threads)", "--tasks", tasks.path],
      python: python)
  }
}
