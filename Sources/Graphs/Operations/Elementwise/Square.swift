import NeuronikaTensors

extension Variable {
  /// The square, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** 2 · upstream · x.
  ///
  /// **Numerics:** correctly rounded. 1 flop an element.
  public func square() -> Self { Self(apply(Square(), node)) }
}

package struct Square: Operation {
  package static let name = "square"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { $0 * $0 }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream * (x[0] * 2)]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.square))
  }
}
