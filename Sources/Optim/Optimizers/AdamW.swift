import NeuronikaGraphs

/// Adam with decoupled weight decay: weights shrink by a share of themselves in each step, which,
/// unlike an ``L2`` penalty, isn't divided by the size of the gradients.
///
/// With the gradient g, in a parameter's step t = 1, 2, …:
///
/// - m ← β₁ · m + (1 − β₁) · g
/// - v ← β₂ · v + (1 − β₂) · g²
/// - w ← w − lr · λ · w − lr / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
///
/// The decay is multiplied by the learning rate, so that schedules change both.
///
/// **Numerics:** lr · λ · w is computed and subtracted; the shorter (1 − lr · λ) · w would round a
/// factor close to 1 the same way in every step, which is wrong by 0.3 % of the decay at the
/// defaults. The corrections for the start are computed in `Double`.
///
/// **Complexity:** 14 flops and 28 bytes a number.
///
/// **Source:** I. Loshchilov, F. Hutter: *Decoupled Weight Decay Regularization*, ICLR 2019,
/// algorithm 2.
public final class AdamW: ElementwiseOptimizer {
  /// How far a step goes.
  public var learningRate: Double
  /// β₁ and β₂: how much of the former means of gradient and squared gradient stays.
  public var betas: (Double, Double)
  /// ε: added to the root, so that nothing is divided by 0.
  public var epsilon: Double
  /// λ: the share of a weight, times the learning rate, that a step takes away.
  public var weightDecay: Double
  /// The parameters with the buffers `mean` and `meanSquare`.
  public let updates: ParameterUpdates

  /// An optimizer.
  ///
  /// - Parameters:
  ///   - parameters: Differentiable leaves, such as a module's `parameters`.
  ///   - learningRate: At least 0.
  ///   - betas: From 0 up to, but not including, 1.
  ///   - epsilon: At least 0.
  ///   - weightDecay: At least 0.
  public init(
    _ parameters: [VarDiff], learningRate: Double = 0.001, betas: (Double, Double) = (0.9, 0.999),
    epsilon: Double = 1e-8, weightDecay: Double = 0.01
  ) {
    AdamMeans.check("AdamW", learningRate: learningRate, betas: betas, epsilon: epsilon)
    require("AdamW", "weightDecay", weightDecay, isIn: 0...(.greatestFiniteMagnitude))
    self.learningRate = learningRate
    self.betas = betas
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    updates = ParameterUpdates(
      parameters, buffers: AdamMeans.buffers, numbers: AdamMeans.numbers + 1
    ) { w, g, buffers, n in
      let means = AdamMeans(g, buffers, n)
      let decay = n[AdamMeans.numbers] * w
      return [w - (decay + means.step(means.meanSquare)), means.mean, means.meanSquare]
    }
  }

  /// Changes the parameters that have a gradient.
  public func step() {
    updates.step { step, numbers in
      AdamMeans.write(
        to: numbers, step: step, learningRate: learningRate, betas: betas, epsilon: epsilon)
      numbers[AdamMeans.numbers] = Float(learningRate * weightDecay)
    }
  }
}
