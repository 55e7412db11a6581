import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors

extension Variable {
  /// Computes the value.
  ///
  /// Each computed value carries the number of the evaluation that made it. A variable that was
  /// never computed uses every computed ancestor as it stands. One that was computed in evaluation s
  /// computes each ancestor again whose value is from an evaluation ≤ s, from the current leaves, and
  /// uses those made since as they stand. So in a loop over a persistent graph `loss.forward();
  /// accuracy.forward()` computes what they share once.
  ///
  /// Compiles a plan the first time a structure is seen. Afterwards the values of all variables that
  /// the program still holds on the path can be read.
  public func forward() { Engine.forward(node) }

  /// The value as the one number that it is, whatever the rank. Computed first if it never was.
  public var item: Float { Engine.demandValue(of: node).item }
}

extension Var {
  /// The value. Computed first if it never was.
  ///
  /// Only a leaf's can be set, to a tensor of the same shape. What is computed from it then keeps its
  /// former value until the next `forward()`.
  public var data: Tensor {
    get { Engine.demandValue(of: node) }
    _modify { yield &leafState("data").value }
    set { leafState("data").value = newValue }
  }
}

extension VarDiff {
  /// The value. Computed first if it never was.
  ///
  /// Only a leaf's can be set, to a tensor of the same shape; a `backward()` of a `forward()` before
  /// that stops the program.
  public var data: Tensor {
    get { Engine.demandValue(of: node) }
    _modify { yield &leafState("data").value }
    set { leafState("data").value = newValue }
  }

  /// The gradient: of a leaf the sum over all `backward`s since `zeroGrad()`, of a computed variable
  /// that of the last one. Zeros before any.
  ///
  /// Only a leaf's can be set, to a tensor of the same shape.
  public var grad: Tensor {
    get {
      switch node.kind {
      case .leaf: (node.state as! LeafState).gradient ?? .zeros(shape)
      case .scalar: .zeros(shape)
      case .operation: Engine.gradient(of: node)
      }
    }
    set {
      guard newValue.shape == shape else {
        stopProgram("grad: the variable has shape \(shape), but the tensor \(newValue.shape)")
      }
      leafState("grad").gradient = newValue
    }
  }

  /// Adds seed · ∂self/∂leaf to the gradient of every differentiable leaf below.
  ///
  /// Computes the value first if it never was. Stops the program if a leaf on the path, or an
  /// ancestor, was changed since `forward()`. The gradients of held variables on the path are
  /// readable afterwards, and start afresh with each `backward`.
  ///
  /// - Parameter seed: The gradient of each element of `self`.
  public func backward(_ seed: Float = 1) {
    Engine.backward(node, seed: seed, tensor: nil)
    if AnomalyDetection.isOn {
      AnomalyDetection.checkBackward(node, seed: Tensor(repeating: seed, shape: shape))
    }
  }

  /// Adds Σ seed · ∂self/∂leaf to the gradient of every differentiable leaf below.
  ///
  /// - Parameter seed: The gradient of each element of `self`, of its shape.
  @_disfavoredOverload
  public func backward(_ seed: Tensor) {
    Engine.backward(node, seed: 1, tensor: seed)
    if AnomalyDetection.isOn { AnomalyDetection.checkBackward(node, seed: seed) }
  }

  /// Sets the gradients of all differentiable leaves below, or of this leaf, to zero.
  public func zeroGrad() {
    if node.kind == .leaf { return (node.state as! LeafState).gradient = nil }
    for leaf in parameters() { (leaf.node.state as! LeafState).gradient = nil }
  }

  /// The differentiable leaves that this is computed from, once each, in the order they were made.
  public func parameters() -> [VarDiff] {
    topologicalOrder(of: [node]) { !$0.isDifferentiable }
      .filter { $0.kind == .leaf && $0.isDifferentiable }
      .sorted { ($0.state as! LeafState).serial < ($1.state as! LeafState).serial }
      .map { VarDiff($0) }
  }

  /// The value as something that can't be differentiated: no gradient flows through it.
  public func detached() -> Var {
    Var(Node(Detach(), Operands(node), shape: shape, isDifferentiable: false))
  }

  /// The name of a leaf, for messages and checkpoints, like `encoder.0.weight`.
  public var name: String? {
    get { (node.state as? NamedState)?.name }
    set { leafState("name").name = newValue }
  }
}

extension Var {
  /// A differentiable leaf with this leaf's value. Handles on this leaf stay as they are.
  public func requiresGrad() -> VarDiff {
    guard node.kind == .leaf else {
      stopProgram(
        "requiresGrad: only a leaf can become one that gets a gradient, but this is the result of "
          + "\(node.operation.name), of shape \(shape). VarDiff(x) views it as "
          + "differentiable; Var.from(x.data) makes a leaf of its value")
    }
    let state = node.state as! LeafState
    return VarDiff(leafNode(state.tensor, isDifferentiable: true, name: state.name))
  }
}

extension Variable {
  fileprivate func leafState(_ what: String) -> LeafState {
    guard node.kind == .leaf else {
      stopProgram(
        "\(what): only a leaf's can be set, but this is the result of "
          + "\(node.operation.name), of shape \(shape)")
    }
    return unsafeDowncast(node.state.unsafelyUnwrapped, to: LeafState.self)
  }
}

extension LeafState {
  /// The tensor, for assignments that have to keep the shape.
  fileprivate var value: Tensor {
    get { tensor }
    _modify {
      let shape = tensor.shape
      yield &tensor
      if tensor.shape != shape {
        stopProgram("data: the leaf has shape \(shape), but the new tensor \(tensor.shape)")
      }
    }
  }
}

/// A leaf that holds a tensor.
func leafNode(_ tensor: Tensor, isDifferentiable: Bool = false, name: String? = nil) -> Node {
  Node(
    Leaf(), Operands(), shape: tensor.shape, isDifferentiable: isDifferentiable, kind: .leaf,
    state: LeafState(tensor, name: name))
}

// MARK: Without gradients

extension VarDiff {
  /// Switches the gradients of this result off, until `withGrad()`: its `forward()` keeps nothing for
  /// a `backward()`, and its `backward()` and `grad` stop the program.
  ///
  /// Frees what the last `forward()` kept and the gradients of all that this is computed from; leaves
  /// keep theirs. For a graph that is used for a while without being differentiated. What is computed
  /// from this has gradients of its own, which flow through it as ever; for a variable that no
  /// gradient flows through see `detached()`, and for a part of a program `withoutGradients`.
  ///
  /// A leaf has nothing to free and stays as it is.
  public func noGrad() {
    if node.kind != .operation { return }
    for ancestor in topologicalOrder(of: [node], isBoundary: { !$0.isDifferentiable }) {
      guard let state = ancestor.state as? ComputedState else { continue }
      (state.gradient, state.seed) = (nil, nil)
    }
    let state = Engine.computedState(of: node)
    state.evaluation = nil
    state.isGradientOff = true
  }

  /// Switches the gradients of this result on again after `noGrad()`. They begin as zeros.
  public func withGrad() {
    if node.kind == .operation { Engine.computedState(of: node).isGradientOff = false }
  }
}

/// Runs a closure whose `forward()`s keep nothing for a `backward()`. Such a backward still works,
/// by computing again what it needs.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
  try Recording.$isOff.withValue(true) { try body() }
}
