import NeuronikaTensors

// How operations become nodes. Building never computes; a broken shape rule stops the program here,
// while the line that broke it runs.

@inline(__always)
package func apply<O: Operation>(_ operation: O, _ a: Node) -> Node {
  do {
    return Node(
      operation, Operands(a), shape: try operation.shape(of: Shapes(a.shape)),
      isDifferentiable: a.isDifferentiable)
  } catch { stop(operation.name, error, [a]) }
}

@inline(__always)
package func apply<O: Operation>(_ operation: O, _ a: Node, _ b: Node) -> Node {
  do {
    return Node(
      operation, Operands(a, b), shape: try operation.shape(of: Shapes(a.shape, b.shape)),
      isDifferentiable: a.isDifferentiable || b.isDifferentiable)
  } catch { stop(operation.name, error, [a, b]) }
}

package func apply<O: Operation>(_ operation: O, _ nodes: [Node]) -> Node {
  do {
    return Node(
      operation, Operands(nodes), shape: try operation.shape(of: Shapes(nodes.map(\.shape))),
      isDifferentiable: nodes.contains { $0.isDifferentiable })
  } catch { stop(operation.name, error, nodes) }
}

/// A node that gets no gradient, whatever it is computed from.
package func applyWithoutGradient<O: Operation>(_ operation: O, _ nodes: Node...) -> Node {
  do {
    return Node(
      operation, Operands(nodes), shape: try operation.shape(of: Shapes(nodes.map(\.shape))),
      isDifferentiable: false)
  } catch { stop(operation.name, error, nodes) }
}

/// A scalar operand.
@inline(__always)
package func scalar(_ value: Float) -> Node {
  Node(
    ScalarLeaf(), Operands(), shape: Shape(), isDifferentiable: false, kind: .scalar, scalar: value)
}

/// Stops the program with the whole sentence: `precondition` would lose it in an optimised build.
private func stop(_ operation: String, _ error: ShapeError, _ nodes: [Node]) -> Never {
  let places = nodes.count == 2 ? ["left", "right"] : nodes.indices.map { "operand \($0)" }
  let names = zip(places, nodes).compactMap { place, node in
    (node.state as? NamedState)?.name.map { "\(nodes.count == 1 ? "it" : place) is \"\($0)\"" }
  }
  let suffix = names.isEmpty ? "" : " (" + names.joined(separator: ", ") + ")"
  stopProgram("\(operation): \(error.description)\(suffix)")
}

/// A state that may carry a name for messages: a leaf's.
open class NamedState: NodeState {
  /// The dotted name of a parameter, like `encoder.0.weight`.
  package var name: String?
}
