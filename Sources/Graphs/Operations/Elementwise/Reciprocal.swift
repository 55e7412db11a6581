import NeuronikaTensors

extension Variable {
  /// The reciprocal, 1/x, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** −upstream · y², with y the output.
  ///
  /// **Numerics:** correctly rounded. ±∞ at ±0. 1 flop an element.
  public func reciprocal() -> Self { Self(apply(Reciprocal(), node)) }
}

package struct Reciprocal: Operation {
  package static let name = "reciprocal"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { 1 / $0 }
  }

  // Stated in the output, so that the input need not be kept.
  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [-(upstream * (output * output))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.reciprocal))
  }
}
