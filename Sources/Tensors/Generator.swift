/// One draw of random numbers: a tensor's worth, which depends on nothing but two numbers.
///
/// The same draw always gives the same numbers, however often, in whatever order, and on however
/// many threads it is asked.
public struct Draw: Sendable, Hashable {
  /// The key of the generator.
  public var seed: UInt64
  /// Which of the seed's streams.
  public var number: UInt64

  /// The draw with a given number.
  public init(seed: UInt64, number: UInt64) {
    self.seed = seed
    self.number = number
  }

  /// Numbers drawn uniformly from a range whose upper bound they never reach.
  public func uniform(_ shape: Shape, in range: Range<Float> = 0..<1) -> Tensor {
    Tensor(uninitialized: shape) {
      Philox.uniform($0, in: range, seed: seed, stream: number)
    }
  }

  /// Normally distributed numbers.
  public func normal(_ shape: Shape, mean: Float = 0, standardDeviation: Float = 1) -> Tensor {
    Tensor(uninitialized: shape) {
      Philox.normal(
        $0, mean: mean, standardDeviation: standardDeviation, seed: seed, stream: number)
    }
  }

  /// Ones, each with a probability between 0 and 1, and zeros.
  public func bernoulli(_ shape: Shape, probability: Double) -> Tensor {
    Tensor(uninitialized: shape) {
      Philox.bernoulli($0, probability: probability, seed: seed, stream: number)
    }
  }

  /// The numbers from 0 to `count` − 1 in random order, each order equally probable.
  ///
  /// **Source:** the shuffle of Fisher and Yates in Durstenfeld's form; unbiased bounded integers
  /// by D. Lemire: *Fast random integer generation in an interval*, ACM TOMACS 29 (2019).
  ///
  /// **Complexity:** O(count).
  public func permutation(_ count: Int) -> [Int] {
    guard count >= 0 else { stopProgram("permutation: the count is \(count), but at least 0") }
    return [Int](unsafeUninitializedCapacity: count) { order, initialized in
      for i in 0..<count { order[i] = i }
      initialized = count
      var words = WordReader(draw: self)
      var last = count - 1
      while last > 0 {
        // `last` itself is among the choices: leaving it out would be Sattolo's algorithm, which
        // never leaves anything in its place.
        let other = Int(words.next(below: UInt64(last) + 1))
        let kept = order[last]
        order[last] = order[other]
        order[other] = kept
        last -= 1
      }
    }
  }
}

/// Reads the words of a draw one after another, made in blocks.
private struct WordReader {
  let draw: Draw
  var buffer = [UInt32](repeating: 0, count: 1024)
  var next = 1024
  var position = 0

  mutating func nextWord() -> UInt64 {
    if next == buffer.count {
      buffer.withUnsafeMutableBufferPointer {
        Philox.words($0, seed: draw.seed, stream: draw.number, position: position)
      }
      position += buffer.count
      next = 0
    }
    defer { next += 2 }
    return UInt64(buffer[next]) | UInt64(buffer[next + 1]) << 32
  }

  mutating func next(below bound: UInt64) -> UInt64 {
    var product = nextWord().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = nextWord().multipliedFullWidth(by: bound) }
    }
    return product.high
  }
}

/// A generator of random numbers with value semantics: a seed, and the number of the next draw.
///
/// Every fill, whatever its size, takes one draw number. So how many numbers a fill has does not
/// change what the next one gives.
///
/// ```swift
/// var generator = Generator(seed: 7)
/// let noise = generator.draw().normal([64, 10])
/// let order = generator.draw().permutation(1000)
/// ```
public struct Generator: Sendable, Hashable {
  /// The seed: equal seeds draw equal numbers.
  public let seed: UInt64
  /// The number of the next draw.
  public private(set) var nextDraw: UInt64

  /// A generator.
  ///
  /// - Parameters:
  ///   - seed: Any number; none is better than another.
  ///   - nextDraw: The number of its first draw.
  public init(seed: UInt64, nextDraw: UInt64 = 0) {
    self.seed = seed
    self.nextDraw = nextDraw
  }

  /// Takes the next draw.
  public mutating func draw() -> Draw {
    defer { nextDraw &+= 1 }
    return Draw(seed: seed, number: nextDraw)
  }
}

extension Generator: RandomNumberGenerator {
  /// 64 random bits, for Swift's own `random(in:using:)` and `shuffled(using:)`. Takes one draw.
  public mutating func next() -> UInt64 {
    let draw = draw()
    let block = Philox.block(seed: draw.seed, stream: draw.number, index: 0)
    return UInt64(block.0) | UInt64(block.1) << 32
  }
}

extension Generator {
  /// The generator as integers `seed` and `draw`, each the same 64 bits read as a signed number.
  public var state: State {
    var state = State()
    state["seed"] = .integer(Int(bitPattern: UInt(seed)))
    state["draw"] = .integer(Int(bitPattern: UInt(nextDraw)))
    return state
  }

  /// The generator that a state describes.
  ///
  /// - Throws: `StateError` if a key is missing, superfluous or not an integer.
  public init(state: State) throws(StateError) {
    var reader = state.reader()
    let seed = try reader.integer("seed")
    let draw = try reader.integer("draw")
    try reader.finish()
    self.init(seed: UInt64(UInt(bitPattern: seed)), nextDraw: UInt64(UInt(bitPattern: draw)))
  }
}
