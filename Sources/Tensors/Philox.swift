/// The counter-based random number generator Philox 4×32-10.
///
/// It is a pure function: 128 bits of counter and 64 bits of key in, 128 random bits out. There is
/// no state to hand from one number to the next, so any part of a sequence can be computed alone,
/// and results don't depend on how work is split.
///
/// **Source:** J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: *Parallel random numbers: as
/// easy as 1, 2, 3*, SC '11. The constants are those of the Random123 library.
public enum Philox {
  /// Four 32-bit words: a counter, or the random bits made of one.
  public typealias Block = (UInt32, UInt32, UInt32, UInt32)

  /// The bijection itself: ten rounds.
  ///
  /// - Parameters:
  ///   - counter: Which block. Distinct counters give distinct blocks.
  ///   - key: Which of the 2⁶⁴ bijections.
  @inlinable @inline(__always)
  public static func block(counter: Block, key: (UInt32, UInt32)) -> Block {
    var (c0, c1, c2, c3) = counter
    var (k0, k1) = key
    // Written out by hand, the compiler turns a loop over blocks into vector code.
    round(&c0, &c1, &c2, &c3, &k0, &k1)
    round(&c0, &c1, &c2, &c3, &k0, &k1)
    round(&c0, &c1, &c2, &c3, &k0, &k1)
    round(&c0, &c1, &c2, &c3, &k0, &k1)
    round(&c0, &c1, &c2, &c3, &k0, &k1)
    round(&c0, &c1, &c2, &c3, &k0, &k1)
    round(&c0, &c1, &c2, &c3, &k0, &k1)
    round(&c0, &c1, &c2, &c3, &k0, &k1)
    round(&c0, &c1, &c2, &c3, &k0, &k1)
    round(&c0, &c1, &c2, &c3, &k0, &k1)
    return (c0, c1, c2, c3)
  }

  /// One round, and the step of the key after it.
  @inlinable @inline(__always)
  static func round(
    _ c0: inout UInt32, _ c1: inout UInt32, _ c2: inout UInt32, _ c3: inout UInt32,
    _ k0: inout UInt32, _ k1: inout UInt32
  ) {
    let left = UInt64(c0) &* 0xD251_1F53
    let right = UInt64(c2) &* 0xCD9E_8D57
    let high = UInt32(truncatingIfNeeded: right >> 32) ^ c1 ^ k0
    let low = UInt32(truncatingIfNeeded: left >> 32) ^ c3 ^ k1
    c0 = high
    c1 = UInt32(truncatingIfNeeded: right)
    c2 = low
    c3 = UInt32(truncatingIfNeeded: left)
    k0 = k0 &+ 0x9E37_79B9
    k1 = k1 &+ 0xBB67_AE85
  }

  /// Block number `index` of a stream.
  ///
  /// - Parameters:
  ///   - seed: The key.
  ///   - stream: One of 2⁶⁴ sequences that belong to the seed.
  ///   - index: The place in the stream, counted in blocks of four words.
  @inlinable @inline(__always)
  public static func block(seed: UInt64, stream: UInt64, index: UInt64) -> Block {
    block(
      counter: (
        UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
        UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)
      ),
      key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
  }
}
