/// What counts as a difference, and how much is measured before one is named.
public struct Policy: Codable, Equatable, Sendable {
  /// A ratio this far from 1 is no difference worth a word.
  public var threshold = 0.03
  /// Nor is one of so many nanoseconds an iteration.
  public var absoluteFloor = 1.0
  /// The chance that any of all benchmarks is called different when none is.
  public var significance = 0.05
  /// Rounds of the first look, which only sorts.
  public var screenRounds = 12
  /// Fresh rounds for what the first look didn't find equivalent.
  public var decisionRounds = 30

  /// 3 %, 1 ns, α = 5 %, 12 and 30 rounds.
  public init() {}
}
