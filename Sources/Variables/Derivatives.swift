import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors

// Derivatives as variables: a gradient is a graph, so all others are gradients of gradients.

/// The gradients of a variable, as variables: graphs that can be computed and differentiated again.
///
/// - Parameters:
///   - output: What to differentiate; with more than one element, its sum.
///   - variables: What to differentiate with respect to.
/// - Returns: A variable for each, of its shape; zeros for one that `output` doesn't depend on.
public func grad(of output: VarDiff, wrt variables: [VarDiff]) -> [VarDiff] {
  let one = scalar(1)
  let seed = output.rank == 0 ? one : VarDiff(one).broadcast(to: output.shape).node
  let nodes = gradients(
    of: output.node, seed: seed, withRespectTo: variables.map(\.node))
  return zip(nodes, variables).map { node, variable in
    VarDiff(node ?? leafNode(.zeros(variable.shape)))
  }
}

/// The derivative of a variable along a direction (a Jacobian-vector product, forward mode), as a
/// variable.
///
/// The gradient Jᵀu is linear in u, and the derivative of its product with the direction with respect
/// to u is J · direction. Costs about as much as two backwards.
///
/// **Shape:** that of `output`.
///
/// - Parameters:
///   - output: What to differentiate, of any shape.
///   - variables: What moves.
///   - directions: How each of them moves, of its shape.
public func jvp(
  of output: VarDiff, wrt variables: [VarDiff], along directions: [Var]
) -> VarDiff {
  checkDirections(directions, variables, "jvp")
  // Its value doesn't matter.
  let seed = leafNode(.zeros(output.shape), isDifferentiable: true)
  let slopes = gradients(of: output.node, seed: seed, withRespectTo: variables.map(\.node))
  let nothing = VarDiff(leafNode(.zeros(output.shape)))
  guard let movement = inner(slopes.map { $0.map { VarDiff($0) } }, directions) else {
    return nothing
  }
  let tangent = gradients(of: movement.node, seed: scalar(1), withRespectTo: [seed])[0]
  return tangent.map { VarDiff($0) } ?? nothing
}

/// The product of the Hessian of a variable and a direction, as variables: the gradient of the
/// gradient's share in the direction. The Hessian itself is never formed.
///
/// - Parameters:
///   - output: What to differentiate twice; with more than one element, its sum.
///   - variables: What to differentiate with respect to.
///   - directions: The vector, a part for each of the variables, of its shape.
/// - Returns: A variable for each, of its shape.
public func hessianVectorProduct(
  of output: VarDiff, wrt variables: [VarDiff], along directions: [Var]
) -> [VarDiff] {
  checkDirections(directions, variables, "hessianVectorProduct")
  let movement = inner(grad(of: output, wrt: variables), directions)
  return movement.map { grad(of: $0, wrt: variables) } ?? []
}

/// All derivatives of a variable's elements with respect to another's, as a variable: a gradient for
/// each element, so meant for few of them.
///
/// **Shape:** that of `output`, then that of `variable`: `[M]` with respect to `[N]` → `[M, N]`.
public func jacobian(of output: VarDiff, wrt variable: VarDiff) -> VarDiff {
  let count = output.shape.count
  let target = Shape(output.shape.extents + variable.shape.extents)
  if count == 0 { return VarDiff(leafNode(.zeros(target))) }
  let rows = (0..<count).map { place in
    var elements = [Float](repeating: 0, count: count)
    elements[place] = 1
    let seed = leafNode(Tensor(elements, shape: output.shape))
    let slope = gradients(of: output.node, seed: seed, withRespectTo: [variable.node])[0]
    return VarDiff(slope ?? leafNode(.zeros(variable.shape)))
  }
  return stack(rows).reshape(target)
}

/// All second derivatives of a variable with respect to another, as a variable: a gradient of the
/// gradient for each element, so meant for few of them. See ``hessianVectorProduct(of:wrt:along:)``.
///
/// **Shape:** that of `variable` twice: `[N]` → `[N, N]`.
///
/// - Parameters:
///   - output: What to differentiate twice; with more than one element, its sum.
///   - variable: What to differentiate with respect to.
public func hessian(of output: VarDiff, wrt variable: VarDiff) -> VarDiff {
  jacobian(of: grad(of: output, wrt: [variable])[0], wrt: variable)
}

private func inner(_ slopes: [VarDiff?], _ directions: [Var]) -> VarDiff? {
  zip(slopes, directions).reduce(VarDiff?.none) { sum, pair in
    guard let slope = pair.0 else { return sum }
    let share = (slope * pair.1).sum()
    return sum.map { $0 + share } ?? share
  }
}

private func checkDirections(_ directions: [Var], _ variables: [VarDiff], _ function: String) {
  guard directions.map(\.shape) == variables.map(\.shape) else {
    stopProgram(
      "\(function): a direction is needed for each variable, of its shape. variables "
        + "\(variables.map(\.shape)) · directions \(directions.map(\.shape))")
  }
}
