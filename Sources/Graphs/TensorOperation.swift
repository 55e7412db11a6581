import NeuronikaTensors
import Synchronization

/// An operation of one's own, stated as closures on tensors: the engine calls them at their place.
///
/// ```swift
/// let cube = TensorOperation("cube") { x in
///   Tensor(x[0].elements.map { $0 * $0 * $0 }, shape: x[0].shape)
/// } pullback: { upstream, x, y in
///   [upstream * x[0] * x[0] * 3]
/// }
/// let y = cube(Var.from([1, 2, -3]).requiresGrad())  // a VarDiff
/// ```
///
/// Make one once and use it as often as wanted, as one would a function. Every `TensorOperation` is
/// an operation of its own, whatever its closures say: one that is made anew in every step is right
/// too, but each compiles a plan of its own. What changes from step to step belongs to the
/// operands.
///
/// The closures have to be pure: the same tensors in, the same tensor out. The engine calls
/// `forward` whenever the value is computed, again for a backward that has to compute it again, and
/// at most once for each use of the operation in a graph. It hands over operands as dense,
/// row-major tensors, whatever views they are, which the closure may keep. Nothing is fused with
/// the closure, and it runs on one thread, the one that computes, with denormal numbers taken for
/// 0. It may build and compute graphs of its own.
///
/// An operation that can be put in the words of ``Lowering`` is faster as a type that conforms to
/// ``Operation``; so is one with attributes that say which of two are the same.
///
/// **Gradient:** there are two ways to state it, or none:
/// - `pullback:` gives the gradients as graphs. They can be differentiated again, as often as
///   wanted.
/// - `gradient:` gives them as tensors, and can be differentiated once. Differentiating again
///   builds a graph like any other, but computing it stops the program and says so.
/// - Without either, values can be computed, but a `backward()` through the operation stops the
///   program; `detached()` keeps gradients out.
///
/// **Numerics:** everything is `Float`. The reference executor, which `checkGradients` uses,
/// computes in `Double` but has to call the closures in `Float`: give it a `step` of
/// 0.05 and a `tolerance` of 10⁻³.
///
/// **Errors:** a shape that the shape rule refuses stops the program with the rule's sentence; so
/// does a closure that gives a tensor of another shape than the rule says.
public struct TensorOperation: Operation {
  /// The result from the operands.
  public typealias Forward = @Sendable (_ operands: [Tensor]) -> Tensor
  /// The shape of the result from those of the operands.
  public typealias ShapeRule = @Sendable (_ operands: Shapes) throws(ShapeError) -> Shape
  /// The gradient of each operand as a variable; `nil` for zero.
  public typealias Pullback =
    @Sendable (_ upstream: VarDiff, _ operands: [VarDiff], _ output: VarDiff) -> [VarDiff?]
  /// The gradient of each operand as a tensor; `nil` for zero.
  public typealias Gradient =
    @Sendable (_ upstream: Tensor, _ operands: [Tensor], _ output: Tensor) -> [Tensor?]

  public static let name = "TensorOperation"
  public let name: String
  private let closures: Closures

  /// What is called, and who it is. The number tells it from all others that ever were; its address
  /// would not, because another might get that later.
  private final class Closures: Sendable {
    let shape: ShapeRule
    let forward: Forward
    let pullback: Pullback?
    let gradient: Gradient?
    let number: Int

    private static let made = Atomic<Int>(0)

    init(
      _ shape: @escaping ShapeRule, _ forward: @escaping Forward, _ pullback: Pullback?,
      _ gradient: Gradient?
    ) {
      (self.shape, self.forward, self.pullback, self.gradient) = (
        shape, forward, pullback, gradient
      )
      number = Closures.made.add(1, ordering: .relaxed).newValue
    }
  }

