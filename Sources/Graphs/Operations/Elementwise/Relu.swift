import NeuronikaTensors

extension Variable {
  /// The rectified linear unit, max(x, 0), element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** the upstream gradient where x > 0, and 0 elsewhere: relu′(0) = 0.
  ///
  /// **Numerics:** exact. NaN stays NaN.
  ///
  /// **Source:** Nair and Hinton, *Rectified linear units improve restricted Boltzmann machines*,
  /// ICML 2010.
  public func relu() -> Self { Self(apply(Relu(), node)) }
}

package struct Relu: Operation {
  package static let name = "relu"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { $0.isNaN ? $0 : Swift.max($0, 0) }
  }

  // Stated in the output, so that the input need not outlive a product that the engine folds this
  // into.
  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [VarDiff(apply(WherePositive(), output.node, upstream.node))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(.unary(.relu, .operand(0)))
  }
}

/// The second operand where the first is greater than 0, and 0 elsewhere: the pullback of `relu`.
package struct WherePositive: Operation {
  package static let name = "wherePositive"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[0] == operands[1] else {
      throw ShapeError("the shapes differ: \(operands[0]) and \(operands[1])")
    }
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(
      shape: shape,
      elements: zip(x[0].elements, x[1].elements).map { $0 > 0 ? $1 : 0 })
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [nil, VarDiff(apply(WherePositive(), x[0].node, upstream.node))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).isGreater(than: 0).select(.operand(1), else: 0))
  }
}
