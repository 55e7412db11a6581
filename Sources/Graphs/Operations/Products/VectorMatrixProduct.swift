import NeuronikaTensors

extension Variable {
  /// The product of a vector, as a row, and a matrix.
  ///
  /// **Shape:** `[K] · [K, N]` → `[N]`.
  ///
  /// **Gradient:** right · upstream, and the outer product of left and upstream.
  ///
  /// **Numerics:** sums in `Float`. 2KN flops.
  public func vm(_ right: Var) -> Self { Self(apply(VectorMatrixProduct(), node, right.node)) }
  public func vm(_ right: VarDiff) -> VarDiff {
    VarDiff(apply(VectorMatrixProduct(), node, right.node))
  }
}

package struct VectorMatrixProduct: Operation {
  package static let name = "vm"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let (left, right) = (operands[0], operands[1])
    guard left.rank == 1, right.rank == 2 else {
      throw ShapeError("takes a vector and a matrix. left \(left) · right \(right)")
    }
    guard left[0] == right[0] else {
      throw ShapeError(
        "inner dimensions differ. left \(left) · right \(right): \(left[0]) ≠ \(right[0])")
    }
    return Shape(right[1])
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { index in
      (0..<x[0].shape[0]).reduce(0) { $0 + x[0][[$1]] * x[1][[$1, index[0]]] }
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [x[1].mv(upstream), x[0].unsqueeze(1) * upstream]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .contraction(Contraction(m: 1, n: shape[0], k: operands[0][0]))
  }
}
