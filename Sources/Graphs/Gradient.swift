import NeuronikaTensors

// Reverse-mode differentiation as a transform of graphs: from a node, and the gradient of something
// with respect to it, build nodes for the gradients with respect to its ancestors. They are made of
// the same operations, so they can be differentiated, compiled and printed like any other.

/// The ancestors of some nodes and the nodes themselves, operands before the nodes computed from
/// them. Does not descend below nodes for which `isBoundary` holds, but lists them.
package func topologicalOrder(
  of roots: [Node], isBoundary: (Node) -> Bool = { _ in false }
) -> [Node] {
  let mark = Node.nextMark()
  var order: [Node] = []
  var stack: [(node: Node, next: Int)] = []
  for root in roots where root.mark != mark {
    root.mark = mark
    stack.append((root, 0))
    while let (node, next) = stack.last {
      if next < node.operands.count && !(next == 0 && isBoundary(node)) {
        stack[stack.count - 1].next += 1
        let operand = node.operands[next]
        if operand.mark != mark {
          operand.mark = mark
          stack.append((operand, 0))
        }
      } else {
        order.append(node)
        stack.removeLast()
      }
    }
  }
  return order
}

/// The gradients of Σ seed · root with respect to some of its ancestors.
///
/// - Parameters:
///   - root: The node to differentiate.
///   - seed: The gradient with respect to `root`, of its shape.
///   - targets: Nodes to differentiate with respect to.
/// - Returns: A node for each target, `nil` where the gradient is zero whatever the values are.
package func gradients(of root: Node, seed: Node, withRespectTo targets: [Node]) -> [Node?] {
  let order = topologicalOrder(of: [root])
  for (position, node) in order.enumerated() { node.index = Int32(position) }

  // Only nodes on a path from a target to the root take part.
  var takesPart = [Bool](repeating: false, count: order.count)
  let mark = root.mark
  for target in targets where target.mark == mark { takesPart[Int(target.index)] = true }
  for (position, node) in order.enumerated() where node.isDifferentiable {
    for next in 0..<node.operands.count where takesPart[Int(node.operands[next].index)] {
      takesPart[position] = true
    }
  }

  // The walk below builds nodes, but walks no graph, so `index` stays valid.
  var upstreams = [Node?](repeating: nil, count: order.count)
  upstreams[order.count - 1] = seed
  for position in order.indices.reversed() where takesPart[position] {
    let node = order[position]
    guard let upstream = upstreams[position], !node.isLeaf else { continue }
    let operands = node.operands.array
    guard operands.contains(where: { takesPart[Int($0.index)] }) else { continue }
    let contributions = node.operation.pullback(
      VarDiff(upstream), operands: operands.map { VarDiff($0) }, output: VarDiff(node))
    assert(contributions.count == operands.count, "\(node.operation): one gradient an operand")
    for (operand, contribution) in zip(operands, contributions) {
      guard let contribution = contribution?.node, takesPart[Int(operand.index)] else { continue }
      assert(
        contribution.shape == operand.shape,
        "\(node.operation.name): a gradient of shape \(contribution.shape) for an operand of \(operand.shape)"
      )
      let known = upstreams[Int(operand.index)]
      upstreams[Int(operand.index)] = known.map { apply(Add(), $0, contribution) } ?? contribution
    }
  }
  return targets.map { $0.mark == mark ? upstreams[Int($0.index)] : nil }
}
