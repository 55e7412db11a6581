import CNeuronikaTiles
import Testing

/// Pooling and resampling with channels last, against loops over one float at a time. All operands end
/// at a page that can't be touched.
@Suite struct WindowTests {
  /// Every number of channels up to two vectors and a half: whole ones, tails and both.
  static let channels = Array(1...40)

  @Test(arguments: channels)
  func theGreatestOfEachWindowIsFound(channels: Int) {
    forEachCase(channels) { windows, x, numbers in
      var expected = [Float](repeating: 0, count: windows.outputCount)
      windows.forEach { expected[$0] = x[windows.greatest(x, $1)] }
      check(windows, [x], windows.outputCount, expected, &numbers) { y, operands, v, first, last in
        nk_max_pool(y, operands[0], v, first, last)
      }
    }
  }

  @Test(arguments: channels)
  func whatStandsAtTheGreatestIsSelected(channels: Int) {
    forEachCase(channels) { windows, x, numbers in
      let s = floats(x.count, special: true, &numbers)
      var expected = [Float](repeating: 0, count: windows.outputCount)
      windows.forEach { expected[$0] = s[windows.greatest(x, $1)] }
      check(windows, [x, s], windows.outputCount, expected, &numbers) {
        y, operands, v, first, last in
        nk_max_pool_select(y, operands[0], operands[1], v, first, last)
      }
    }
  }

  @Test(arguments: channels)
  func gradientsAreRoutedToTheGreatest(channels: Int) {
    forEachCase(channels) { windows, x, numbers in
      let g = quarters(windows.outputCount, &numbers)
      let expected = routed(windows, x, g)
      check(windows, [x, g], windows.inputCount, expected, wholeImages: true, &numbers) {
        y, operands, v, first, last in
        nk_max_pool_route(y, operands[0], operands[1], v, first, last)
      }
    }
  }

  @Test(arguments: [16, 32, 48])
  func gradientsAreRoutedInBlocksOfSixteenChannels(channels: Int) {
    var count = 0
    forEachCase(channels) { windows, x, numbers in
      var isPossible = false
      windows.withTables {
        var v = $0
        isPossible = nk_can_route_blocked(&v) != 0
      }
      guard isPossible else { return }
      count += 1
      let g = quarters(windows.outputCount, &numbers)
      let pixels = windows.input[1] * windows.input[2]
      var expected = [Float](repeating: 0, count: windows.inputCount)
      for (place, share) in routed(windows, x, g).enumerated() {
        let (pixel, channel) = (place / channels % pixels, place % channels)
        let block = place / (channels * pixels) * (channels / 16) + channel / 16
        expected[(block * pixels + pixel) * 16 + channel % 16] = share
      }
      check(windows, [x, g], windows.inputCount, expected, wholeImages: true, &numbers) {
        y, operands, v, first, last in
        nk_max_pool_route_blocked(y, operands[0], operands[1], v, first, last)
      }
    }
    #expect(count > 0)
  }

  /// Numbers whose sums are exact in any order.
  private func quarters(_ count: Int, _ numbers: inout Numbers) -> [Float] {
    (0..<count).map { _ in Float(numbers.int(-20..<21)) / 4 }
  }

  private func routed(_ windows: Windows, _ x: [Float], _ g: [Float]) -> [Float] {
    var result = [Float](repeating: 0, count: windows.inputCount)
    windows.forEach {
      let place = windows.greatest(x, $1)
      if !windows.isRectified || x[place] > 0 { result[place] += g[$0] }
    }
    return result
  }

  @Test(arguments: channels)
  func weightedSumsAgreeWithDoubleMathematics(channels: Int) {
    forEachCase(channels) { windows, x, numbers in
      var (expected, sizes) = ([Double](), [Double]())
      windows.forEach { _, taps in
        let terms = taps.map { Double(x[$0.place]) * Double($0.weight) }
        expected.append(terms.reduce(0, +))
        sizes.append(terms.reduce(0) { $0 + $1.magnitude })
      }
      run(windows, [x], windows.outputCount, wholeImages: false, &numbers) {
        y, operands, v, first, last in
        nk_resample(y, operands[0], v, first, last)
      } check: { sums in
        let isRight = sums.indices.allSatisfy { place in
          let (sum, truth) = (Double(sums[place]), expected[place])
          if truth.isNaN { return sum.isNaN }
          if truth.isInfinite { return sum == truth }
          return (sum - truth).magnitude <= 4e-6 * sizes[place]
        }
        #expect(isRight, "\(windows)")
      }
    }
  }

