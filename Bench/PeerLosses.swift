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

/// PyTorch, for its losses beside ours in a run that doesn't time it.
final class LossPeer {
  private let seed: UInt64
  private let tasks: URL
  private var peer: Peer?

  /// Starts it, if losses are recorded at all and `--python` asks for it or the run is a full one.
  ///
  /// - Throws: `NothingCompared` if `--python` names a Python without PyTorch.
  init?(
    _ python: PeerOptions, _ options: BenchOptions, _ surroundings: inout Surroundings
  ) throws {
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
      surroundings.note(peer!)
    } catch let failure as Peer.Failure {
      quit()
      if python.python != nil {
        throw NothingCompared(description: "no PyTorch to compare losses with: \(failure)")
      }
      say("There is no PyTorch to compare losses with (--python names one): \(failure)")
      return nil
    }
  }

  /// Its losses; nil if it can't do the task, which is told.
  ///
  /// - Parameter ours: What the first of them have to agree with.
  func history(of task: TrainingTask, beside ours: LossHistory) throws -> LossHistory? {
    guard let peer else { return nil }
    do {
      _ = try peer.prepare(task)
    } catch {
      progress(nil)
      say("skipped: \(task.id): \(error)")
      return nil
    }
    let theirs = try peer.history(task, seed: seed)
    _ = try ours.difference(from: theirs)
    return theirs
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
