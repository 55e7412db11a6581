import NeuronikaGraphs
import NeuronikaTensors

/// Runs any graph through the `Double` specifications of its operations: slow, and right by
/// construction. The engine is tested against it, and gradients against its central differences.
package enum ReferenceExecutor {
  /// The values of some nodes.
  ///
  /// - Parameters:
  ///   - roots: What to compute.
  ///   - leaves: Values of nodes to use instead of their own, by the nodes' identities. What lies
  ///     below such a node is not computed.
  /// - Returns: A value for each root.
  package static func evaluate(
    _ roots: [Node], leaves: [ObjectIdentifier: ReferenceTensor] = [:]
  ) -> [ReferenceTensor] {
    let order = topologicalOrder(of: roots) { leaves[ObjectIdentifier($0)] != nil }
    for (position, node) in order.enumerated() { node.index = Int32(position) }

    // A value is let go of when its last reader has run.
    var readers = [Int](repeating: 0, count: order.count)
    for root in roots { readers[Int(root.index)] += 1 }
    for node in order where leaves[ObjectIdentifier(node)] == nil {
      for place in 0..<node.operands.count { readers[Int(node.operands[place].index)] += 1 }
    }

    var values = [ReferenceTensor?](repeating: nil, count: order.count)
    for (position, node) in order.enumerated() {
      if let given = leaves[ObjectIdentifier(node)] {
        assert(given.shape == node.shape)
        values[position] = given
      } else if node.isLeaf {
        values[position] = leafValue(node)
      } else {
        let operands = node.operands.array
        values[position] = apply(node, to: operands.map { values[Int($0.index)]! })
        for operand in operands {
          readers[Int(operand.index)] -= 1
          if readers[Int(operand.index)] == 0 { values[Int(operand.index)] = nil }
        }
      }
    }
    return roots.map { values[Int($0.index)]! }
  }

  private static func leafValue(_ leaf: Node) -> ReferenceTensor {
    if let state = leaf.state as? LeafState { return ReferenceTensor(state.tensor) }
    return ReferenceTensor(shape: Shape(), elements: [Double(leaf.scalar)])
  }

  private static func apply(_ node: Node, to operands: [ReferenceTensor]) -> ReferenceTensor {
    let operation = node.operation
    if let (place, bound) = operation.wholeNumberOperand,
      let complaint = wholeNumberComplaint(
        of: operands[place].elements.map { Float($0) }, bound: bound)
    {
      stopProgram("\(operation.name): \(complaint)")
    }
    let value = operation.specification(operands, shape: node.shape)
    assert(value.shape == node.shape)
    return value
  }
}