  @Test func weightsOfZeroAndOneCopyBits() {
    var numbers = Numbers(seed: 5)
    let windows = Windows(
      images: 2, input: [1, 1, 4], channels: 19,
      rows: [[[(0, 1)]], [[(0, 1)]], [[(3, 1)], [(0, 1)], [(0, 1)]]])
    let x = floats(windows.inputCount, special: false, &numbers)
    var expected = [Float](repeating: 0, count: windows.outputCount)
    windows.forEach { expected[$0] = x[$1[0].place] }
    check(windows, [x], windows.outputCount, expected, &numbers) { y, operands, v, first, last in
      nk_resample(y, operands[0], v, first, last)
    }
  }

  // MARK: Cases

  /// Windows of all kinds over numbers of all kinds.
  private func forEachCase(
    _ channels: Int, _ body: (Windows, _ x: [Float], inout Numbers) -> Void
  ) {
    var numbers = Numbers(seed: UInt64(channels) &* 7919)
    for turn in 0..<24 {
      let windows = Windows.random(channels: channels, partitions: turn % 2 == 0, &numbers)
      body(windows, floats(windows.inputCount, special: turn % 3 == 0, &numbers), &numbers)
    }
    for turn in 0..<12 {
      let windows = Windows.squares(channels: channels, isPartition: turn % 2 == 0, &numbers)
      body(windows, floats(windows.inputCount, special: turn % 3 == 0, &numbers), &numbers)
    }
  }

  /// Few different numbers, so that many are equal; some of them NaN and infinite.
  private func floats(_ count: Int, special: Bool, _ numbers: inout Numbers) -> [Float] {
    (0..<count).map { _ in
      let draw = numbers.int(0..<12)
      if special && draw < 3 { return [Float.nan, .infinity, -.infinity][draw] }
      return Float(numbers.int(-4..<5)) / 2
    }
  }

  private typealias Kernel = (
    UnsafeMutablePointer<Float>, [UnsafeMutablePointer<Float>], UnsafePointer<nk_windows>, Int, Int
  ) -> Void

  private func check(
    _ windows: Windows, _ operands: [[Float]], _ count: Int, _ expected: [Float],
    wholeImages: Bool = false, _ numbers: inout Numbers, _ kernel: Kernel
  ) {
    run(windows, operands, count, wholeImages: wholeImages, &numbers, kernel) { result in
      // Zeros of either sign are one.
      let isRight = sameBits(result.map { $0 + 0 }, expected.map { $0 + 0 })
      #expect(isRight, "\(windows)")
    }
  }

  /// Runs a kernel on all rows at once, then share by share as threads do, in any order; every row is
  /// some share's own.
  private func run(
    _ windows: Windows, _ operands: [[Float]], _ count: Int, wholeImages: Bool,
    _ numbers: inout Numbers, _ kernel: Kernel, check: ([Float]) -> Void
  ) {
    let unit = wholeImages ? windows.output[0] * windows.output[1] : 1
    let total = windows.rowCount / unit
    let (a, b) = (numbers.int(0..<total + 1), numbers.int(0..<total + 1))
    let cuts = [0, min(a, b), max(a, b), total].map { $0 * unit }
    let shares = [
      [(0, windows.rowCount)],
      [(cuts[2], cuts[3]), (cuts[0], cuts[1]), (cuts[1], cuts[2])],
    ]
    for share in shares {
      let fenced = operands.map { Fenced($0) }
      let y = Fenced([Float](repeating: -7, count: count))
      windows.withTables { tables in
        withUnsafePointer(to: tables) { tables in
          for (first, last) in share {
            kernel(y.start, fenced.map(\.start), tables, first, last)
          }
        }
      }
      check(y.values)
      #expect(y.isIntact && fenced.allSatisfy(\.isIntact), "a guard was overwritten: \(windows)")
      let isUntouched = zip(fenced, operands).allSatisfy { sameBits($0.values, $1) }
      #expect(isUntouched, "an operand was overwritten: \(windows)")
    }
    rowsOfOthersStay(windows, operands, count, unit, total, &numbers, kernel)
  }

  /// One share leaves alone what belongs to others.
  private func rowsOfOthersStay(
    _ windows: Windows, _ operands: [[Float]], _ count: Int, _ unit: Int, _ total: Int,
    _ numbers: inout Numbers, _ kernel: Kernel
  ) {
    let place = numbers.int(0..<total)
    let fenced = operands.map { Fenced($0) }
    let y = Fenced([Float](repeating: -7, count: count))
    windows.withTables { tables in
      withUnsafePointer(to: tables) {
        kernel(y.start, fenced.map(\.start), $0, place * unit, (place + 1) * unit)
      }
    }
    let share = count / total
    let result = y.values
    let isAlone =
      result[..<(place * share)].allSatisfy { $0 == -7 }
      && result[((place + 1) * share)...].allSatisfy { $0 == -7 }
    #expect(isAlone && y.isIntact, "\(windows), share \(place)")
  }
}
