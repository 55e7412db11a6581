import NeuronikaGraphs

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What ``Adam``, ``AMSGrad`` and ``AdamW`` share: the running means of gradient and squared
/// gradient, and the step that they give.
struct AdamMeans {
  /// The names of the buffers.
  static let buffers = ["mean", "meanSquare"]
  /// How many numbers the formulas below take.
  static let numbers = 7

  /// m ← β₁ · m + (1 − β₁) · g.
  let mean: Tile
  /// v ← β₂ · v + (1 − β₂) · g².
  let meanSquare: Tile
  private let numbers: [Tile]

  init(_ gradient: Tile, _ buffers: [Tile], _ numbers: [Tile]) {
    mean = numbers[0] * buffers[0] + numbers[1] * gradient
    meanSquare = numbers[2] * buffers[1] + numbers[3] * gradient.map(.square)
    self.numbers = numbers
  }

  /// What is subtracted from the weight: lr / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε).
  ///
  /// - Parameter meanSquare: v.
  func step(_ meanSquare: Tile) -> Tile {
    numbers[6] * mean / (meanSquare.map(.squareRoot) * numbers[4] + numbers[5])
  }

  /// Writes the numbers of a parameter's step, from 1 on. The corrections for the start are
  /// computed in `Double`: 1 − 0.999 in `Float` is wrong in the fifth digit.
  static func write(
    to numbers: UnsafeMutableBufferPointer<Float>, step: Int, learningRate: Double,
    betas: (Double, Double), epsilon: Double
  ) {
    numbers[0] = Float(betas.0)
    numbers[1] = Float(1 - betas.0)
    numbers[2] = Float(betas.1)
    numbers[3] = Float(1 - betas.1)
    numbers[4] = Float(1 / (1 - pow(betas.1, Double(step))).squareRoot())
    numbers[5] = Float(epsilon)
    numbers[6] = Float(learningRate / (1 - pow(betas.0, Double(step))))
  }

  static func check(
    _ owner: String, learningRate: Double, betas: (Double, Double), epsilon: Double
  ) {
    require(owner, "learningRate", learningRate, isIn: 0...(.greatestFiniteMagnitude))
    require(owner, "betas.0", betas.0, isIn: 0...1.0.nextDown)
    require(owner, "betas.1", betas.1, isIn: 0...1.0.nextDown)
    require(owner, "epsilon", epsilon, isIn: 0...(.greatestFiniteMagnitude))
  }
}
