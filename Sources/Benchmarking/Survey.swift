import Foundation

/// The turns of a benchmark that was measured by itself.
public struct Series: Equatable, Codable, Sendable {
  /// The benchmark's name.
  public let id: String
  /// All turns, in the order they were done.
  public var turns: [Turn]

  /// - Parameters:
  ///   - id: The benchmark's name.
  ///   - turns: All turns, in the order they were done.
  public init(_ id: String, turns: [Turn] = []) {
    self.id = id
    self.turns = turns
  }

  /// The times of an iteration, in nanoseconds.
  public var times: [Double] { turns.map(\.nanoseconds) }

  /// The median time of an iteration.
  public var median: Double { NeuronikaBenchmarking.median(times) }

  /// The shortest time of an iteration.
  public var least: Double { times.min() ?? .nan }

  /// The 95 % interval of the median; nil of less than 6 turns.
  public var interval: ClosedRange<Double>? { medianInterval(times) }

  /// How many turns were disturbed by other work.
  public var disturbed: Int { turns.count { $0.interruptions > 0 } }
}

/// One side measured by itself, in rounds of one turn for each benchmark.
public struct Survey {
  private let side: any Side
  private var random: SplitMix

  /// - Parameters:
  ///   - side: What is measured.
  ///   - seed: Of the order of turns.
  public init(_ side: any Side, seed: UInt64) {
    self.side = side
    random = SplitMix(seed: seed)
  }

  /// Measures benchmarks.
  ///
  /// - Parameters:
  ///   - ids: The benchmarks.
  ///   - rounds: How many turns each gets.
  ///   - target: The least time of a turn, in nanoseconds.
  ///   - isOver: Asked after each round from the 6th on; true ends it, as when time is up. Fewer
  ///     rounds would give no interval.
  ///   - progress: Is told how many rounds are done.
  ///   - record: Gets the turns of a round as they come.
  /// - Returns: A series for each benchmark, in the order of `ids`.
  public mutating func measure(
    _ ids: [String], rounds: Int, target: Double, isOver: () -> Bool = { false },
    progress: (Int) -> Void = { _ in },
    record: (_ round: Int, [(id: String, turn: Turn)]) throws -> Void = { _, _ in }
  ) throws -> [Series] {
    let requests = zip(ids, try side.calibrate(ids, target: target)).map {
      Request($0, iterations: $1)
    }
    try side.warmUp(requests)
    var series = ids.map { Series($0) }
    for round in 0..<rounds {
      if round >= 6, isOver() { break }
      var turns: [(id: String, turn: Turn)] = []
      for index in requests.indices.shuffled(using: &random) {
        let turn = try side.turns([requests[index]])[0]
        series[index].turns.append(turn)
        turns.append((ids[index], turn))
      }
      try record(round, turns)
      progress(round + 1)
    }
    return series
  }
}
