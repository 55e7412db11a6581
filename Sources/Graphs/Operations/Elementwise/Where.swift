import NeuronikaTensors

extension Variable {
  /// This variable where a condition holds, and another elsewhere: `x.where(mask, else: 0)`.
  ///
  /// **Shape:** NumPy's broadcasting of all three: aligned at the last axis, extents are equal or 1.
  ///
  /// **Gradient:** the upstream gradient where the condition holds, and 0 elsewhere; the other gets
  /// the rest. The condition gets none.
  ///
  /// **Numerics:** exact. What is not chosen leaves no trace: NaN and infinities among it do no harm.
  ///
  /// - Parameters:
  ///   - condition: Holds where it is not 0 (NaN is not 0): what a comparison gives.
  ///   - other: What to take where it does not hold.
  public func `where`(_ condition: some Variable, else other: Var) -> Self {
    Self(apply(Where(), [condition.node, node, other.node]))
  }
  public func `where`(_ condition: some Variable, else other: VarDiff) -> VarDiff {
    VarDiff(apply(Where(), [condition.node, node, other.node]))
  }
  public func `where`(_ condition: some Variable, else other: Float) -> Self {
    Self(apply(Where(), [condition.node, node, scalar(other)]))
  }
}

package struct Where: Operation {
  package static let name = "where"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard let both = Shape.broadcast(operands[1], operands[2]),
      let shape = Shape.broadcast(operands[0], both)
    else {
      throw ShapeError(
        "the shapes don't broadcast. condition \(operands[0]) · variable \(operands[1]) · else "
          + "\(operands[2])")
    }
    return shape
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) {
      x[0].broadcast(at: $0) != 0 ? x[1].broadcast(at: $0) : x[2].broadcast(at: $0)
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let zero = VarDiff(scalar(0))
    return [
      nil, upstream.where(x[0], else: zero).summed(to: x[1].shape),
      zero.where(x[0], else: upstream).summed(to: x[2].shape),
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(.select(.operand(0), .operand(1), .operand(2)))
  }
}
