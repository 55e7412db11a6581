import NeuronikaGraphs

/// RMSProp: gradients divided by their recent size; centered, by their recent standard deviation;
/// with momentum if wanted.
///
/// With the gradient g, penalty included, and a, s, b that are 0 at first:
///
/// - plain: s ← α · s + (1 − α) · g²; d = √s + ε
/// - centered: a ← α · a + (1 − α) · g as well; d = √(s − a²) + ε
/// - without momentum: w ← w − lr · g / d
/// - with momentum: b ← μ · b + g / d; w ← w − lr · b
///
/// **Numerics:** s − a² is a difference of nearly equal numbers where gradients hardly vary, and
/// rounding makes it negative, its root NaN. So the variance itself is what is remembered:
/// v ← α · (v + (1 − α) · (g − a)²), with the former a, is the same number and never less than 0.
///
/// **Complexity:** plain 7 flops and 20 bytes a number; centered 5 flops and 8 bytes more, momentum
/// 2 flops and 8 bytes more.
///
/// **Source:** T. Tieleman, G. Hinton: *Lecture 6.5: RMSProp*, Coursera: Neural Networks for
/// Machine Learning (2012); centered: A. Graves: *Generating Sequences With Recurrent Neural
/// Networks* (2013), equations 38 to 45.
public final class RMSProp: ElementwiseOptimizer {
  /// How far a step goes.
  public var learningRate: Double
  /// α: how much of the former means stays.
  public var smoothing: Double
  /// μ: how much of the former step stays. Going to 0 forgets the momentum, not the means.
  public var momentum: Double {
    didSet {
      if (momentum == 0) == (oldValue == 0) { return }
      let former = updates
      updates = RMSProp.updates(parameters, momentum != 0, isCentered, penalty)
      updates.adopt(former)
    }
  }
  /// Whether gradients are divided by their standard deviation rather than by their size.
  public let isCentered: Bool
  /// ε: added to the root, so that nothing is divided by 0.
  public var epsilon: Double
  /// What is added to each gradient.
  public let penalty: (any Penalty)?
  /// The parameters with the buffer `meanSquare`, or `mean` and `variance` if centered, and
  /// `momentum`, if there is momentum.
  public private(set) var updates: ParameterUpdates

  /// An optimizer.
  ///
  /// - Parameters:
  ///   - parameters: Differentiable leaves, such as a module's `parameters`.
  ///   - learningRate: At least 0.
  ///   - smoothing: From 0 up to, but not including, 1.
  ///   - momentum: At least 0; 0 for none.
  ///   - centered: Whether gradients are divided by their standard deviation rather than by their
  ///     size.
  ///   - epsilon: At least 0.
  ///   - penalty: What is added to each gradient, like ``L2``.
  public init(
    _ parameters: [VarDiff], learningRate: Double = 0.01, smoothing: Double = 0.99,
    momentum: Double = 0, centered: Bool = false, epsilon: Double = 1e-8,
    penalty: (any Penalty)? = nil
  ) {
    require("RMSProp", "learningRate", learningRate, isIn: 0...(.greatestFiniteMagnitude))
    require("RMSProp", "smoothing", smoothing, isIn: 0...1.0.nextDown)
    require("RMSProp", "momentum", momentum, isIn: 0...(.greatestFiniteMagnitude))
    require("RMSProp", "epsilon", epsilon, isIn: 0...(.greatestFiniteMagnitude))
    self.learningRate = learningRate
    self.smoothing = smoothing
    self.momentum = momentum
    isCentered = centered
    self.epsilon = epsilon
    self.penalty = penalty
    updates = RMSProp.updates(parameters, momentum != 0, centered, penalty)
  }

  /// Changes the parameters that have a gradient.
  public func step() {
    updates.step { _, numbers in
      numbers[0] = Float(learningRate)
      numbers[1] = Float(smoothing)
      numbers[2] = Float(1 - smoothing)
      numbers[3] = Float(epsilon)
      numbers[4] = Float(momentum)
    }
  }

  private static func updates(
    _ parameters: [VarDiff], _ hasMomentum: Bool, _ isCentered: Bool, _ penalty: (any Penalty)?
  ) -> ParameterUpdates {
    ParameterUpdates(
      parameters,
      buffers: (isCentered ? ["mean", "variance"] : ["meanSquare"])
        + (hasMomentum ? ["momentum"] : []),
      numbers: 5, penalty: penalty
    ) { w, g, buffers, n in
      let (rate, alpha, share, epsilon, momentum) = (n[0], n[1], n[2], n[3], n[4])
      var results: [Tile]
      if isCentered {
        let deviation = g - buffers[0]
        results = [
          alpha * buffers[0] + share * g,
          alpha * (buffers[1] + share * deviation.map(.square)),
        ]
      } else {
        results = [alpha * buffers[0] + share * g.map(.square)]
      }
      var step = g / (results.last!.map(.squareRoot) + epsilon)
      if hasMomentum {
        step = momentum * buffers.last! + step
        results.append(step)
      }
      return [w - rate * step] + results
    }
  }
}
