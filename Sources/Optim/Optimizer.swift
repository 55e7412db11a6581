import NeuronikaGraphs
import NeuronikaTensors

/// Something that changes parameters so that what their gradients are of becomes smaller.
///
/// ```swift
/// let model = Linear(13, 1)
/// let (inputs, targets) = (Var.rand(64, 13), Var.rand(64, 1))
/// let optimizer = SGD(model.parameters, learningRate: 0.1)
/// for _ in 1...10 {
///   let loss = mseLoss(model(inputs), targets)
///   loss.backward()
///   optimizer.step()
///   optimizer.zeroGrad()
/// }
/// ```
///
/// Hyper-parameters are `Double`s, although parameters are `Float`s: 1 − 0.999 in `Float` is wrong in
/// the fifth digit.
public protocol Optimizer: AnyObject {
  /// What is optimized, each once.
  var parameters: [VarDiff] { get }
  /// How far a step goes; schedules change it. Changing it costs nothing.
  var learningRate: Double { get set }
  /// Changes the parameters in place. One without a gradient, because no `backward()` reached it
  /// since `zeroGrad()`, is skipped.
  func step()
  /// Sets the gradients of all parameters to zero.
  func zeroGrad()
  /// The learning rate, and what the optimizer remembers of each parameter.
  var state: State { get }
  /// Goes on from a state. If it throws, nothing has changed.
  ///
  /// - Throws: `StateError`, with the whole path, if something is missing, superfluous, or of
  ///   another shape.
  func load(_ state: State) throws(StateError)
}

/// An optimizer that treats every number by itself, by a formula: all but those that look at
/// directions, like L-BFGS.
///
/// Conforming takes a learning rate, the ``ParameterUpdates`` and `step()`; the rest is done:
///
/// ```swift
/// /// X. Chen et al.: Symbolic Discovery of Optimization Algorithms (2023).
/// final class Lion: ElementwiseOptimizer {
///   var learningRate: Double
///   let updates: ParameterUpdates
///
///   init(_ parameters: [VarDiff], learningRate: Double) {
///     self.learningRate = learningRate
///     updates = ParameterUpdates(parameters, buffers: ["momentum"], numbers: 1) { w, g, m, n in
///       [w - n[0] * (0.9 * m[0] + 0.1 * g).map(.sign), 0.99 * m[0] + 0.01 * g]
///     }
///   }
///
///   func step() { updates.step { _, numbers in numbers[0] = Float(learningRate) } }
/// }
/// ```
public protocol ElementwiseOptimizer: Optimizer {
  /// The parameters with their buffers, and the formula.
  var updates: ParameterUpdates { get }
}

extension ElementwiseOptimizer {
  /// What is optimized, each once.
  public var parameters: [VarDiff] { updates.parameters }

  /// Sets the gradients of all parameters to zero. Costs next to nothing: an absent gradient stands
  /// for zeros.
  public func zeroGrad() { updates.zeroGrad() }

  /// `learningRate`, and under `parameters` and each parameter's name the buffers and `step`.
  public var state: State {
    var state = State()
    state["learningRate"] = .number(learningRate)
    state.insert(updates.state, under: "parameters")
    return state
  }

  /// Goes on from a state. If it throws, nothing has changed.
  public func load(_ state: State) throws(StateError) {
    var reader = state.reader()
    let rate = try reader.number("learningRate")
    let nested = reader.nested("parameters")
    try reader.finish()
    try updates.load(nested)
    learningRate = rate
  }
}
