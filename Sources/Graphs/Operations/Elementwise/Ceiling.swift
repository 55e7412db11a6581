import NeuronikaTensors

extension Variable {
  /// The least whole number that is not less, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** zero, at whole numbers too.
  ///
  /// **Numerics:** exact. NaN stays NaN.
  public func ceil() -> Self { Self(apply(Ceiling(), node)) }
}

package struct Ceiling: Operation {
  package static let name = "ceil"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { $0.rounded(.up) }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.ceil))
  }
}
