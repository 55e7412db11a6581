import NeuronikaTensors

extension Variable {
  /// The natural logarithm of 1 + x, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** upstream / (1 + x).
  ///
  /// **Numerics:** exact near 0, where 1 + x would lose the digits of x. −∞ at −1, NaN below. About 20
  /// flops an element.
  public func log1p() -> Self { Self(apply(LogarithmOnePlus(), node)) }
}

package struct LogarithmOnePlus: Operation {
  package static let name = "log1p"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { Exact.log1p($0) }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream / (1 + x[0])]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.logOnePlus))
  }
}
