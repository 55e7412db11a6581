import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// Stochastic gradient descent, with momentum if wanted.
///
/// With the gradient g, penalty included:
///
/// - plain: w ← w − lr · g
/// - momentum: b ← μ · b + (1 − τ) · g; w ← w − lr · b
/// - Nesterov: b as before; w ← w − lr · (g + μ · b)
///
/// b is 0 at first, so that dampening τ holds from the first step on (PyTorch's begins with the
/// second).
///
/// **Complexity:** 2 flops and 12 bytes a number, with momentum 5 flops and 20 bytes.
///
/// **Source:** B. T. Polyak: *Some methods of speeding up the convergence of iteration methods*
/// (1964); I. Sutskever, J. Martens, G. Dahl, G. Hinton: *On the importance of initialization and
/// momentum in deep learning*, ICML 2013, section 2.
public final class SGD: ElementwiseOptimizer {
  /// How far a step goes.
  public var learningRate: Double
  /// μ: how much of the former step stays. Going from or to 0 forgets the momentum.
  public var momentum: Double {
    didSet {
      if (momentum == 0) == (oldValue == 0) { return }
      let former = updates
      updates = SGD.updates(parameters, momentum != 0, nesterov, penalty)
      updates.adopt(former)
    }
  }
  /// τ: how much of the gradient is held back from the momentum.
  public var dampening: Double
  /// Whether the step looks ahead.
  public let nesterov: Bool
  /// What is added to each gradient.
  public let penalty: (any Penalty)?
  /// The parameters with the buffer `momentum`, if there is momentum.
  public private(set) var updates: ParameterUpdates

  /// An optimizer.
  ///
  /// - Parameters:
  ///   - parameters: Differentiable leaves, such as a module's `parameters`.
  ///   - learningRate: At least 0.
  ///   - momentum: At least 0; 0 for none.
  ///   - dampening: From 0 to 1.
  ///   - nesterov: Whether the step looks ahead. Takes a momentum.
  ///   - penalty: What is added to each gradient, like ``L2``.
  public init(
    _ parameters: [VarDiff], learningRate: Double, momentum: Double = 0, dampening: Double = 0,
    nesterov: Bool = false, penalty: (any Penalty)? = nil
  ) {
    require("SGD", "learningRate", learningRate, isIn: 0...(.greatestFiniteMagnitude))
    require("SGD", "momentum", momentum, isIn: 0...(.greatestFiniteMagnitude))
    require("SGD", "dampening", dampening, isIn: 0...1)
    if nesterov && momentum == 0 { stopProgram("SGD: nesterov takes a momentum greater than 0") }
    self.learningRate = learningRate
    self.momentum = momentum
    self.dampening = dampening
    self.nesterov = nesterov
    self.penalty = penalty
    updates = SGD.updates(parameters, momentum != 0, nesterov, penalty)
  }

  /// Changes the parameters that have a gradient.
  public func step() {
    updates.step { _, numbers in
      numbers[0] = Float(learningRate)
      if momentum == 0 { return }
      numbers[1] = Float(momentum)
      numbers[2] = Float(1 - dampening)
    }
  }

  private static func updates(
    _ parameters: [VarDiff], _ hasMomentum: Bool, _ nesterov: Bool, _ penalty: (any Penalty)?
  ) -> ParameterUpdates {
    guard hasMomentum else {
      return ParameterUpdates(parameters, numbers: 1, penalty: penalty) { w, g, _, n in
        [w - n[0] * g]
      }
    }
    return ParameterUpdates(parameters, buffers: ["momentum"], numbers: 3, penalty: penalty) {
      w, g, buffers, n in
      let (rate, momentum, share) = (n[0], n[1], n[2])
      let b = momentum * buffers[0] + share * g
      return [w - rate * (nesterov ? g + momentum * b : b), b]
    }
  }
}
