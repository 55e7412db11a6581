import NeuronikaGraphs

/// Adam: steps of about the learning rate, whatever the size of the gradients.
///
/// With the gradient g, penalty included, in a parameter's step t = 1, 2, …:
///
/// - m ← β₁ · m + (1 − β₁) · g
/// - v ← β₂ · v + (1 − β₂) · g²
/// - w ← w − lr / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
///
/// A parameter that gets its first gradient late starts with t = 1 then.
///
/// **Numerics:** the corrections for the start are computed in `Double`.
///
/// **Complexity:** 12 flops and 28 bytes a number.
///
/// **Source:** D. P. Kingma, J. Ba: *Adam: A Method for Stochastic Optimization*, ICLR 2015,
/// algorithm 1.
public final class Adam: ElementwiseOptimizer {
  /// How far a step goes.
  public var learningRate: Double
  /// β₁ and β₂: how much of the former means of gradient and squared gradient stays.
  public var betas: (Double, Double)
  /// ε: added to the root, so that nothing is divided by 0.
  public var epsilon: Double
  /// What is added to each gradient.
  public let penalty: (any Penalty)?
  /// The parameters with the buffers `mean` and `meanSquare`.
  public let updates: ParameterUpdates

  /// An optimizer.
  ///
  /// - Parameters:
  ///   - parameters: Differentiable leaves, such as a module's `parameters`.
  ///   - learningRate: At least 0.
  ///   - betas: From 0 up to, but not including, 1.
  ///   - epsilon: At least 0.
  ///   - penalty: What is added to each gradient, like ``L2``.
  public init(
    _ parameters: [VarDiff], learningRate: Double = 0.001, betas: (Double, Double) = (0.9, 0.999),
    epsilon: Double = 1e-8, penalty: (any Penalty)? = nil
  ) {
    AdamMeans.check("Adam", learningRate: learningRate, betas: betas, epsilon: epsilon)
    self.learningRate = learningRate
    self.betas = betas
    self.epsilon = epsilon
    self.penalty = penalty
    updates = ParameterUpdates(
      parameters, buffers: AdamMeans.buffers, numbers: AdamMeans.numbers, penalty: penalty
    ) { w, g, buffers, n in
      let means = AdamMeans(g, buffers, n)
      return [w - means.step(means.meanSquare), means.mean, means.meanSquare]
    }
  }

  /// Changes the parameters that have a gradient.
  public func step() {
    updates.step { step, numbers in
      AdamMeans.write(
        to: numbers, step: step, learningRate: learningRate, betas: betas, epsilon: epsilon)
    }
  }
}