  /// An operation whose gradient is stated as a graph, or not at all.
  ///
  /// - Parameters:
  ///   - name: The name in messages and drawings.
  ///   - shape: The shape rule; without one, the result has the shape of the first operand.
  ///   - forward: The result from the operands.
  ///   - pullback: The gradients of the operands from the gradient of the result, built of the
  ///     library's operations. It computes nothing: it runs when a graph is differentiated, on
  ///     variables that have no values yet.
  public init(
    _ name: String, shape: @escaping ShapeRule = { $0[0] }, forward: @escaping Forward,
    pullback: Pullback? = nil
  ) {
    self.name = name
    closures = Closures(shape, forward, pullback, nil)
  }

  /// An operation whose gradient is stated on tensors, so that it can be differentiated once.
  ///
  /// - Parameters:
  ///   - name: The name in messages and drawings.
  ///   - shape: The shape rule; without one, the result has the shape of the first operand.
  ///   - forward: The result from the operands.
  ///   - gradient: The gradients of the operands from the gradient of the result, each of its
  ///     operand's shape. Those of operands that aren't differentiable are not looked at.
  public init(
    _ name: String, shape: @escaping ShapeRule = { $0[0] }, forward: @escaping Forward,
    gradient: @escaping Gradient
  ) {
    self.name = name
    closures = Closures(shape, forward, nil, gradient)
  }

  // MARK: Use

  /// The result for one operand.
  public func callAsFunction<V: Variable>(_ x: V) -> V { V(apply(self, x.node)) }
  /// The result for two operands.
  public func callAsFunction<V: Variable>(_ x: V, _ y: Var) -> V { V(apply(self, x.node, y.node)) }
  /// The result for two operands.
  public func callAsFunction(_ x: some Variable, _ y: VarDiff) -> VarDiff {
    VarDiff(apply(self, x.node, y.node))
  }
  /// The result for any number of operands.
  public func callAsFunction(_ operands: [Var]) -> Var { Var(apply(self, operands.map(\.node))) }
  /// The result for any number of operands.
  public func callAsFunction(_ operands: [VarDiff]) -> VarDiff {
    VarDiff(apply(self, operands.map(\.node)))
  }
  /// The result for any number of operands of both kinds.
  @_disfavoredOverload
  public func callAsFunction(_ operands: [any Variable]) -> VarDiff {
    VarDiff(apply(self, operands.map(\.node)))
  }

  // MARK: What an operation is

