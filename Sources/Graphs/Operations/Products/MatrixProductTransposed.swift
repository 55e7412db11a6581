import NeuronikaTensors

extension Variable {
  /// The product of a matrix and the transpose of another, as `Linear` uses it.
  ///
  /// **Shape:** `[M, K] · [N, K]ᵀ` → `[M, N]`.
  ///
  /// **Gradient:** upstream · right and upstreamᵀ · left.
  ///
  /// **Numerics:** as `mm`. 2MNK flops.
  public func mmT(_ right: Var) -> Self {
    Self(apply(MatrixProductTransposed(), node, right.node))
  }
  public func mmT(_ right: VarDiff) -> VarDiff {
    VarDiff(apply(MatrixProductTransposed(), node, right.node))
  }
}

package struct MatrixProductTransposed: Operation {
  package static let name = "mmT"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let (left, right) = (operands[0], operands[1])
    guard left.rank == 2, right.rank == 2 else {
      throw ShapeError("takes two matrices. left \(left) · right \(right)ᵀ")
    }
    guard left[1] == right[1] else {
      throw ShapeError(
        "inner dimensions differ. left \(left) · right \(right)ᵀ: \(left[1]) ≠ \(right[1])")
    }
    return Shape(left[0], right[0])
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { index in
      (0..<x[0].shape[1]).reduce(0) { $0 + x[0][[index[0], $1]] * x[1][[index[1], $1]] }
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream.mm(x[1]), upstream.t().mm(x[0])]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .contraction(
      Contraction(m: shape[0], n: shape[1], k: operands[0][1], transposesRight: true))
  }
}
