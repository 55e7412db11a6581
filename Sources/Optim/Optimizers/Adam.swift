import NeuronikaGraphs
import NeuronikaVariables

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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
    require("Adam", "learningRate", learningRate, isIn: 0...(.greatestFiniteMagnitude))
    require("Adam", "betas.0", betas.0, isIn: 0...1.0.nextDown)
    require("Adam", "betas.1", betas.1, isIn: 0...1.0.nextDown)
    require("Adam", "epsilon", epsilon, isIn: 0...(.greatestFiniteMagnitude))
    self.learningRate = learningRate
    self.betas = betas
    self.epsilon = epsilon
    self.penalty = penalty
    updates = ParameterUpdates(
      parameters, buffers: ["mean", "meanSquare"], numbers: 7, penalty: penalty
    ) { w, g, buffers, n in
      let mean = n[0] * buffers[0] + n[1] * g
      let meanSquare = n[2] * buffers[1] + n[3] * g.map(.square)
      let root = meanSquare.map(.squareRoot) * n[4] + n[5]
      return [w - n[6] * mean / root, mean, meanSquare]
    }
  }

  /// Changes the parameters that have a gradient.
  public func step() {
    updates.step { step, numbers in
      numbers[0] = Float(betas.0)
      numbers[1] = Float(1 - betas.0)
      numbers[2] = Float(betas.1)
      numbers[3] = Float(1 - betas.1)
      numbers[4] = Float(1 / (1 - pow(betas.1, Double(step))).squareRoot())
      numbers[5] = Float(epsilon)
      numbers[6] = Float(learningRate / (1 - pow(betas.0, Double(step))))
    }
  }
}
