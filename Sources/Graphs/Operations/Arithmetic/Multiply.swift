import NeuronikaTensors

extension Variable {
  /// The product of two variables, element by element. For matrices see `mm`.
  ///
  /// **Shape:** NumPy's broadcasting: aligned at the last axis, extents are equal or one is 1.
  ///
  /// **Gradient:** upstream · right and upstream · left, summed over the axes that were broadcast.
  ///
  /// **Numerics:** correctly rounded. 1 flop an element.
  public static func * (left: Self, right: Var) -> Self {
    Self(apply(Multiply(), left.node, right.node))
  }
  public static func * (left: Self, right: VarDiff) -> VarDiff {
    VarDiff(apply(Multiply(), left.node, right.node))
  }
  /// For functions written once for both kinds of variables.
  @_disfavoredOverload
  public static func * (left: Self, right: Self) -> Self {
    Self(apply(Multiply(), left.node, right.node))
  }
  public static func * (left: Self, right: Float) -> Self {
    Self(apply(Multiply(), left.node, scalar(right)))
  }
  public static func * (left: Float, right: Self) -> Self {
    Self(apply(Multiply(), scalar(left), right.node))
  }
}

package struct Multiply: Operation {
  package static let name = "*"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    try broadcastShape(operands)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { x[0].broadcast(at: $0) * x[1].broadcast(at: $0) }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [(upstream * x[1]).summed(to: x[0].shape), (upstream * x[0]).summed(to: x[1].shape)]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(.operand(0) * .operand(1))
  }
}
