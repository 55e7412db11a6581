import Foundation

/// A small seeded generator, independent of the library that is measured.
///
/// **Source:** G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014, figure 14; the mixing function is D. Stafford's variant 13, as in S. Vigna's
/// `splitmix64.c`.
public struct SplitMix: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Starts a sequence that depends on the seed only.
  public init(seed: UInt64) { state = seed }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number from `low` up to, but without, `high`; 24 random bits.
  public mutating func uniform(_ low: Float, _ high: Float) -> Float {
    low + (high - low) * Float(next() >> 40) * 0x1p-24
  }

  /// A number in (0, 1], uniform; 53 random bits.
  public mutating func uniform() -> Double { Double((next() >> 11) + 1) * 0x1p-53 }

  /// A number with the standard exponential distribution: mean 1, and as skewed as times are.
  public mutating func exponential() -> Double { -log(uniform()) }

  /// A number with the standard normal distribution, by the transform of Box and Muller.
  public mutating func normal() -> Double {
    (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
  }
}
