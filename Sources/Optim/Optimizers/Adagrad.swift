import NeuronikaGraphs

/// Adagrad: each number's steps shrink with all the gradients that it has had, so that rare
/// features keep learning.
///
/// With the gradient g, penalty included, in a parameter's step t = 1, 2, …:
///
/// - s ← s + g²
/// - w ← w − lr / (1 + (t − 1) · decay) · g / (√s + ε)
///
/// **Complexity:** 7 flops and 20 bytes a number.
///
/// **Source:** J. Duchi, E. Hazan, Y. Singer: *Adaptive Subgradient Methods for Online Learning and
/// Stochastic Optimization*, JMLR 12 (2011), figure 1, with diagonal matrices.
public final class Adagrad: ElementwiseOptimizer {
  /// How far the first step goes.
  public var learningRate: Double
  /// By how much the learning rate's denominator, 1 at first, grows with each step.
  public var learningRateDecay: Double
  /// ε: added to the root, so that nothing is divided by 0.
  public var epsilon: Double
  /// What is added to each gradient.
  public let penalty: (any Penalty)?
  /// The parameters with the buffer `sumOfSquares`.
  public let updates: ParameterUpdates

  /// An optimizer.
  ///
  /// - Parameters:
  ///   - parameters: Differentiable leaves, such as a module's `parameters`.
  ///   - learningRate: At least 0.
  ///   - learningRateDecay: At least 0.
  ///   - epsilon: At least 0.
  ///   - penalty: What is added to each gradient, like ``L2``.
  public init(
    _ parameters: [VarDiff], learningRate: Double = 0.01, learningRateDecay: Double = 0,
    epsilon: Double = 1e-10, penalty: (any Penalty)? = nil
  ) {
    require("Adagrad", "learningRate", learningRate, isIn: 0...(.greatestFiniteMagnitude))
    require("Adagrad", "learningRateDecay", learningRateDecay, isIn: 0...(.greatestFiniteMagnitude))
    require("Adagrad", "epsilon", epsilon, isIn: 0...(.greatestFiniteMagnitude))
    self.learningRate = learningRate
    self.learningRateDecay = learningRateDecay
    self.epsilon = epsilon
    self.penalty = penalty
    updates = ParameterUpdates(
      parameters, buffers: ["sumOfSquares"], numbers: 2, penalty: penalty
    ) { w, g, buffers, n in
      let sum = buffers[0] + g.map(.square)
      return [w - n[0] * g / (sum.map(.squareRoot) + n[1]), sum]
    }
  }

  /// Changes the parameters that have a gradient.
  public func step() {
    updates.step { step, numbers in
      numbers[0] = Float(learningRate / (1 + Double(step - 1) * learningRateDecay))
      numbers[1] = Float(epsilon)
    }
  }
}
