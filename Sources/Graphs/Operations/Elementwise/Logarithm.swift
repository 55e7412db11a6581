import NeuronikaTensors

extension Variable {
  /// The natural logarithm, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** upstream / x.
  ///
  /// **Numerics:** nothing is clamped: −∞ at 0, NaN below. About 15 flops an element. Of
  /// probabilities take `logSoftmax(axis:)` instead, which stays exact where they round to 0.
  public func ln() -> Self { Self(apply(Logarithm(), node)) }
}

package struct Logarithm: Operation {
  package static let name = "ln"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { Exact.ln($0) }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream / x[0]]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.log))
  }
}
