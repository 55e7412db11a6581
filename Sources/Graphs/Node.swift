import NeuronikaTensors
import Synchronization

/// A vertex of a graph: an operation applied to other vertices, or a leaf.
///
/// Nodes refer to the nodes they are computed from, never the other way round and never to the
/// handles (`Var`, `VarDiff`) that name them, so reference counting alone frees a graph. A graph is
/// used by one thread at a time, so the counters are plain integers.
public final class Node {
  package enum Kind: UInt8 { case operation, leaf, scalar }

  package let kind: Kind
  /// The operation, or `Leaf` or `ScalarLeaf`.
  package let operation: any Operation
  /// What the operation is applied to.
  package private(set) var operands: Operands
  /// The shape of the value.
  public let shape: Shape
  /// Whether a differentiable leaf is among the ancestors, or is this node itself.
  package let isDifferentiable: Bool
  /// Whether the operation is told each value that an evaluation computes.
  package var isObserved = false

  /// How many `Var` and `VarDiff` objects name this node.
  package var handles: Int32 = 0
  /// How many living nodes have this one as an operand (twice if it is both operands).
  package private(set) var consumers: Int32 = 0
  /// Scratch of whichever walk visited last: its stamp, and the node's number in it.
  package var mark: UInt64 = 0
  package var index: Int32 = 0

  /// How many evaluations have drawn the numbers of a random operation.
  package var round: Int32 = 0
  /// Where the numbers of a random operation come from.
  package var draw: Draw?
  /// The value of a scalar leaf.
  package let scalar: Float
  /// The evaluation that computed the value; 0 if it was never computed.
  package var evaluation: UInt64 = 0
  /// Value, gradient and whatever else Execution keeps.
  package var state: NodeState?

  package init(
    _ operation: any Operation, _ operands: Operands, shape: Shape, isDifferentiable: Bool,
    kind: Kind = .operation, scalar: Float = 0, state: NodeState? = nil
  ) {
    self.kind = kind
    self.operation = operation
    self.operands = operands
    self.shape = shape
    self.isDifferentiable = isDifferentiable
    self.scalar = scalar
    self.state = state
    operands.first?.consumers += 1
    operands.second?.consumers += 1
    for operand in operands.others { operand.consumers += 1 }
    Node.made.add(1, ordering: .relaxed)
  }

  /// Takes the graph below apart with a stack of its own: recursion would overflow the thread's on a
  /// chain of some ten thousand nodes.
  deinit {
    Node.freed.add(1, ordering: .relaxed)
    if operands.first == nil { return }
    var orphans: [Node] = []
    dropOperands(into: &orphans)
    while let orphan = orphans.popLast() { orphan.dropOperands(into: &orphans) }
  }

  /// Lets go of the operands; those that nothing else refers to and that have operands themselves
  /// are moved to `orphans`.
  private func dropOperands(into orphans: inout [Node]) {
    operands.first?.consumers -= 1
    operands.second?.consumers -= 1
    for operand in operands.others { operand.consumers -= 1 }
    // An operand that stands here twice is released once first, so that the other is seen as alone.
    if operands.second === operands.first { operands.second = nil }
    if let first = operands.first, first.operands.first != nil {
      operands.first = nil
      Node.adopt(first, into: &orphans)
    }
    if let second = operands.second, second.operands.first != nil {
      operands.second = nil
      Node.adopt(second, into: &orphans)
    }
    if operands.others.isEmpty { return }
    var others = operands.others
    operands.others = []
    while let other = others.popLast() { Node.adopt(other, into: &orphans) }
  }

  private static func adopt(_ node: consuming Node, into orphans: inout [Node]) {
    var node = node
    if isKnownUniquelyReferenced(&node) { orphans.append(node) }
  }

  private static let made = Atomic<Int>(0)
  private static let freed = Atomic<Int>(0)
  /// The nodes alive in this process.
  package static var liveCount: Int { madeCount - freed.load(ordering: .relaxed) }
  /// The nodes made in this process so far.
  package static var madeCount: Int { made.load(ordering: .relaxed) }

  private static let stamps = Atomic<UInt64>(0)
  /// A stamp that no walk has used.
  package static func nextMark() -> UInt64 {
    stamps.add(1, ordering: .relaxed).newValue
  }

  package var isLeaf: Bool { kind != .operation }
}

/// What is known of a node's value. Declared here without behaviour; the engine's subclasses hold
/// values, gradients and plans.
open class NodeState {
  package init() {}
}

/// The operands of a node; up to two live in place.
package struct Operands {
  package var first: Node?
  package var second: Node?
  package var others: [Node]

  package init() { (first, second, others) = (nil, nil, []) }
  package init(_ a: Node) { (first, second, others) = (a, nil, []) }
  package init(_ a: Node, _ b: Node) { (first, second, others) = (a, b, []) }
  package init(_ nodes: [Node]) {
    first = nodes.first
    second = nodes.count > 1 ? nodes[1] : nil
    others = nodes.count > 2 ? Array(nodes[2...]) : []
  }

  @inline(__always) package var count: Int {
    first == nil ? 0 : second == nil ? 1 : 2 + others.count
  }

  @inline(__always) package subscript(position: Int) -> Node {
    switch position {
    case 0: first!
    case 1: second!
    default: others[position - 2]
    }
  }

  package var array: [Node] { (0..<count).map { self[$0] } }
}
