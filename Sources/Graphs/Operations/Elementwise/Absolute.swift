import NeuronikaTensors

extension Variable {
  /// The absolute value, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** upstream · sign(x), 0 at 0: |x|′(0) = 0.
  ///
  /// **Numerics:** exact. NaN stays NaN.
  public func abs() -> Self { Self(apply(Absolute(), node)) }

  /// −1, 0 or 1 by sign, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** zero, at 0 too.
  ///
  /// **Numerics:** exact. NaN stays NaN, and −0 stays −0.
  public func sign() -> Self { Self(apply(Sign(), node)) }
}

package struct Absolute: Operation {
  package static let name = "abs"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { $0.magnitude }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream * x[0].sign()]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.absolute))
  }
}

/// −1, 0 or 1 by sign, NaN for NaN: also in the pullback of `abs`.
package struct Sign: Operation {
  package static let name = "sign"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { $0.isNaN ? $0 : $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.sign))
  }
}
