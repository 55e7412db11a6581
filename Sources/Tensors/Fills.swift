#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Fills of whole buffers with random numbers.
///
/// Element *i* of a fill is a pure function of (seed, stream, position + *i*). So a fill may be cut
/// into parts that are computed apart, in any order, on any number of threads, with the same bits.
/// `position` is where in the stream the buffer begins, counted in elements and divisible by 4.
extension Philox {
  private typealias Words = UnsafeMutablePointer<UInt32>

  /// How many elements are made at a time: their words stay in the first-level cache.
  private static let chunk = 2048

  /// Fills with the words of the stream themselves.
  public static func words(
    _ out: UnsafeMutableBufferPointer<UInt32>, seed: UInt64, stream: UInt64, position: Int = 0
  ) {
    guard let base = out.baseAddress else { return }
    words(base, out.count, seed: seed, stream: stream, position: position)
  }

  @inline(never)
  private static func words(
    _ out: Words, _ count: Int, seed: UInt64, stream: UInt64, position: Int
  ) {
    if position & 3 != 0 || position < 0 {
      stopProgram("Philox: a fill begins at a multiple of 4, but position is \(position)")
    }
    let first = UInt64(position) / 4
    let whole = count / 4
    let raw = UnsafeMutableRawPointer(out)
    var index = 0
    // Four blocks at a time; the compiler does not find this form of the loop itself.
    while index + 4 <= whole {
      raw.storeBytes(
        of: fourBlocks(seed: seed, stream: stream, index: first &+ UInt64(index)),
        toByteOffset: 16 * index, as: SIMD8<UInt64>.self)
      index += 4
    }
    while index < whole {
      let (w0, w1, w2, w3) = block(seed: seed, stream: stream, index: first &+ UInt64(index))
      out[4 * index] = w0
      out[4 * index + 1] = w1
      out[4 * index + 2] = w2
      out[4 * index + 3] = w3
      index += 1
    }
    if count & 3 != 0 {
      let last = block(seed: seed, stream: stream, index: first &+ UInt64(whole))
      out[4 * whole] = last.0
      if count & 3 > 1 { out[4 * whole + 1] = last.1 }
      if count & 3 > 2 { out[4 * whole + 2] = last.2 }
    }
  }

  /// Four successive blocks, as they lie in (little-endian) memory.
  @inline(__always)
  private static func fourBlocks(seed: UInt64, stream: UInt64, index: UInt64) -> SIMD8<UInt64> {
    typealias Lanes = SIMD4<UInt64>
    let mask = Lanes(repeating: 0xFFFF_FFFF)
    let number = Lanes(repeating: index) &+ Lanes(0, 1, 2, 3)
    // The low half of every lane counts. A product of two masked lanes is one instruction, and
    // masking costs nothing there.
    var c0 = number
    var c1 = number &>> 32
    var c2 = Lanes(repeating: stream)
    var c3 = Lanes(repeating: stream >> 32)
    // A local function called ten times: as a loop, the compiler packs the two keys into one vector
    // and spends its time on shuffles.
    @inline(__always) func round(_ number: UInt64) {
      let k0 = (seed &+ number &* 0x9E37_79B9) & 0xFFFF_FFFF
      let k1 = ((seed >> 32) &+ number &* 0xBB67_AE85) & 0xFFFF_FFFF
      let left = (c0 & mask) &* Lanes(repeating: 0xD251_1F53)
      let right = (c2 & mask) &* Lanes(repeating: 0xCD9E_8D57)
      c0 = (right &>> 32) ^ c1 ^ Lanes(repeating: k0)
      c2 = (left &>> 32) ^ c3 ^ Lanes(repeating: k1)
      c1 = right
      c3 = left
    }
    round(0)
    round(1)
    round(2)
    round(3)
    round(4)
    round(5)
    round(6)
    round(7)
    round(8)
    round(9)
    var blocks = SIMD8<UInt64>()
    blocks.evenHalf = (c0 & mask) | (c1 &<< 32)
    blocks.oddHalf = (c2 & mask) | (c3 &<< 32)
    return blocks
  }

