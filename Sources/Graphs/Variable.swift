import NeuronikaTensors

/// What `Var` and `VarDiff` have in common: a handle on a vertex of a lazily evaluated graph.
///
/// Operations are methods and operators of this protocol. Those of one operand keep the type; those
/// of two give a `VarDiff` exactly if one of the operands is one.
public protocol Variable: AnyObject {
  /// The vertex.
  var node: Node { get }
  /// A handle on a vertex.
  init(_ node: Node)
}

/// A variable that can't be differentiated.
public final class Var: Variable {
  public let node: Node

  public init(_ node: Node) {
    self.node = node
    node.handles += 1
  }

  deinit { node.handles -= 1 }
}

/// A variable that can be differentiated.
public final class VarDiff: Variable {
  public let node: Node

  public init(_ node: Node) {
    self.node = node
    node.handles += 1
  }

  /// A view of a `Var` as differentiable, without making it a parameter: it never gets a gradient.
  ///
  /// For a loop variable, the first state of a recurrent network, or a list that mixes both kinds.
  public convenience init(_ variable: Var) { self.init(variable.node) }

  deinit { node.handles -= 1 }
}

extension Variable {
  /// The extents of the value.
  public var shape: Shape { node.shape }
  /// The number of axes.
  public var rank: Int { node.shape.rank }
}
