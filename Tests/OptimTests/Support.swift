import NeuronikaGraphs
import NeuronikaOptim
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// An optimizer's formula for one number, told in `Double`: an independent statement of what the
/// optimizers do.
struct Formula: Sendable {
  /// From weight, gradient, memory and step (from 1) the new weight; changes the memory.
  let step: @Sendable (Double, Double, inout [Double], Int) -> Double

  init(_ step: @escaping @Sendable (Double, Double, inout [Double], Int) -> Double) {
    self.step = step
  }
}

/// A variant of an optimizer with its formula.
struct Variant: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let make: @Sendable ([VarDiff]) -> any Optimizer
  let formula: Formula

  init(
    _ name: String, _ formula: Formula,
    _ make: @escaping @Sendable ([VarDiff]) -> any Optimizer
  ) {
    (testDescription, self.formula, self.make) = (name, formula, make)
  }
}

/// Shapes of one tile, of several that don't end with one, of a number, and of nothing.
let shapes: [Shape] = [Shape(13), Shape(1), Shape(30, 101), Shape(), Shape(0)]

func makeParameters(_ shapes: [Shape], seed: UInt64 = 1) -> [VarDiff] {
  let source = RandomSource(seed: seed)
  return shapes.map { Var.randn($0, using: source).requiresGrad() }
}

/// Runs an optimizer and its formula side by side.
///
/// - Returns: The greatest difference of a weight.
func worstDifference(_ variant: Variant, steps: Int, seed: UInt64 = 2) -> Double {
  let parameters = makeParameters(shapes)
  var weights = parameters.map { $0.data.elements.map(Double.init) }
  var memories = weights.map { $0.map { _ in [Double](repeating: 0, count: 3) } }
  let optimizer = variant.make(parameters)
  let source = RandomSource(seed: seed)
  for step in 1...steps {
    for (index, parameter) in parameters.enumerated() {
      let gradient = Tensor.randn(parameter.shape, using: source)
      parameter.grad = gradient
      for (place, number) in gradient.elements.enumerated() {
        weights[index][place] = variant.formula.step(
          weights[index][place], Double(number), &memories[index][place], step)
      }
    }
    optimizer.step()
    optimizer.zeroGrad()
  }
  return zip(parameters, weights).reduce(0) { worst, pair in
    zip(pair.0.data.elements, pair.1).reduce(worst) {
      Swift.max($0, (Double($1.0) - $1.1).magnitude)
    }
  }
}

/// The sign, 0 of 0.
func sign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : 0 }

func expect(
  _ result: ExitTest.Result?, says sentence: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  #expect(text.contains(sentence), "\(text.prefix(400))", sourceLocation: sourceLocation)
}
