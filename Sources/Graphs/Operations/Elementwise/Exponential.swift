import NeuronikaTensors

extension Variable {
  /// The exponential function, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** upstream · eˣ.
  ///
  /// **Numerics:** ∞ from 88.73 on, 0 from about −87.3 on (denormals are flushed). About 15 flops an
  /// element.
  public func exp() -> Self { Self(apply(Exponential(), node)) }
}

package struct Exponential: Operation {
  package static let name = "exp"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { Exact.exp($0) }
  }

  // Stated in the output, so that the input need not be kept.
  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream * output]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.exp))
  }
}
