import NeuronikaTensors

extension Variable {
  /// The greatest whole number that is not greater, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** zero, at whole numbers too.
  ///
  /// **Numerics:** exact. NaN stays NaN.
  public func floor() -> Self { Self(apply(Floor(), node)) }
}

package struct Floor: Operation {
  package static let name = "floor"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { $0.rounded(.down) }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.floor))
  }
}