  public func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    try closures.shape(operands)
  }

  /// The closure, in `Float`: there is no other specification.
  public func specification(_ operands: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(closures.forward(operands.map(Tensor.init)))
  }

  public func pullback(
    _ upstream: VarDiff, operands: [VarDiff], output: VarDiff
  ) -> [VarDiff?] {
    if let pullback = closures.pullback {
      let gradients = pullback(upstream, operands, output)
      check(gradients.map { $0?.shape }, for: operands.map(\.shape))
      return gradients
    }
    guard closures.gradient != nil else {
      return refusals(
        for: operands,
        "has no gradient, but a backward goes through it. Give it a pullback, or keep gradients out "
          + "with detached()")
    }
    let wanted = operands.map(\.node.isDifferentiable)
    let all = VarDiff(
      apply(
        TensorGradient(operation: self, wanted: wanted),
        [upstream.node] + operands.map(\.node) + [output.node]))
    var start = 0
    return zip(operands, wanted).map { operand, isWanted in
      if !isWanted { return nil }
      defer { start += operand.shape.count }
      let part = Slice(starts: [start], steps: [1], target: Shape(operand.shape.count))
      return VarDiff(apply(part, all.node)).reshape(operand.shape)
    }
  }

  /// The closures are the operation's, not the plan's: what they captured goes when the operation
  /// goes.
  public func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .opaque(OpaqueFunction(owner: closures) { [unowned closures] in closures.forward($0) })
  }

  public func writeAttributes(to structure: inout StructureWriter) {
    structure.append(closures.number)
  }

  // MARK: Gradients on tensors

  /// The gradients of the wanted operands one after the other, from the tensors of upstream
  /// gradient, operands and output.
  fileprivate func gradients(_ tensors: [Tensor], _ wanted: [Bool]) -> Tensor {
    let operands = Array(tensors[1..<tensors.count - 1])
    let gradients = closures.gradient!(tensors[0], operands, tensors[tensors.count - 1])
    check(gradients.map { $0?.shape }, for: operands.map(\.shape))
    let count = zip(operands, wanted).reduce(0) { $0 + ($1.1 ? $1.0.count : 0) }
    return Tensor(uninitialized: Shape(count)) { elements in
      var start = 0
      for (position, operand) in operands.enumerated() where wanted[position] {
        let part = UnsafeMutableBufferPointer(rebasing: elements[start..<start + operand.count])
        if let gradient = gradients[position] {
          gradient.withUnsafeElements { _ = part.initialize(from: $0) }
        } else {
          part.initialize(repeating: 0)
        }
        start += operand.count
      }
    }
  }

  fileprivate func gradientLowering(_ wanted: [Bool]) -> Lowering {
    let name = name
    return .opaque(
      OpaqueFunction(owner: closures) { [unowned closures] in
        TensorOperation(name: name, closures).gradients($0, wanted)
      })
  }

  private init(name: String, _ closures: Closures) {
    (self.name, self.closures) = (name, closures)
  }

  private func check(_ gradients: [Shape?], for operands: [Shape]) {
    guard gradients.count == operands.count else {
      stopProgram(
        "\(name): the pullback gave \(gradients.count) gradients for \(operands.count) operands. It "
          + "gives one for each, nil for zero")
    }
    for (position, (gradient, operand)) in zip(gradients, operands).enumerated() {
      if let gradient, gradient != operand {
        stopProgram(
          "\(name): the pullback gave a gradient of shape \(gradient) for operand \(position), which "
            + "has \(operand)")
      }
    }
  }

  /// Gradients that stop the program when they are computed. Building them may not: an evaluation
  /// prepares for a backward that may never come.
  fileprivate func refusals(for operands: [VarDiff], _ reason: String) -> [VarDiff?] {
    operands.map { operand in
      if !operand.node.isDifferentiable { return nil }
      return VarDiff(
        apply(RefusedGradient(name: name, reason: reason, number: closures.number), operand.node))
    }
  }
}

/// The gradients of a `TensorOperation`'s operands, those that are wanted, one after the other in
/// one vector. The operands are the upstream gradient, the operation's operands and its output.
private struct TensorGradient: Operation {
  static let name = "gradient"
  let operation: TensorOperation
  let wanted: [Bool]

  var name: String { operation.name + "Gradient" }

  func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    Shape(wanted.indices.reduce(0) { $0 + (wanted[$1] ? operands[$1 + 1].count : 0) })
  }

  func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(operation.gradients(x.map(Tensor.init), wanted))
  }

  func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    operation.refusals(
      for: x,
      "states its gradient on tensors, so it can't be differentiated again. State it as a graph, "
        + "with pullback:")
  }

  func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    operation.gradientLowering(wanted)
  }

  func writeAttributes(to structure: inout StructureWriter) {
    operation.writeAttributes(to: &structure)
    for isWanted in wanted { structure.append(isWanted ? 1 : 0) }
  }
}

/// A gradient that nobody stated: it stops the program when it is computed.
private struct RefusedGradient: Operation {
  static let name = "refusedGradient"
  let name: String
  let reason: String
  let number: Int

  func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor { refuse() }

  func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [VarDiff(apply(self, x[0].node))]
  }

  func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .opaque(OpaqueFunction { _ in refuse() })
  }

  func writeAttributes(to structure: inout StructureWriter) { structure.append(number) }

  private func refuse() -> Never { stopProgram("\(name): \(reason)") }
}

extension Tensor {
  /// The nearest `Float`s.
  fileprivate init(_ reference: ReferenceTensor) {
    self.init(reference.elements.map { Float($0) }, shape: reference.shape)
  }
}
