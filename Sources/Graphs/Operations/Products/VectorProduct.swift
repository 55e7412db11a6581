import NeuronikaTensors

extension Variable {
  /// The inner product of two vectors.
  ///
  /// **Shape:** `[K] · [K]` → `[]`.
  ///
  /// **Gradient:** upstream · right and upstream · left.
  ///
  /// **Numerics:** sums in `Float`. 2K flops.
  public func vv(_ right: Var) -> Self { Self(apply(VectorProduct(), node, right.node)) }
  public func vv(_ right: VarDiff) -> VarDiff {
    VarDiff(apply(VectorProduct(), node, right.node))
  }
}

package struct VectorProduct: Operation {
  package static let name = "vv"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let (left, right) = (operands[0], operands[1])
    guard left.rank == 1, right.rank == 1 else {
      throw ShapeError("takes two vectors. left \(left) · right \(right)")
    }
    guard left[0] == right[0] else {
      throw ShapeError(
        "the lengths differ. left \(left) · right \(right): \(left[0]) ≠ \(right[0])")
    }
    return Shape()
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(
      shape: shape, elements: [zip(x[0].elements, x[1].elements).reduce(0) { $0 + $1.0 * $1.1 }])
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream * x[1], upstream * x[0]]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .contraction(Contraction(m: 1, n: 1, k: operands[0][0]))
  }
}
