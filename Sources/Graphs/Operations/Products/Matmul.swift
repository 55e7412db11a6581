import NeuronikaTensors

extension Variable {
  /// The product of matrices, or of batches of them, by NumPy's rules.
  ///
  /// **Shape:** `[…, M, K] · […, K, N]` → `[…, M, N]`: the axes before the last two are broadcast. A
  /// vector on the left is a row, one on the right a column, and the axis of 1 is dropped afterwards.
  ///
  /// **Gradient:** upstream · rightᵀ and leftᵀ · upstream, summed over the axes that were broadcast.
  ///
  /// **Numerics:** as `mm`. 2MNK flops a matrix. One matrix on the right for a whole batch is one
  /// product; other operands that are broadcast are copied first.
  public func matmul(_ right: Var) -> Self { Self(batched(node, right.node)) }
  public func matmul(_ right: VarDiff) -> VarDiff { VarDiff(batched(node, right.node)) }
}

private func batched(_ left: Node, _ right: Node) -> Node {
  let (a, b) = (VarDiff(left), VarDiff(right))
  switch (a.rank, b.rank) {
  case (1, 1): return a.vv(b).node
  case (1, 2...): return a.unsqueeze(0).matmul(b).squeeze(-2).node
  case (2..., 1): return a.matmul(b.unsqueeze(1)).squeeze(-1).node
  case (2, 2): return a.mm(b).node
  default: break
  }
  do throws(ShapeError) {
    let (leftBatch, rightBatch) = try batchShapes(left.shape, right.shape)
    let (m, k) = (left.shape[a.rank - 2], left.shape[a.rank - 1])
    let n = right.shape[b.rank - 1]
    // One matrix for all: the batch is but more rows.
    if rightBatch.rank == 0 {
      return a.reshape([leftBatch.count * m, k]).mm(b)
        .reshape(Shape(leftBatch.extents + [m, n])).node
    }
    guard let batch = Shape.broadcast(leftBatch, rightBatch) else {
      throw ShapeError("the batches don't broadcast. left \(left.shape) · right \(right.shape)")
    }
    let wholeLeft = a.broadcast(to: Shape(batch.extents + [m, k])).reshape([batch.count, m, k])
    let wholeRight = b.broadcast(to: Shape(batch.extents + [k, n])).reshape([batch.count, k, n])
    let product = VarDiff(apply(BatchedProduct(), wholeLeft.node, wholeRight.node))
    return product.reshape(Shape(batch.extents + [m, n])).node
  } catch { stopProgram("matmul: \(error.description)") }
}

/// The axes before the last two.
package func batchShapes(_ left: Shape, _ right: Shape) throws(ShapeError) -> (Shape, Shape) {
  guard left.rank >= 2, right.rank >= 2 else {
    throw ShapeError("takes vectors, matrices or batches. left \(left) · right \(right)")
  }
  let (k, rows) = (left[left.rank - 1], right[right.rank - 2])
  guard k == rows else {
    throw ShapeError("inner dimensions differ. left \(left) · right \(right): \(k) ≠ \(rows)")
  }
  return (Shape(left.extents.dropLast(2)), Shape(right.extents.dropLast(2)))
}

/// The products of the matrices of two batches of the same length.
package struct BatchedProduct: Operation {
  package static let name = "matmul"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let (left, right) = (operands[0], operands[1])
    guard left.rank == 3, right.rank == 3, left[0] == right[0], left[2] == right[1] else {
      throw ShapeError("takes [B, M, K] and [B, K, N]. left \(left) · right \(right)")
    }
    return Shape([left[0], left[1], right[2]])
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { index in
      (0..<x[0].shape[2]).reduce(0) {
        $0 + x[0][[index[0], index[1], $1]] * x[1][[index[0], $1, index[2]]]
      }
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [
      VarDiff(apply(BatchedProduct(), upstream.node, x[1].permute(0, 2, 1).node)),
      VarDiff(apply(BatchedProduct(), x[0].permute(0, 2, 1).node, upstream.node)),
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .contraction(Contraction(batch: shape[0], m: shape[1], n: shape[2], k: operands[0][2]))
  }
}
