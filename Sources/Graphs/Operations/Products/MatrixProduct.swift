import NeuronikaTensors

extension Variable {
  /// The product of two matrices.
  ///
  /// **Shape:** `[M, K] · [K, N]` → `[M, N]`.
  ///
  /// **Gradient:** upstream · rightᵀ and leftᵀ · upstream.
  ///
  /// **Numerics:** sums in `Float`, in the order of oneDNN's blocked kernels. 2MNK flops.
  public func mm(_ right: Var) -> Self { Self(apply(MatrixProduct(), node, right.node)) }
  public func mm(_ right: VarDiff) -> VarDiff {
    VarDiff(apply(MatrixProduct(), node, right.node))
  }
}

package struct MatrixProduct: Operation {
  package static let name = "mm"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let (left, right) = (operands[0], operands[1])
    guard left.rank == 2, right.rank == 2 else {
      throw ShapeError("takes two matrices. left \(left) · right \(right)")
    }
    guard left[1] == right[0] else {
      throw ShapeError(
        "inner dimensions differ. left \(left) · right \(right): \(left[1]) ≠ \(right[0])")
    }
    return Shape(left[0], right[1])
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { index in
      (0..<x[0].shape[1]).reduce(0) { $0 + x[0][[index[0], $1]] * x[1][[$1, index[1]]] }
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream.mmT(x[1]), x[0].t().mm(upstream)]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .contraction(Contraction(m: shape[0], n: shape[1], k: operands[0][1]))
  }
}
