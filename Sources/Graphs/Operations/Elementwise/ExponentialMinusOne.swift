import NeuronikaTensors

extension Variable {
  /// eˣ − 1, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** upstream · eˣ.
  ///
  /// **Numerics:** exact near 0, where the difference would lose the digits of x. −1 far below, ∞ from
  /// 88.73 on. About 20 flops an element.
  public func expm1() -> Self { Self(apply(ExponentialMinusOne(), node)) }
}

package struct ExponentialMinusOne: Operation {
  package static let name = "expm1"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { Exact.expm1($0) }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream * x[0].exp()]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.expMinusOne))
  }
}
