import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import Testing

/// What an operation promises. The suites check every promise of every contract.
struct Contract: Sendable, CustomTestStringConvertible {
  /// The name of the public method.
  let name: String
  /// The types, conforming to `Operation`, that this contract is about.
  let covers: Set<String>
  let samples: [Sample]
  /// Mistakes, and what has to be said of them.
  var complaints: [Complaint] = []
  /// Equations that hold whatever the values are.
  var laws: [Law] = []
  /// The gradients chosen where there is none in mathematics.
  var kinks: [Kink] = []
  /// How far the engine may be from the specification, in units in the last place.
  var tolerance: Double = 0.5
  /// What a unit in the last place is taken of: each element, or the greatest of the tensor, as for
  /// sums, whose terms may cancel.
  var scale: ErrorScale = .element
  /// The same for gradients, always of the greatest element.
  var gradientTolerance: Double = 32
  /// A sample that is worth two threads; too large for the specification.
  var large: Sample?

  var testDescription: String { name }

  init(
    _ name: String, covers: Set<String>, _ samples: [Sample], complaints: [Complaint] = [],
    laws: [Law] = [], kinks: [Kink] = [], tolerance: Double = 0.5, scale: ErrorScale = .element,
    gradientTolerance: Double = 32, large: Sample? = nil
  ) {
    (self.name, self.covers, self.samples) = (name, covers, samples)
    (self.complaints, self.laws, self.kinks) = (complaints, laws, kinks)
    (self.tolerance, self.scale) = (tolerance, scale)
    self.gradientTolerance = gradientTolerance
    self.large = large
  }
}

enum ErrorScale { case element, greatest }

/// An application of an operation.
struct Sample: Sendable {
  let label: String
  let inputs: [Input]
  /// The shape that the result has to have, if it is not that of the first input.
  let result: Shape
  /// False where values are infinite or not numbers, or stand on a kink.
  var hasDerivatives = true
  let build: @Sendable ([VarDiff]) -> VarDiff

  init(
    _ label: String, _ inputs: [Input], to result: Shape? = nil, hasDerivatives: Bool = true,
    _ build: @escaping @Sendable ([VarDiff]) -> VarDiff
  ) {
    self.label = label
    self.inputs = inputs
    self.result = result ?? inputs[0].shape
    self.hasDerivatives = hasDerivatives
    self.build = build
  }

  var count: Int { inputs.reduce(result.count) { $0 + $1.shape.count } }

  func tensors() -> [Tensor] {
    var numbers = Numbers(named: label)
    return inputs.map { $0.tensor(&numbers) }
  }
}

/// An operand of a sample.
struct Input: Sendable {
  enum Values: Sendable {
    /// Even in a range, but none near a kink.
    case uniform(ClosedRange<Float>, kinks: [Float])
    /// As many different numbers in some order, so far apart that small changes keep it.
    case distinct
    case labels(below: Int)
    case given([Float])
  }

  let shape: Shape
  let values: Values
  var isDifferentiable = true

  static func real(
    _ shape: Shape, _ range: ClosedRange<Float> = -2...2, kinks: [Float] = []
  ) -> Input {
    Input(shape: shape, values: .uniform(range, kinks: kinks))
  }
  static func constant(_ shape: Shape, _ range: ClosedRange<Float> = -2...2) -> Input {
    Input(shape: shape, values: .uniform(range, kinks: []), isDifferentiable: false)
  }
  static func distinct(_ shape: Shape) -> Input { Input(shape: shape, values: .distinct) }
  static func labels(_ shape: Shape, below bound: Int) -> Input {
    Input(shape: shape, values: .labels(below: bound), isDifferentiable: false)
  }
  static func given(_ values: [Float], _ shape: Shape? = nil) -> Input {
    Input(shape: shape ?? Shape(values.count), values: .given(values))
  }

  func tensor(_ numbers: inout Numbers) -> Tensor {
    switch values {
    case .uniform(let range, let kinks):
      let elements = (0..<shape.count).map { _ in
        var value = numbers.float(range)
        for kink in kinks where abs(value - kink) < 0.05 { value = kink + 0.1 }
        return value
      }
      return Tensor(elements, shape: shape)
    case .distinct:
      var elements = (0..<shape.count).map { Float($0) * 0.25 - Float(shape.count) * 0.125 }
      for place in elements.indices.reversed() {
        elements.swapAt(place, numbers.int(below: place + 1))
      }
      return Tensor(elements, shape: shape)
    case .labels(let bound):
      return Tensor((0..<shape.count).map { _ in Float(numbers.int(below: bound)) }, shape: shape)
    case .given(let elements):
      return Tensor(elements, shape: shape)
    }
  }
}

/// A mistake, and the end of the sentence that has to be said of it.
struct Complaint: Sendable {
  let sentence: String
  let mistake: @Sendable () throws(ShapeError) -> Void

  init(_ sentence: String, _ mistake: @escaping @Sendable () throws(ShapeError) -> Void) {
    self.sentence = sentence
    self.mistake = mistake
  }

  /// A broken shape rule.
  static func shapes(
    _ operation: some Operation, _ shapes: Shape..., says sentence: String
  ) -> Complaint {
    Complaint(sentence) { () throws(ShapeError) in _ = try operation.shape(of: Shapes(shapes)) }
  }
}

/// An equation.
struct Law: Sendable {
  let label: String
  let inputs: [Input]
  let sides: @Sendable ([VarDiff]) -> (VarDiff, VarDiff)

  init(
    _ label: String, _ inputs: [Input],
    _ sides: @escaping @Sendable ([VarDiff]) -> (VarDiff, VarDiff)
  ) {
    self.label = label
    self.inputs = inputs
    self.sides = sides
  }
}

/// A gradient chosen where mathematics leaves a choice.
struct Kink: Sendable {
  let place: Float
  let slope: Float
  let function: @Sendable (VarDiff) -> VarDiff

  init(
    at place: Float, slope: Float, of function: @escaping @Sendable (VarDiff) -> VarDiff
  ) {
    (self.place, self.slope, self.function) = (place, slope, function)
  }
}

/// A leaf, without the engine's help.
func leaf(_ tensor: Tensor, isDifferentiable: Bool = true) -> VarDiff {
  VarDiff(
    Node(
      Leaf(), Operands(), shape: tensor.shape, isDifferentiable: isDifferentiable, kind: .leaf,
      state: LeafState(tensor)))
}

extension Sample {
  /// Leaves of the sample's values.
  ///
  /// - Parameter aliased: Whether differentiable inputs of one shape are one leaf.
  func leaves(aliased: Bool = false) -> [VarDiff] {
    var known: [Shape: VarDiff] = [:]
    return zip(inputs, tensors()).map { input, tensor in
      if aliased, input.isDifferentiable, let same = known[input.shape] { return same }
      let leaf = leaf(tensor, isDifferentiable: input.isDifferentiable)
      if input.isDifferentiable { known[input.shape] = leaf }
      return leaf
    }
  }

  /// Whether two differentiable inputs have one shape, so that they may be one variable.
  var canBeAliased: Bool {
    let shapes = inputs.filter(\.isDifferentiable).map(\.shape)
    return Set(shapes).count < shapes.count
  }
}