  /// Makes the words of `out` in place, one chunk after another, and lets `convert` turn each chunk
  /// into floats. `convert` gets the first element, the number of elements, and never a chunk that
  /// splits a block.
  @inline(__always)
  private static func inChunks(
    _ out: UnsafeMutableBufferPointer<Float>, seed: UInt64, stream: UInt64, position: Int,
    _ convert: (UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    guard let base = out.baseAddress else { return }
    var done = 0
    while done < out.count {
      let count = min(chunk, out.count - done)
      let floats = base + done
      floats.withMemoryRebound(to: UInt32.self, capacity: count) {
        words($0, count, seed: seed, stream: stream, position: position + done)
      }
      convert(floats, count)
      done += count
    }
  }

  /// Fills with numbers drawn uniformly from a range.
  ///
  /// **Numerics:** 24 random bits each, the precision of a `Float`: lower + width · k / 2²⁴,
  /// rounded. Where rounding would reach the upper bound the number below it is taken.
  ///
  /// - Parameter range: The numbers wanted; its upper bound is never reached. Neither empty, nor
  ///   wider than the greatest finite `Float`.
  public static func uniform(
    _ out: UnsafeMutableBufferPointer<Float>, in range: Range<Float> = 0..<1, seed: UInt64,
    stream: UInt64, position: Int = 0
  ) {
    let (lower, width) = (range.lowerBound, range.upperBound - range.lowerBound)
    guard width > 0, width.isFinite else {
      stopProgram("uniform: the range \(range) is empty or wider than a Float can say")
    }
    let step = width * 0x1p-24
    let greatest = range.upperBound.nextDown
    inChunks(out, seed: seed, stream: stream, position: position) { floats, count in
      for i in 0..<count {
        let bits = Float(Int32(truncatingIfNeeded: floats[i].bitPattern >> 8))
        let value = lower + step * bits
        floats[i] = value < greatest ? value : greatest
      }
    }
  }

  /// Fills with ones, each with probability `probability`, and zeros.
  ///
  /// **Numerics:** the probability is met to 2⁻³².
  ///
  /// - Parameter probability: From 0 (never) to 1 (always).
  public static func bernoulli(
    _ out: UnsafeMutableBufferPointer<Float>, probability: Double, seed: UInt64, stream: UInt64,
    position: Int = 0
  ) {
    guard probability >= 0, probability <= 1 else {
      stopProgram("bernoulli: a probability lies between 0 and 1, but this one is \(probability)")
    }
    if probability == 1 { return out.initialize(repeating: 1) }
    let threshold = UInt32(min((probability * 0x1p32).rounded(), 0x1p32 - 1))
    inChunks(out, seed: seed, stream: stream, position: position) { floats, count in
      for i in 0..<count {
        floats[i] = floats[i].bitPattern < threshold ? 1 : 0
      }
    }
  }

  /// Fills with normally distributed numbers.
  ///
  /// The method is Box's and Muller's: of two uniform numbers u, v it makes the two independent
  /// normal ones √(−2 ln u) · cos 2πv and √(−2 ln u) · sin 2πv.
  ///
  /// **Numerics:** u has 32 bits, so the tails reach 6.66 standard deviations. The error is at most
  /// 4 · 10⁻⁷ of the radius √(−2 ln u). Logarithm, root, sine and cosine are polynomials, made of
  /// additions and multiplications only, so that every machine draws the same bits.
  ///
  /// **Source:** G. E. P. Box, M. E. Muller: *A note on the generation of random normal deviates*,
  /// Ann. Math. Stat. 29 (1958).
  ///
  /// - Parameters:
  ///   - mean: The mean.
  ///   - standardDeviation: The standard deviation, at least 0.
  public static func normal(
    _ out: UnsafeMutableBufferPointer<Float>, mean: Float = 0, standardDeviation: Float = 1,
    seed: UInt64, stream: UInt64, position: Int = 0
  ) {
    guard standardDeviation >= 0, standardDeviation.isFinite, mean.isFinite else {
      stopProgram(
        "normal: mean \(mean) and standard deviation \(standardDeviation) have to be finite, "
          + "and the latter at least 0")
    }
    inChunks(out, seed: seed, stream: stream, position: position) { floats, count in
      let raw = UnsafeMutableRawPointer(floats)
      var i = 0
      while i + 16 <= count {
        let words = raw.loadUnaligned(fromByteOffset: 4 * i, as: SIMD16<UInt32>.self)
        let result = mean + standardDeviation * boxMuller(words)
        raw.storeBytes(of: result, toByteOffset: 4 * i, as: SIMD16<Float>.self)
        i += 16
      }
      if i < count {
        // The rest, and the partner of an odd last element, whose word lies beyond the end.
        var words = SIMD16<UInt32>()
        for lane in 0..<(count - i) { words[lane] = floats[i + lane].bitPattern }
        if count & 1 == 1 {
          let last = position + (floats - out.baseAddress!) + count - 1
          let block = block(seed: seed, stream: stream, index: UInt64(last / 4))
          words[count - i] = last & 2 == 0 ? block.1 : block.3
        }
        let result = mean + standardDeviation * boxMuller(words)
        for lane in 0..<(count - i) { floats[i + lane] = result[lane] }
      }
    }
  }
}

private typealias Floats = SIMD8<Float>
private typealias Bits = SIMD8<UInt32>

/// Two independent standard normal numbers out of 2 × 32 random bits, eight times.
@inline(__always)
private func boxMuller(_ words: SIMD16<UInt32>) -> SIMD16<Float> {
  let (first, second) = (words.evenHalf, words.oddHalf)
  // u = (first + 1) / 2³², in (0, 1]. Near 1, where a Float says little about 1 − u, the complement
  // of the word says it exactly; otherwise small radii would be coarse.
  let u = (number(first) + 1) * 0x1p-32
  let radius = squareRoot(-2 * logarithm(u, less1: number(~first) * -0x1p-32))

  // 2πv: two bits choose the quadrant, the rest an angle between −π/4 and π/4 in it.
  let angle = (number(second &<< 2) - 0x1p31) * (0x1p-32 * Float.pi / 2)
  let square = angle * angle
  // The minimax polynomials of Cephes' sinf and cosf (S. L. Moshier).
  var sine = square * -1.951_529_589e-4 + 8.332_160_873_6e-3
  sine = (sine * square - 1.666_665_461_1e-1) * square * angle + angle
  var cosine = square * 2.443_315_711_809_948e-5 - 1.388_731_625_493_765e-3
  cosine = (cosine * square + 4.166_664_568_298_827e-2) * square * square - 0.5 * square + 1
  // Quarter turns: (c, s), (−s, c), (−c, −s), (s, −c).
  let quadrant = second &>> 30
  let odd = 0 &- (quadrant & 1)
  let change = (bits(sine) ^ bits(cosine)) & odd
  let flipX = ((quadrant ^ (quadrant &>> 1)) & 1) &<< 31
  let flipY = (quadrant & 2) &<< 30
  var pairs = SIMD16<Float>()
  pairs.evenHalf = radius * floats(bits(cosine) ^ change ^ flipX)
  pairs.oddHalf = radius * floats(bits(sine) ^ change ^ flipY)
  return pairs
}

/// The natural logarithm of numbers in (0, 1], given u − 1 as well: Cephes' logf without branches.
@inline(__always)
private func logarithm(_ u: Floats, less1: Floats) -> Floats {
  // u = m · 2^e with m between √½ and √2. The exponent is lifted by 128, which 0 alone reaches.
  let shifted = bits(u) &+ (0x4000_0000 &- 0x3f35_04f3)
  let lifted = shifted &>> 23
  let exponent = number(lifted) - 128
  let zero = 0 &- (lifted &>> 7)
  let m = floats((shifted & 0x007f_ffff) &+ 0x3f35_04f3)
  let f = floats((bits(less1) & zero) | (bits(m - 1) & ~zero))
  let square = f * f
  var p = f * 7.037_683_629_2e-2 - 1.151_461_031_0e-1
  p = p * f + 1.167_699_874_0e-1
  p = p * f - 1.242_014_084_6e-1
  p = p * f + 1.424_932_278_7e-1
  p = p * f - 1.666_805_766_5e-1
  p = p * f + 2.000_071_476_5e-1
  p = p * f - 2.499_999_399_3e-1
  p = p * f + 3.333_333_117_4e-1
  let y = p * f * square - 2.121_944_40e-4 * exponent - 0.5 * square
  return f + y + 0.693_359_375 * exponent
}

/// The square root of numbers that aren't negative, within 2 units in the last place: Newton's
/// iteration for 1/√x, from the well-known first guess. `squareRoot()` of a SIMD type is a scalar
/// call for each lane, which makes everything around it scalar.
@inline(__always)
private func squareRoot(_ x: Floats) -> Floats {
  var y = floats(0x5f37_59df &- (bits(x) &>> 1))
  let half = 0.5 * x
  y = y * (1.5 - half * y * y)
  y = y * (1.5 - half * y * y)
  y = y * (1.5 - half * y * y)
  return x * y
}

@inline(__always) private func bits(_ x: Floats) -> Bits { unsafeBitCast(x, to: Bits.self) }
@inline(__always) private func floats(_ x: Bits) -> Floats { unsafeBitCast(x, to: Floats.self) }

/// Whole numbers as floats, rounded to nearest. Both halves of the word are put into the mantissa
/// of a number of known exponent: SIMD types convert lane by lane only.
@inline(__always)
private func number(_ x: Bits) -> Floats {
  let high = floats((x &>> 16) | 0x4b00_0000) - 0x1p23
  let low = floats((x & 0xFFFF) | 0x4b00_0000) - 0x1p23
  return high * 0x1p16 + low
}
