import NeuronikaTensors

/// Random numbers one after another, for what draws few of many kinds: an image.
///
/// Made of additions, multiplications and square roots only, which IEEE 754 rounds alike on every
/// machine; logarithms and sines differ in their last bits from library to library.
struct RandomWords {
  private let seed: UInt64
  private let stream: UInt64
  private var index: UInt64 = 0
  private var block: Philox.Block = (0, 0, 0, 0)
  private var left = 0

  /// - Parameters:
  ///   - seed: The key of the generator.
  ///   - stream: Which of its sequences, such as the number of the image.
  init(seed: UInt64, stream: UInt64) {
    self.seed = seed
    self.stream = stream
  }

  /// 32 random bits.
  mutating func next() -> UInt32 {
    if left == 0 {
      block = Philox.block(seed: seed, stream: stream, index: index)
      index += 1
      left = 4
    }
    left -= 1
    defer { block = (block.1, block.2, block.3, 0) }
    return block.0
  }

  /// A number drawn uniformly between two.
  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * (Double(next()) * 0x1p-32)
  }

  /// A whole number from 0 to `bound` − 1.
  mutating func below(_ bound: Int) -> Int { Int((UInt64(next()) * UInt64(bound)) >> 32) }

  /// A number of mean 0 and standard deviation 1 that is nearly normal: the sum of four uniform
  /// bytes. Never beyond 3.5.
  mutating func bell() -> Double {
    let word = next()
    let sum = (word & 255) + (word >> 8 & 255) + (word >> 16 & 255) + word >> 24
    // A byte has the variance (256² − 1) / 12.
    return (Double(sum) - 510) / (4.0 * 65535 / 12).squareRoot()
  }
}
