import NeuronikaTensors

extension Variable {
  /// The error function, 2/√π · ∫₀ˣ e^−t² dt, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** upstream · 2/√π · e^−x².
  ///
  /// **Numerics:** ±1 from about ±4 on. About 25 flops an element.
  public func erf() -> Self { Self(apply(ErrorFunction(), node)) }
}

package struct ErrorFunction: Operation {
  package static let name = "erf"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { Exact.erf($0) }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream * ((x[0] * x[0] * -1).exp() * Float(2 / Double.pi.squareRoot()))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.erf))
  }
}
