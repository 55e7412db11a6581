import NeuronikaTensors
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct PhiloxTests {
  struct Vector: Sendable {
    let counter: [UInt32]
    let key: [UInt32]
    let result: [UInt32]
  }

  /// Source: Random123, `tests/kat_vectors`, the lines `philox4x32 10`.
  static let knownAnswers = [
    Vector(
      counter: [0, 0, 0, 0], key: [0, 0],
      result: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    Vector(
      counter: [.max, .max, .max, .max], key: [.max, .max],
      result: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
    Vector(
      counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
      key: [0xa409_3822, 0x299f_31d0],
      result: [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
  ]

  @Test("Philox gives the published known answers", arguments: knownAnswers)
  func known(_ vector: Vector) {
    let (c, k) = (vector.counter, vector.key)
    let block = Philox.block(counter: (c[0], c[1], c[2], c[3]), key: (k[0], k[1]))
    #expect([block.0, block.1, block.2, block.3] == vector.result)
  }

  @Test("A fill holds the blocks of its stream, however long it is", arguments: 0...70)
  func words(_ count: Int) {
    let (seed, stream): (UInt64, UInt64) = (0xDEAD_BEEF_0123_4567, 0xFEDC_BA98_7654_3210)
    // Near here the low half of the block number overflows into the high half.
    let position = 4 * ((1 << 32) - 5)
    var words = [UInt32](repeating: 0, count: count)
    words.withUnsafeMutableBufferPointer {
      Philox.words($0, seed: seed, stream: stream, position: position)
    }
    for (i, word) in words.enumerated() {
      let block = Philox.block(seed: seed, stream: stream, index: UInt64((position + i) / 4))
      #expect(word == [block.0, block.1, block.2, block.3][i % 4])
    }
  }

  @Test("A fill in parts has the bits of the whole", arguments: [4, 12, 2044, 2048, 4100])
  func parts(_ part: Int) {
    let count = 9001
    typealias Fill = (UnsafeMutableBufferPointer<Float>, Int) -> Void
    let fills: [Fill] = [
      { Philox.uniform($0, in: -1..<3, seed: 5, stream: 6, position: $1) },
      { Philox.bernoulli($0, probability: 0.3, seed: 5, stream: 6, position: $1) },
      {
        Philox.normal($0, mean: 1, standardDeviation: 2, seed: 5, stream: 6, position: $1)
      },
    ]
    for fill in fills {
      let whole = Tensor(uninitialized: [count]) { fill($0, 0) }
      let inParts = Tensor(uninitialized: [count]) { out in
        for start in stride(from: 0, to: count, by: part) {
          fill(UnsafeMutableBufferPointer(rebasing: out[start..<min(start + part, count)]), start)
        }
      }
      #expect(whole == inParts)
    }
  }

  @Test("A shorter fill is the beginning of a longer one", arguments: 1...40)
  func prefixes(_ count: Int) {
    let draw = Draw(seed: 1, number: 2)
    #expect(draw.normal(Shape(count)) == draw.normal([64])[0..<count])
    #expect(draw.uniform(Shape(count)) == draw.uniform([64])[0..<count])
  }

  @Test(
    "Uniform numbers stay within their range and below its end",
    arguments: [
      0..<1, -1..<1, 0..<Float.leastNonzeroMagnitude, 1..<1.0000001, -3e38..<0,
      16_777_216..<16_777_218,
    ]
      as [Range<Float>])
  func uniformRange(_ range: Range<Float>) {
    let numbers = Draw(seed: 3, number: 4).uniform([100_000], in: range).elements
    #expect(numbers.allSatisfy(range.contains))
  }

  @Test("Uniform numbers have the moments of the uniform distribution")
  func uniformMoments() {
    let numbers = Draw(seed: 11, number: 0).uniform([1_000_000]).elements.map(Double.init)
    let mean = numbers.reduce(0, +) / 1e6
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1e6
    #expect(abs(mean - 0.5) < 5 * 0.2887 / 1000)
    #expect(abs(variance - 1.0 / 12) < 5 * 0.0745 / 1000)
  }

  @Test("Normal numbers are Box's and Muller's, to float precision")
  func normalAgainstDouble() {
    let count = 100_000
    let draw = Draw(seed: 17, number: 5)
    var words = [UInt32](repeating: 0, count: count)
    words.withUnsafeMutableBufferPointer { Philox.words($0, seed: 17, stream: 5) }
    let numbers = draw.normal([count]).elements
    var worst = 0.0
    for pair in 0..<(count / 2) {
      // The lower 30 bits make an angle of at most half a quarter turn to either side.
      let second = words[2 * pair + 1]
      let angle = (Double(second & 0x3FFF_FFFF) / 0x1p30 - 0.5) + Double(second >> 30)
      let radius = (-2 * log1p((Double(words[2 * pair]) + 1 - 0x1p32) / 0x1p32)).squareRoot()
      let (x, y) = (radius * cos(angle * .pi / 2), radius * sin(angle * .pi / 2))
      worst = max(worst, abs(Double(numbers[2 * pair]) - x) / max(radius, 1e-9))
      worst = max(worst, abs(Double(numbers[2 * pair + 1]) - y) / max(radius, 1e-9))
    }
    #expect(worst < 4e-7)
  }

  @Test("Normal numbers have the moments and tails of the normal distribution")
  func normalMoments() {
    let numbers = Draw(seed: 11, number: 1).normal([1_000_000]).elements.map(Double.init)
    func moment(_ power: Double) -> Double { numbers.reduce(0) { $0 + pow($1, power) } / 1e6 }
    #expect(abs(moment(1)) < 5 * 1 / 1000)
    #expect(abs(moment(2) - 1) < 5 * 1.415 / 1000)
    #expect(abs(moment(3)) < 5 * 3.88 / 1000)
    #expect(abs(moment(4) - 3) < 5 * 9.8 / 1000)
    let outside = numbers.count { abs($0) > 3 }
    #expect(abs(Double(outside) - 2699.8) < 5 * 52)
    let together = zip(numbers, numbers.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / 1e6
    #expect(abs(together) < 5.0 / 1000)
  }

  @Test("Mean and standard deviation shift and scale")
  func normalScaled() {
    let draw = Draw(seed: 1, number: 1)
    let plain = draw.normal([100]).elements
    #expect(
      draw.normal([100], mean: 3, standardDeviation: 2).elements == plain.map { 3 + 2 * $0 })
    #expect(draw.normal([9], mean: 3, standardDeviation: 0) == Tensor(repeating: 3, shape: [9]))
  }

  @Test("Bernoulli numbers meet their probability", arguments: [0, 1e-3, 0.25, 0.5, 0.9, 1])
  func bernoulli(_ probability: Double) {
    let numbers = Draw(seed: 2, number: 2).bernoulli([1_000_000], probability: probability)
    let ones = numbers.elements.count { $0 == 1 }
    let zeros = numbers.elements.count { $0 == 0 }
    #expect(ones + zeros == 1_000_000)
    let deviation = (1e6 * probability * (1 - probability)).squareRoot()
    #expect(abs(Double(ones) - 1e6 * probability) <= 5 * deviation)
  }

  @Test("A permutation holds every number once", arguments: [0, 1, 2, 3, 10, 1000, 100_000])
  func permutation(_ count: Int) {
    #expect(Draw(seed: 8, number: 1).permutation(count).sorted() == Array(0..<count))
  }

  @Test("All permutations of four are equally frequent, those that fix a place among them")
  func permutationsAreUniform() {
    var frequencies: [[Int]: Int] = [:]
    for number in 0..<24_000 {
      frequencies[Draw(seed: 9, number: UInt64(number)).permutation(4), default: 0] += 1
    }
    #expect(frequencies.count == 24)
    let chiSquared = frequencies.values.reduce(0.0) {
      $0 + (Double($1) - 1000) * (Double($1) - 1000) / 1000
    }
    #expect(chiSquared < 58)  // 23 degrees of freedom: p = 0.0001
  }

  @Test("A fill has to begin at a whole block")
  func unaligned() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var words: [UInt32] = [0]
      words.withUnsafeMutableBufferPointer { Philox.words($0, seed: 0, stream: 0, position: 2) }
    }
    expectMessage(result, "a fill begins at a multiple of 4, but position is 2")
  }
}

/// Expects a sentence in what a process that died has written.
func expectMessage(_ result: ExitTest.Result?, _ sentence: String) {
  let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  #expect(text.contains(sentence), "\(text)")
}
