import NeuronikaTensors

extension Variable {
  /// The negative, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** the negative of the upstream gradient.
  ///
  /// **Numerics:** exact: only the sign bit changes.
  public static prefix func - (x: Self) -> Self { Self(apply(Negate(), x.node)) }
}

package struct Negate: Operation {
  package static let name = "negate"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { -$0 }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [-upstream]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(-.operand(0))
  }
}
