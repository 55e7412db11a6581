import NeuronikaTensors

extension Variable {
  /// The hyperbolic tangent, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** upstream · (1 − y²), with y the output.
  ///
  /// **Numerics:** ±1 from |x| ≈ 9 on. About 20 flops an element.
  public func tanh() -> Self { Self(apply(HyperbolicTangent(), node)) }
}

package struct HyperbolicTangent: Operation {
  package static let name = "tanh"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { Exact.tanh($0) }
  }

  // Stated in the output, so that the input need not be kept.
  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream * (1 - output * output)]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.tanh))
  }
}
