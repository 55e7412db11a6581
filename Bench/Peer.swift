import Foundation

/// Another implementation: a process that does a turn on request. `Peers/training.py` and
/// `Peers/agreement.py` tell the lines they speak.
final class Peer {
  /// Like `PyTorch`.
  let name: String
  /// Like `2.8.0`.
  let version: String
  private let program: Conversation

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Starts the process and waits until the framework is loaded.
  ///
  /// - Parameters:
  ///   - script: A program among `Peers`.
  ///   - arguments: What it is told.
  ///   - python: A path or a name on the PATH.
  init(_ script: String, _ arguments: [String], python: String) throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Peers/" + script)
    let executable = try Peer.executable(python)
    // Without leaving compiled files beside the sources.
    do { program = try Conversation(executable, ["-B", script.path] + arguments) } catch {
      throw Failure(description: "`\(python)` could not be run")
    }
    let words = program.hear() ?? []
    guard words.first == "ready", words.count >= 3 else {
      if words.first == "missing" {
        throw Failure(description: words.dropFirst().joined(separator: " "))
      }
      program.terminate()
      throw Failure(description: "`\(python)` could not be run")
    }
    name = words[1..<words.count - 1].joined(separator: " ")
    version = words[words.count - 1]
  }

  /// Builds the model of a task.
  ///
  /// - Returns: A note on how it is set up.
  /// - Throws: `Failure` if it can't do the task, with the reason.
  func prepare(_ task: TrainingTask) throws -> String {
    try ask("prepare \(task.id)").joined(separator: " ")
  }

  /// The losses from the initial weights on, for as many steps as our own.
  ///
  /// - Parameter seed: That weights and batches were made of.
  func history(_ task: TrainingTask, seed: UInt64) throws -> LossHistory {
    let count = LossHistory.length
    let numbers = try ask("history \(task.id) \(count)").map { Double($0) ?? .nan }
    guard numbers.count == 2 * count else {
      throw Failure(description: "\(name) gave \(numbers.count / 2) losses instead of \(count)")
    }
    return LossHistory(
      task: task, implementation: name, seed: seed,
      points: (0..<count).map { (numbers[2 * $0], Float(numbers[2 * $0 + 1])) })
  }

  /// The time of some steps from the initial weights, in nanoseconds a step.
  func time(_ task: TrainingTask, warmup: Int, steps: Int) throws -> Double {
    let answer = try ask("time \(task.id) \(warmup) \(steps)")
    guard let first = answer.first, let nanoseconds = Double(first) else {
      throw Failure(description: "\(name) answered \(answer) instead of a time")
    }
    return nanoseconds / Double(steps)
  }

  func quit() {
    _ = program.ask("quit")
    program.end(waiting: true)
  }

  /// Does a request.
  ///
  /// - Returns: The words of the answer.
  /// - Throws: `Failure` with what the peer says instead.
  func ask(_ request: String) throws -> [String] {
    guard let words = program.ask(request) else {
      throw Failure(description: "\(name) ended at `\(request)`")
    }
    switch words.first {
    case "ok": return Array(words.dropFirst())
    case "error":
      let reason = words.dropFirst().joined(separator: " ")
      throw Failure(description: "\(name), at `\(request)`: \(reason)")
    case "declined": throw Failure(description: words.dropFirst().joined(separator: " "))
    default:
      throw Failure(
        description: "\(name) answered `\(request)` by `\(words.joined(separator: " "))`")
    }
  }

  /// The program of a path, or of a name on the PATH.
  ///
  /// - Throws: `Failure` if there is none.
  @discardableResult
  static func executable(_ name: String) throws -> String {
    let search = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let folders = name.contains("/") ? [""] : search.split(separator: ":").map { $0 + "/" }
    let paths = folders.map { $0 + name }
    guard let path = paths.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw Failure(description: "there is no Python `\(name)`; --python names one")
    }
    return path
  }
}

// MARK: Frameworks that train

extension Peer {
  /// PyTorch with images in another order in memory: beside PyTorch where there are convolutions.
  static let channelsLast = "PyTorch channels-last"

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

  /// Starts all frameworks that are there, and prints which are and which are not.
  ///
  /// - Parameter isWanted: Whether one of such a name is to be started.
  static func all(
    tasks: URL, threads: Int, python: String, where isWanted: (String) -> Bool
  ) -> [Peer] {
    [
      ("torch", "PyTorch"), ("torch-channels-last", channelsLast),
      ("torch-compile", "PyTorch compile"), ("jax", "JAX"), ("numpy", "NumPy"),
    ].filter { isWanted($0.1) }.compactMap { framework, name in
      do {
        let peer = try Peer(framework: framework, tasks: tasks, threads: threads, python: python)
        print("peer: \(peer.name) \(peer.version)")
        return peer
      } catch {
        print("skipped: \(name): \(error)")
        return nil
      }
    }
  }
}
