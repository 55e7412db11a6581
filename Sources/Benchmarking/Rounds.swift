import Foundation

/// Base and head of one benchmark, measured twice each within moments: the unit of all statistics.
public struct Round: Equatable, Sendable {
  /// The benchmark's name.
  public let id: String
  /// Which round it was, from 0.
  public let number: Int
  /// Whether the order was base, head, head, base; else it was head, base, base, head. Both cancel a
  /// drift that is linear over the four.
  public let baseIsOutside: Bool
  /// The turns of the base, in the order they were done.
  public let base: [Turn]
  /// The turns of the head, in the order they were done.
  public let head: [Turn]

  /// - Parameters:
  ///   - id: The benchmark's name.
  ///   - number: Which round it was.
  ///   - baseIsOutside: Whether the order was base, head, head, base.
  ///   - base: Its turns, two, in the order they were done.
  ///   - head: Its turns, two.
  public init(id: String, number: Int, baseIsOutside: Bool, base: [Turn], head: [Turn]) {
    self.id = id
    self.number = number
    self.baseIsOutside = baseIsOutside
    self.base = base
    self.head = head
  }

  /// ln(head / base): 0 if they are equally fast.
  public var logRatio: Double { log(mean(head) / mean(base)) }

  /// What the same code seemed to differ by: ln(second / first) of either side, with the sign turned
  /// when the order was, so that a drift takes its side as often as a draw of the order does.
  public var sameSide: [Double] {
    let sign = baseIsOutside ? 1.0 : -1
    return [base, head].map { sign * log($0[1].nanoseconds / $0[0].nanoseconds) }
  }

  /// Whether other work took the processor in the round.
  public var isDisturbed: Bool { (base + head).contains { $0.interruptions > 0 } }

  private func mean(_ turns: [Turn]) -> Double {
    turns.reduce(0) { $0 + $1.nanoseconds } / Double(turns.count)
  }
}

/// Two sides in turns.
public struct Rounds {
  private let base: any Side
  private let head: any Side
  private var random: SplitMix
  private var iterations: [String: Int] = [:]
  private var next = 0

  /// - Parameters:
  ///   - base: The side that is compared with.
  ///   - head: The side in question.
  ///   - seed: Of the orders.
  public init(base: any Side, head: any Side, seed: UInt64) {
    self.base = base
    self.head = head
    random = SplitMix(seed: seed)
  }

  /// Finds the iterations of a turn, the same for both sides, and warms both up.
  public mutating func prepare(_ ids: [String], target: Double) throws {
    let counts = try [base, head].map { try $0.calibrate(ids, target: target) }
    for (id, (one, other)) in zip(ids, zip(counts[0], counts[1])) {
      iterations[id] = max(one, other)
    }
    for side in [base, head] { try side.warmUp(ids.map(request)) }
  }

  /// Measures all benchmarks once more, in an order drawn anew.
  public mutating func round(_ ids: [String]) throws -> [Round] {
    let number = next
    next += 1
    // Which of them begins may make a difference, too.
    for side in Bool.random(using: &random) ? [base, head] : [head, base] {
      try side.beginRound()
    }
    return try ids.shuffled(using: &random).map { id in
      let request = [request(id)]
      let baseIsOutside = Bool.random(using: &random)
      let (outer, inner) = baseIsOutside ? (base, head) : (head, base)
      let first = try outer.turns(request)[0]
      let second = try inner.turns(request)[0]
      let third = try inner.turns(request)[0]
      let fourth = try outer.turns(request)[0]
      return Round(
        id: id, number: number, baseIsOutside: baseIsOutside,
        base: baseIsOutside ? [first, fourth] : [second, third],
        head: baseIsOutside ? [second, third] : [first, fourth])
    }
  }

  private func request(_ id: String) -> Request {
    guard let count = iterations[id] else {
      fatalError("Rounds: \"\(id)\" is measured without having been prepared")
    }
    return Request(id, iterations: count)
  }
}
