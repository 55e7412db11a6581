import NeuronikaTensors

// A composition: the engine needs no operation of its own.

extension Variable {
  /// The outer product of two vectors: each element of the left one times each of the right one.
  ///
  /// **Shape:** `[M]`, `[N]` → `[M, N]`.
  ///
  /// **Gradient:** upstream · right and upstreamᵀ · left.
  ///
  /// **Numerics:** correctly rounded. MN flops.
  public func outer(_ right: Var) -> Self { Self(outerProduct(node, right.node)) }
  public func outer(_ right: VarDiff) -> VarDiff { VarDiff(outerProduct(node, right.node)) }
}

private func outerProduct(_ left: Node, _ right: Node) -> Node {
  guard left.shape.rank == 1, right.shape.rank == 1 else {
    stopProgram("outer: takes two vectors. left \(left.shape) · right \(right.shape)")
  }
  return apply(Multiply(), VarDiff(left).unsqueeze(1).node, right)
}
