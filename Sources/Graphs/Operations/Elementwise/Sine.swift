import NeuronikaTensors

extension Variable {
  /// The sine, element by element, of angles in radians.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** upstream · cos x.
  ///
  /// **Numerics:** the angle is reduced by multiples of π/2 in parts, so that large angles keep their
  /// accuracy; an infinite one gives NaN. About 20 flops an element.
  public func sin() -> Self { Self(apply(Sine(), node)) }
}

package struct Sine: Operation {
  package static let name = "sin"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { Exact.sin($0) }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream * x[0].cos()]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.sin))
  }
}
