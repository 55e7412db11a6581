import NeuronikaTensors

extension Variable {
  /// The cosine, element by element, of angles in radians.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** −upstream · sin x.
  ///
  /// **Numerics:** as `sin`. About 20 flops an element.
  public func cos() -> Self { Self(apply(Cosine(), node)) }
}

package struct Cosine: Operation {
  package static let name = "cos"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { Exact.cos($0) }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [-(upstream * x[0].sin())]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.cos))
  }
}
