import NeuronikaTensors

extension Variable {
  /// The transpose: all axes in reverse order.
  ///
  /// **Shape:** `[A, B, C]` → `[C, B, A]`; rank 0 and 1 are kept.
  ///
  /// **Gradient:** the transpose of the upstream gradient. Takes no memory: a product or an
  /// elementwise operation reads it with other strides.
  public func t() -> Self { Self(apply(Transpose(), node)) }
}

package struct Transpose: Operation {
  package static let name = "t"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let shape = operands[0]
    return shape.rank == 2 ? Shape(shape[1], shape[0]) : Shape(shape.extents.reversed())
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { x[0][$0.reversed()] }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream.t()]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .view(.permutation(Array((0..<shape.rank).reversed())))
  }
}
