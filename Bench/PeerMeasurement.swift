import Foundation
import NeuronikaBenchmarking

/// Trains the same tasks here and in the peers, in turns, and keeps what is to be printed and written.
struct PeerMeasurement {
  private let peers: [Peer]
  private let options: BenchOptions
  /// Between turns, in seconds.
  private let pause: Double
  private var random: SplitMix

  private(set) var comparisons: [PeerComparison] = []
  /// Each step beside what it can't do without.
  private(set) var limits: [(task: TrainingTask, times: PairedTimes)] = []
  /// Rows of `samples.csv` and of `train.csv`.
  private(set) var samples: [[String]] = []
  private(set) var history: [[String]] = []

  init(_ peers: [Peer], _ options: BenchOptions, pause: Double) {
    (self.peers, self.options, self.pause) = (peers, options, pause)
    random = SplitMix(seed: options.selection.seed)
  }

  /// Verifies a step, here and in the peers, and measures it in those that can do it.
  ///
  /// - Throws: `WrongResult` if losses don't agree.
  mutating func measure(_ step: TrainingStep) throws {
    let task = step.task
    try verify(step.trainer)
    let able = try prepare(step)
    if able.isEmpty { return }

    let steps = try stepsPerTurn(step, able)
    var sides: [(name: String, time: (_ warmup: Int) throws -> Double)] = [
      ("neuronika", { step.trainer.time(warmup: $0, steps: steps) })
    ]
    sides += able.map { peer in
      (peer.name, { try peer.time(task, warmup: $0, steps: steps) })
    }
    if let limit = Limit(task) {
      sides.append(("limit", { limit.time(warmup: $0, steps: steps) }))
    }
    var times = [[Double]](repeating: [], count: sides.count)
    for round in 0..<options.rounds {
      for side in times.indices.shuffled(using: &random) {
        Thread.sleep(forTimeInterval: pause)
        times[side].append(try sides[side].time(steps / 10 + 2))
      }
      progress("\(task.id): round \(round + 1) of \(options.rounds)")
    }
    progress(nil)

    for (side, sideTimes) in zip(sides, times) {
      samples += sideTimes.enumerated().map {
        sampleRow(task.id, side.name, round: $0, Turn(nanoseconds: $1, iterations: steps))
      }
    }
    for (side, theirs) in zip(sides, times).dropFirst() {
      let paired = PairedTimes(ours: times[0], theirs: theirs)
      if side.name == "limit" {
        limits.append((task, paired))
      } else {
        comparisons.append(PeerComparison(task: task, peer: side.name, times: paired))
      }
    }
  }

  /// The peers that can do a task, with the same losses as ours, which is printed.
  private mutating func prepare(_ step: TrainingStep) throws -> [Peer] {
    let task = step.task
    let ours = step.history()
    history += ours.rows
    var able: [(peer: Peer, note: String)] = []
    for peer in peers where peer.name != Peer.channelsLast || task.isConvolutional {
      progress("\(task.id): preparing \(peer.name)")
      do {
        able.append((peer, "\(peer.name) \(try peer.prepare(task))"))
      } catch {
        progress(nil)
        print("skipped: \(task.id): \(error)")
        continue
      }
      let theirs = try peer.history(task, seed: options.selection.seed)
      let worst = try ours.difference(from: theirs)
      able[able.count - 1].note += String(format: ", losses within %.0e", worst)
      history += theirs.rows
    }
    progress(nil)
    if !able.isEmpty {
      print("\n\(task.id): \(task.summary) · " + able.map(\.note).joined(separator: " · "))
    }
    return able.map(\.peer)
  }

  /// The same number of steps for all: 150 ms of ours, but no more than 1.5 s of the slowest. The pause
  /// cools the clock and the caches; fewer steps would measure that.
  private func stepsPerTurn(_ step: TrainingStep, _ peers: [Peer]) throws -> Int {
    let seconds = options.quick ? 0.04 : 0.15
    let slowest = try peers.map { try $0.time(step.task, warmup: 2, steps: 10) }.max()!
    return max(3, min(step.trainer.steps(taking: seconds), Int(seconds * 10e9 / slowest)))
  }
}
