import Neuronika
import NeuronikaBenchmarking

/// What a random case is drawn with. It remembers the operands in the order in which they were drawn,
/// and the attributes by name: that is what a peer is told.
nonisolated struct Drawing {
  struct Operand {
    let tensor: Tensor
    let variable: VarDiff
    let isDifferentiable: Bool
  }

  private(set) var operands: [Operand] = []
  private(set) var attributes: [String: any Encodable] = [:]
  private var random: SplitMix

  /// The same seed and id give the same case, whatever else is drawn.
  init(seed: UInt64, id: String) {
    random = SplitMix(seed: seed)
    for byte in id.utf8 { random = SplitMix(seed: random.next() ^ UInt64(byte)) }
  }

  // Numbers.

  mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  mutating func float(_ range: ClosedRange<Float>) -> Float {
    random.uniform(range.lowerBound, range.upperBound)
  }

  mutating func double(_ range: ClosedRange<Double>) -> Double {
    Double.random(in: range, using: &random)
  }

  mutating func pick<T>(_ choices: [T]) -> T { choices.randomElement(using: &random)! }

  /// True once in so many times.
  mutating func once(in times: Int) -> Bool { int(1...times) == 1 }

  // Shapes.

  /// A shape of small extents, one in five of them 1; once in twelve times along an axis so long that
  /// it is worth two threads.
  mutating func shape(ranks: ClosedRange<Int> = 0...4, extents: ClosedRange<Int> = 1...9) -> Shape {
    var drawn = (0..<int(ranks)).map { _ in once(in: 5) ? extents.lowerBound : int(extents) }
    if !drawn.isEmpty, once(in: 12) {
      let room = 40_000 / drawn.reduce(1, *)
      drawn[int(0...drawn.count - 1)] *= int(1...min(room, 500))
    }
    return Shape(drawn)
  }

  /// A shape that broadcasts to another: without leading axes, some extents 1.
  mutating func part(of shape: Shape) -> Shape {
    let kept = shape.extents.dropFirst(once(in: 3) ? int(0...shape.rank) : 0)
    return Shape(kept.map { once(in: 5) ? 1 : $0 })
  }

  /// An extent of a matrix: once in six times a large one.
  mutating func length() -> Int { once(in: 6) ? int(20...150) : int(1...19) }

  // Operands.

  /// Numbers that are even in a range, but not within 0.05 of a kink.
  mutating func tensor(
    _ shape: Shape, _ range: ClosedRange<Float>, kinks: [Float] = []
  ) -> Tensor {
    let elements = (0..<shape.count).map { _ in
      var value = float(range)
      for kink in kinks where abs(value - kink) < 0.05 { value = kink + 0.1 }
      return value
    }
    return Tensor(elements, shape: shape)
  }

  /// An operand of these elements. Once in six times it is a constant.
  mutating func operand(_ tensor: Tensor) -> VarDiff {
    let isDifferentiable = !once(in: 6)
    let leaf = Var(tensor)
    let variable = isDifferentiable ? leaf.requiresGrad() : VarDiff(leaf)
    operands.append(
      Operand(tensor: tensor, variable: variable, isDifferentiable: isDifferentiable))
    return variable
  }

  /// An operand of numbers that are even in a range, but not near a kink.
  mutating func real(
    _ shape: Shape, _ range: ClosedRange<Float> = -2...2, kinks: [Float] = []
  ) -> VarDiff {
    operand(tensor(shape, range, kinks: kinks))
  }

  /// An operand without ties: evenly spaced numbers in a random order.
  ///
  /// - Parameter signed: Whether their signs are random; then their magnitudes don't tie either.
  mutating func distinct(
    _ shape: Shape, _ range: ClosedRange<Float> = -2...2, signed: Bool = false
  ) -> VarDiff {
    let step = (range.upperBound - range.lowerBound) / Float(shape.count)
    let elements = (0..<shape.count).shuffled(using: &random).map { place in
      let value = range.lowerBound + step * (Float(place) + 0.5)
      return signed && once(in: 2) ? -value : value
    }
    return operand(Tensor(elements, shape: shape))
  }

  /// Two operands whose shapes broadcast.
  mutating func pair(
    _ left: ClosedRange<Float> = -2...2, _ right: ClosedRange<Float> = -2...2, kinks: [Float] = []
  ) -> (VarDiff, VarDiff) {
    let whole = shape()
    return (real(part(of: whole), left), real(part(of: whole), right, kinks: kinks))
  }

  /// Whole numbers from 0 up to, but not including, a bound, as a constant operand.
  mutating func labels(_ shape: Shape, below bound: Int) -> Var {
    constant(Tensor((0..<shape.count).map { _ in Float(int(0...bound - 1)) }, shape: shape))
  }

  /// An operand of these elements that is constant.
  mutating func constant(_ tensor: Tensor) -> Var {
    let leaf = Var(tensor)
    operands.append(Operand(tensor: tensor, variable: VarDiff(leaf), isDifferentiable: false))
    return leaf
  }

  /// Draws the values of all that a module has to learn, and makes operands of them. The peer is told
  /// the names.
  mutating func learnables(of module: some Module) {
    let learnables = module.namedParameters
    for (_, parameter) in learnables {
      parameter.data = tensor(parameter.shape, -1...1)
      operands.append(
        Operand(tensor: parameter.data, variable: parameter, isDifferentiable: true))
    }
    _ = tell("learnables", learnables.map(\.name))
  }

  // Attributes.

  /// Tells the peer a number, which is exactly the `Float`.
  mutating func tell(_ name: String, _ value: Float) -> Float {
    attributes[name] = Double(value)
    return value
  }

  /// Tells the peer an attribute.
  mutating func tell<Value: Encodable>(_ name: String, _ value: Value) -> Value {
    attributes[name] = value
    return value
  }

  /// An axis; half of the time counted from the end.
  mutating func axis(of shape: Shape) -> Int {
    let axis = int(0...shape.rank - 1)
    return tell("axis", once(in: 2) ? axis : axis - shape.rank)
  }

  /// At least one axis, each once, in any order, some counted from the end.
  mutating func axes(of shape: Shape) -> [Int] {
    let chosen = (0..<shape.rank).shuffled(using: &random).prefix(int(1...shape.rank))
    return tell("axes", chosen.map { once(in: 2) ? $0 : $0 - shape.rank })
  }

  /// All axes in a random order.
  mutating func order(of shape: Shape) -> [Int] {
    tell("order", (0..<shape.rank).shuffled(using: &random))
  }
}

/// The axis counted from the front.
nonisolated func fromFront(_ axis: Int, of shape: Shape) -> Int {
  axis < 0 ? axis + shape.rank : axis
}
