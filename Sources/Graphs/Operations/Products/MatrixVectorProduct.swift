import NeuronikaTensors

extension Variable {
  /// The product of a matrix and a vector.
  ///
  /// **Shape:** `[M, K] · [K]` → `[M]`.
  ///
  /// **Gradient:** the outer product of upstream and right, and leftᵀ · upstream.
  ///
  /// **Numerics:** sums in `Float`. 2MK flops.
  public func mv(_ right: Var) -> Self { Self(apply(MatrixVectorProduct(), node, right.node)) }
  public func mv(_ right: VarDiff) -> VarDiff {
    VarDiff(apply(MatrixVectorProduct(), node, right.node))
  }
}

package struct MatrixVectorProduct: Operation {
  package static let name = "mv"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let (left, right) = (operands[0], operands[1])
    guard left.rank == 2, right.rank == 1 else {
      throw ShapeError("takes a matrix and a vector. left \(left) · right \(right)")
    }
    guard left[1] == right[0] else {
      throw ShapeError(
        "inner dimensions differ. left \(left) · right \(right): \(left[1]) ≠ \(right[0])")
    }
    return Shape(left[0])
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { index in
      (0..<x[0].shape[1]).reduce(0) { $0 + x[0][[index[0], $1]] * x[1][[$1]] }
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream.unsqueeze(1) * x[1], upstream.vm(x[0])]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .contraction(Contraction(m: shape[0], n: 1, k: operands[1][0]))
  }
}
