import NeuronikaTensors

extension Variable {
  /// The greater of two variables, element by element.
  ///
  /// **Shape:** NumPy's broadcasting: aligned at the last axis, extents are equal or one is 1.
  ///
  /// **Gradient:** all to the one that was taken, summed over the axes that were broadcast. Of equals
  /// it is the left one, so x.maximum(x) has the gradient of x.
  ///
  /// **Numerics:** exact. NaN if either is NaN; the left one gets the gradient then.
  public func maximum(_ right: Var) -> Self { Self(apply(Maximum(), node, right.node)) }
  public func maximum(_ right: VarDiff) -> VarDiff {
    VarDiff(apply(Maximum(), node, right.node))
  }
  public func maximum(_ right: Float) -> Self { Self(apply(Maximum(), node, scalar(right))) }
}

package struct Maximum: Operation {
  package static let name = "maximum"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    try broadcastShape(operands)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) {
      let (left, right) = (x[0].broadcast(at: $0), x[1].broadcast(at: $0))
      return left.isNaN || left >= right ? left : right
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let isRight = x[0] .< x[1]
    let zero = VarDiff(scalar(0))
    return [
      zero.where(isRight, else: upstream).summed(to: x[0].shape),
      upstream.where(isRight, else: zero).summed(to: x[1].shape),
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(.binary(.maximum, .operand(0), .operand(1)))
  }
}
