/// Finds how many iterations make a turn long enough for the clock.
public struct Calibration: Sendable {
  /// The least time of a turn, in nanoseconds.
  public let target: Double

  /// - Parameter target: The least time of a turn, in nanoseconds.
  public init(target: Double) { self.target = target }

  /// The least time of a turn that a clock can be trusted with: 1 ms, or a thousand of its steps.
  ///
  /// - Parameters:
  ///   - clock: What tells the time.
  ///   - wished: A longer time that the user asked for.
  public static func target(for clock: any BenchmarkClock, wished: Double = 0) -> Double {
    max(1e6, 1000 * clock.resolution, wished)
  }

  /// Doubles and scales the count until two readings in a row reach the target and agree within a
  /// tenth: one that was interrupted alone must not make the turns of all rounds too short.
  ///
  /// - Parameter time: Runs so many iterations and returns the nanoseconds that all of them took.
  /// - Returns: At least 1.
  public func iterations(_ time: (Int) -> Double) -> Int {
    var count = 1
    var earlier: Double?
    // Where no two readings ever agree, the last count is as good as any.
    for _ in 0..<60 {
      let taken = time(count)
      if taken < target {
        let factor = taken > 0 ? min(max(1.1 * target / taken, 1.1), 10) : 10
        count = max(count + 1, Int((Double(count) * factor).rounded(.up)))
        earlier = nil
        continue
      }
      if let earlier, max(earlier, taken) <= 1.1 * min(earlier, taken) { return count }
      earlier = taken
    }
    return count
  }
}

/// Runs turns until their times have settled: caches are filled, plans compiled, clocks raised.
public struct WarmUp: Sendable {
  private let limit: Int

  /// - Parameter limit: After so many turns it is over, settled or not; at least 3.
  public init(limit: Int = 30) { self.limit = max(limit, 3) }

  /// Runs turns until three in a row agree within 5 %.
  ///
  /// - Parameters:
  ///   - isLate: Asked after each turn; true ends it, as where a single turn is long enough to get warm.
  ///   - time: Does a turn and returns its time.
  /// - Returns: Whether they agreed before it was over.
  @discardableResult
  public func run(isLate: () -> Bool = { false }, _ time: () -> Double) -> Bool {
    var last: [Double] = []
    for _ in 0..<limit {
      last = last.suffix(2) + [time()]
      if last.count == 3, last.max()! <= 1.05 * last.min()! { return true }
      if isLate() { return false }
    }
    return false
  }
}
