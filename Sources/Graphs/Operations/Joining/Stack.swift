import NeuronikaTensors

/// Variables of one shape along a new axis.
///
/// **Shape:** n of `[A, B]` with axis 0 → `[n, A, B]`.
///
/// **Gradient:** each gets its place of the upstream gradient.
///
/// - Parameters:
///   - variables: At least one.
///   - axis: Where the new axis goes; a negative one counts from the end.
public func stack(_ variables: [Var], axis: Int = 0) -> Var {
  Var(stacked(variables.map(\.node), axis))
}
public func stack(_ variables: [VarDiff], axis: Int = 0) -> VarDiff {
  VarDiff(stacked(variables.map(\.node), axis))
}
@_disfavoredOverload
public func stack(_ variables: [any Variable], axis: Int = 0) -> VarDiff {
  VarDiff(stacked(variables.map(\.node), axis))
}

extension Variable {
  /// This variable and another of its shape along a new axis.
  public func stack(_ other: Var, axis: Int = 0) -> Self {
    Self(stacked([node, other.node], axis))
  }
  public func stack(_ other: VarDiff, axis: Int = 0) -> VarDiff {
    VarDiff(stacked([node, other.node], axis))
  }
}

private func stacked(_ nodes: [Node], _ axis: Int) -> Node {
  guard let first = nodes.first else { stopProgram("stack: at least one variable is needed") }
  let rank = first.shape.rank
  let place = axis < 0 ? axis + rank + 1 : axis
  guard 0...rank ~= place else {
    stopProgram("stack: a new axis of \(first.shape) goes from 0 to \(rank), not \(axis)")
  }
  for (position, node) in nodes.enumerated() where node.shape != first.shape {
    stopProgram(
      "stack: operand 0 has shape \(first.shape) and operand \(position) \(node.shape)")
  }
  let target = first.shape.inserting(1, at: place)
  return concatenation(nodes.map { apply(Reshape(target: target), $0) }, place)
}
