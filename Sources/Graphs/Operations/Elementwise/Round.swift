import NeuronikaTensors

extension Variable {
  /// The nearest whole number, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** zero, at halves too.
  ///
  /// **Numerics:** exact. Halves go to the even neighbour, as IEEE 754 has it. NaN stays NaN.
  public func round() -> Self { Self(apply(Round(), node)) }
}

package struct Round: Operation {
  package static let name = "round"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { $0.rounded(.toNearestOrEven) }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.round))
  }
}
