import NeuronikaTensors

extension Variable {
  /// The leaky rectified linear unit: x where x > 0 and slope · x elsewhere.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** the upstream gradient where x > 0 and slope · upstream elsewhere, at 0 too.
  ///
  /// **Numerics:** correctly rounded. NaN stays NaN. The slope is an operand: a changed one compiles
  /// nothing.
  ///
  /// **Source:** Maas, Hannun and Ng, *Rectifier nonlinearities improve neural network acoustic
  /// models*, ICML 2013, section 2.
  ///
  /// - Parameter slope: The slope below 0, any number; it gets no gradient.
  public func leakyRelu(slope: Float = 0.01) -> Self {
    Self(apply(LeakyRelu(), node, scalar(slope)))
  }
}

package struct LeakyRelu: Operation {
  package static let name = "leakyRelu"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[1].rank == 0 else {
      throw ShapeError("the slope is a scalar, but has shape \(operands[1])")
    }
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    let slope = x[1].elements[0]
    return x[0].map { $0 > 0 ? $0 : slope * $0 }
  }

  // Stated in the input: with a negative slope the output doesn't tell on which side it was.
  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [VarDiff(apply(ScaleUnlessPositive(), [x[0].node, upstream.node, x[1].node])), nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let x = Tile.operand(0)
    return .elementwise(x.isGreater(than: 0).select(x, else: .operand(1) * x))
  }
}

/// The second operand where the first is greater than 0, and elsewhere multiplied by the third, a
/// scalar: the pullback of `leakyRelu`.
package struct ScaleUnlessPositive: Operation {
  package static let name = "scaleUnlessPositive"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[0] == operands[1], operands[2].rank == 0 else {
      throw ShapeError(
        "takes two equal shapes and a scalar, not \(operands[0]), \(operands[1]) and "
          + "\(operands[2])")
    }
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    let slope = x[2].elements[0]
    return ReferenceTensor(
      shape: shape,
      elements: zip(x[0].elements, x[1].elements).map { $0 > 0 ? $1 : slope * $1 })
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [nil, VarDiff(apply(ScaleUnlessPositive(), [x[0].node, upstream.node, x[2].node])), nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(
      Tile.operand(0).isGreater(than: 0)
        .select(.operand(1), else: .operand(2) * .operand(1)))
  }
}
