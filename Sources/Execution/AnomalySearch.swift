import NeuronikaGraphs
import NeuronikaTensors

#if canImport(Glibc)
  import Glibc
#endif

/// Whether each evaluation on this task is searched for the operation that made a NaN or an
/// infinity.
package enum AnomalyDetection {
  @TaskLocal package static var isOn = isOnByEnvironment

  private static let isOnByEnvironment =
    getenv("NEURONIKA_ANOMALY").map { !["", "0"].contains(String(cString: $0)) } ?? false

  /// Stops the program if the values of a graph that was just computed have an anomaly.
  static func checkForward(_ root: Node) {
    do { try AnomalySearch.forward(root) } catch { stopProgram("\(error)") }
  }

  /// Stops the program if a backward that has just been has an anomaly.
  package static func checkBackward(_ root: Node, seed: Tensor) {
    do { try AnomalySearch.backward(root, seed: seed) } catch { stopProgram("\(error)") }
  }
}

/// Runs a graph operation by operation, each in a plan of its own, and looks at every result.
///
/// Slow and simple: no value is fused away, so the first operation that breaks has a name. Values
/// that the evaluation stored are looked at as they are; the others are computed again.
package enum AnomalySearch {
  /// What nodes are that stand for others.
  private typealias Roles = [ObjectIdentifier: String]

  /// The values of the ancestors of a node and its own.
  struct Values {
    let order: [Node]
    private(set) var tensors: [ObjectIdentifier: Tensor] = [:]
    private(set) var contents: [ObjectIdentifier: Anomaly.Contents] = [:]

    init(_ order: [Node]) { self.order = order }

    subscript(node: Node) -> Tensor { tensors[ObjectIdentifier(node)]! }

    mutating func set(_ node: Node, _ tensor: Tensor) {
      tensors[ObjectIdentifier(node)] = tensor
      contents[ObjectIdentifier(node)] = Anomaly.Contents(tensor)
    }

    func contents(of node: Node) -> Anomaly.Contents { contents[ObjectIdentifier(node)]! }
  }

  /// Looks at the values of a node and its ancestors, operands first.
  package static func forward(_ root: Node) throws(Anomaly) {
    _ = try values(of: topologicalOrder(of: [root]), .forward)
  }

  /// Looks at the values and at the gradients of a node and its ancestors, the node's own first.
  ///
  /// - Parameter seed: The gradient of the node.
  package static func backward(_ root: Node, seed: Tensor) throws(Anomaly) {
    let values = try values(of: topologicalOrder(of: [root]), .forward)
    var upstreams = [ObjectIdentifier(root): seed]
    for node in values.order.reversed() where node.isDifferentiable && !node.isLeaf {
      guard let upstream = upstreams.removeValue(forKey: ObjectIdentifier(node)) else { continue }
      let parts = try gradients(of: node, upstream, values)
      for (operand, part) in parts {
        let key = ObjectIdentifier(operand)
        if let known = upstreams[key] {
          upstreams[key] = try sum(known, part, operand)
        } else {
          upstreams[key] = part
        }
      }
    }
  }

  /// Looks at each of some nodes, operands before what is computed from them.
  private static func values(
    of order: [Node], _ phase: Anomaly.Phase, _ roles: Roles = [:]
  ) throws(Anomaly) -> Values {
    var values = Values(order)
    for node in order {
      let operands = node.operands.array
      values.set(node, Engine.value(of: node) ?? compute(node, operands.map { values[$0] }))
      let contents = values.contents(of: node)
      // An infinity in a leaf may be meant, as in a mask. A NaN is nobody's intention.
      let isAnomaly =
        node.isLeaf
        ? contents.nans > 0
        : contents.isNew(after: operands.map { values.contents(of: $0) } + backgrounds(of: node))
      if !isAnomaly { continue }
      throw anomaly(
        phase, node.isLeaf ? describe(node, roles) : node.operation.name, values[node], contents,
        operands.map { operand($0, values, roles) })
    }
    return values
  }

  /// What an operation fills in by itself. Padding with −∞ is meant.
  private static func backgrounds(of node: Node) -> [Anomaly.Contents] {
    let shapes = node.operands.array.map(\.shape)
    guard case .assembly(_, let background) = node.operation.lowering(of: shapes, to: node.shape)
    else { return [] }
    return [Anomaly.Contents(Tensor(background))]
  }

  /// Looks at the pullback of one operation.
  ///
  /// - Returns: The operands that are differentiable, with what the operation adds to their
  ///   gradients.
  private static func gradients(
    of node: Node, _ upstream: Tensor, _ values: Values
  ) throws(Anomaly) -> [(operand: Node, gradient: Tensor)] {
    // Leaves with the values, so that the graph of the pullback ends here.
    var roles: Roles = [:]
    func standIn(_ tensor: Tensor, _ isDifferentiable: Bool, _ role: String) -> Node {
      let leaf = leaf(tensor, isDifferentiable: isDifferentiable)
      roles[ObjectIdentifier(leaf)] = role
      return leaf
    }
    let seed = standIn(upstream, false, "the upstream gradient")
    let operands = node.operands.array
    let copies = operands.map {
      $0.kind == .scalar ? $0 : standIn(values[$0], $0.isDifferentiable, describe($0))
    }
    let output = standIn(values[node], true, "the result of \(node.operation.name)")
    let contributions = node.operation.pullback(
      VarDiff(seed), operands: copies.map { VarDiff($0) }, output: VarDiff(output))

    var wanted: [(operand: Node, gradient: Node)] = []
    for (operand, contribution) in zip(operands, contributions) where operand.isDifferentiable {
      if let contribution { wanted.append((operand, contribution.node)) }
    }
    let order = topologicalOrder(of: wanted.map(\.gradient))
    do {
      let found = try self.values(
        of: order, .gradient(of: node.operation.name, shape: node.shape), roles)
      return wanted.map { ($0.operand, found[$0.gradient]) }
    } catch {
      var anomaly = error
      anomaly.differentiated = operands.map { operand($0, values) }
      throw anomaly
    }
  }

  /// The sum of two gradients of one variable.
  private static func sum(_ a: Tensor, _ b: Tensor, _ node: Node) throws(Anomaly) -> Tensor {
    let total = Tensor(zip(a.elements, b.elements).map { $0 + $1 }, shape: a.shape)
    let contents = Anomaly.Contents(total)
    let parts = [a, b].map {
      Anomaly.Operand(
        role: "a gradient of \(describe(node))", shape: $0.shape, contents: Anomaly.Contents($0))
    }
    if contents.isNew(after: parts.map(\.contents)) {
      throw anomaly(
        .gradient(of: node.isLeaf ? describe(node) : node.operation.name, shape: node.shape), "+",
        total, contents, parts)
    }
    return total
  }

  /// The value of a node by itself, from the values of its operands.
  private static func compute(_ node: Node, _ operands: [Tensor]) -> Tensor {
    let leaves = zip(node.operands.array, operands).map { operand, value in
      operand.kind == .scalar ? operand : leaf(value, isDifferentiable: false)
    }
    let copy = Node(
      node.operation, Operands(leaves), shape: node.shape, isDifferentiable: false)
    // The numbers that the node drew last.
    (copy.draw, copy.round) = (node.draw, max(node.round - 1, 0))
    AnomalyDetection.$isOn.withValue(false) { Engine.forward(copy) }
    return Engine.value(of: copy)!
  }

  private static func leaf(_ tensor: Tensor, isDifferentiable: Bool) -> Node {
    Node(
      Leaf(), Operands(), shape: tensor.shape, isDifferentiable: isDifferentiable, kind: .leaf,
      state: LeafState(tensor))
  }

  private static func anomaly(
    _ phase: Anomaly.Phase, _ operation: String, _ tensor: Tensor, _ contents: Anomaly.Contents,
    _ operands: [Anomaly.Operand]
  ) -> Anomaly {
    let place = contents.first!
    return Anomaly(
      phase: phase, operation: operation, shape: tensor.shape,
      position: tensor.shape.strides.indices.map {
        place / tensor.shape.strides[$0] % tensor.shape[$0]
      },
      value: tensor.elements[place], count: contents.nans + contents.infinities,
      operands: operands)
  }

  private static func operand(
    _ node: Node, _ values: Values, _ roles: Roles = [:]
  ) -> Anomaly.Operand {
    Anomaly.Operand(
      role: describe(node, roles), shape: node.shape, contents: values.contents(of: node))
  }

  /// What a node is, for a message.
  private static func describe(_ node: Node, _ roles: Roles = [:]) -> String {
    if let role = roles[ObjectIdentifier(node)] { return role }
    switch node.kind {
    // The gradient of a product takes an operand transposed; it is the operand that has a name.
    case .operation where node.operands.count == 1 && node.operands[0].isLeaf:
      return "\(node.operation.name) of \(describe(node.operands[0], roles))"
    case .operation: return "the result of \(node.operation.name)"
    case .leaf: return (node.state as? NamedState)?.name.map { "the leaf \"\($0)\"" } ?? "a leaf"
    case .scalar: return "the number"
    }
  }
}
