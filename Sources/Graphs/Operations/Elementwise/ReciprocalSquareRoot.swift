import NeuronikaTensors

extension Variable {
  /// The reciprocal of the square root, 1/√x, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** −½ · upstream · y³, with y the output.
  ///
  /// **Numerics:** two correctly rounded operations. ∞ at 0, NaN below.
  public func rsqrt() -> Self { Self(apply(ReciprocalSquareRoot(), node)) }
}

package struct ReciprocalSquareRoot: Operation {
  package static let name = "rsqrt"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { 1 / $0.squareRoot() }
  }

  // Stated in the output, so that the input need not be kept.
  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream * (output * output * output) * -0.5]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.reciprocalSquareRoot))
  }
}
