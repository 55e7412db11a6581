import NeuronikaTensors

extension Variable {
  /// The square root, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** upstream / (2√x): infinite at 0, and NaN there if the upstream gradient is 0.
  ///
  /// **Numerics:** correctly rounded. NaN below 0. 1 flop an element.
  public func sqrt() -> Self { Self(apply(SquareRoot(), node)) }
}

package struct SquareRoot: Operation {
  package static let name = "sqrt"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { $0.squareRoot() }
  }

  // Stated in the output, so that the input need not be kept.
  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream * 0.5 / output]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.squareRoot))
  }
}
