import NeuronikaGraphs

/// Adam with steps that never grow because a great gradient has been forgotten: the variant whose
/// convergence on convex problems is proved.
///
/// With the gradient g, penalty included, in a parameter's step t = 1, 2, …:
///
/// - m ← β₁ · m + (1 − β₁) · g
/// - v ← β₂ · v + (1 − β₂) · g²
/// - u ← max(u, v)
/// - w ← w − lr / (1 − β₁ᵗ) · m / (√u / √(1 − β₂ᵗ) + ε)
///
/// As in PyTorch, the greatest v is that before the correction for the start. The paper has no such
/// correction.
///
/// **Numerics:** the corrections for the start are computed in `Double`.
///
/// **Complexity:** 13 flops and 36 bytes a number.
///
/// **Source:** S. J. Reddi, S. Kale, S. Kumar: *On the Convergence of Adam and Beyond*, ICLR 2018,
/// algorithm 2.
public final class AMSGrad: ElementwiseOptimizer {
  /// How far a step goes.
  public var learningRate: Double
  /// β₁ and β₂: how much of the former means of gradient and squared gradient stays.
  public var betas: (Double, Double)
  /// ε: added to the root, so that nothing is divided by 0.
  public var epsilon: Double
  /// What is added to each gradient.
  public let penalty: (any Penalty)?
  /// The parameters with the buffers `mean`, `meanSquare` and `greatestMeanSquare`.
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
    AdamMeans.check("AMSGrad", learningRate: learningRate, betas: betas, epsilon: epsilon)
    self.learningRate = learningRate
    self.betas = betas
    self.epsilon = epsilon
    self.penalty = penalty
    updates = ParameterUpdates(
      parameters, buffers: AdamMeans.buffers + ["greatestMeanSquare"], numbers: AdamMeans.numbers,
      penalty: penalty
    ) { w, g, buffers, n in
      let means = AdamMeans(g, buffers, n)
      let greatest = Tile.binary(.maximum, buffers[2], means.meanSquare)
      return [w - means.step(greatest), means.mean, means.meanSquare, greatest]
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
