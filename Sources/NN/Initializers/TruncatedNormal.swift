import NeuronikaTensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Initializer {
  /// Normally distributed numbers of which those outside some bounds are excluded.
  ///
  /// **Numerics:** one number of 32 random bits for each element, through the inverse of the
  /// distribution in `Double`, a rational approximation made exact by one of Halley's steps: nothing is
  /// drawn twice, so each element is a function of its position.
  ///
  /// **Source:** the approximation is P. J. Acklam's, *An algorithm for computing the inverse normal
  /// cumulative distribution function*, 2003.
  ///
  /// - Parameters:
  ///   - mean: The mean before numbers are excluded.
  ///   - standardDeviation: The standard deviation before, above 0.
  ///   - bounds: What the numbers lie within: by default 2, as in units of the default deviation. Bounds
  ///     more than 37 deviations away stop the program, and so do empty ones.
  public static func truncatedNormal(
    mean: Float = 0, standardDeviation: Float = 1, within bounds: ClosedRange<Float> = -2...2
  ) -> Initializer {
    require(
      standardDeviation > 0 && standardDeviation.isFinite && mean.isFinite, "truncatedNormal",
      "mean and standard deviation are finite, and the latter above 0, but \(mean) and "
        + "\(standardDeviation)")
    let lower = (Double(bounds.lowerBound) - Double(mean)) / Double(standardDeviation)
    let upper = (Double(bounds.upperBound) - Double(mean)) / Double(standardDeviation)
    require(
      lower < upper && lower < 37 && upper > -37, "truncatedNormal",
      "no number is left within \(bounds) of those around \(mean) with deviation "
        + "\(standardDeviation)")
    // The lower tail has the more exact probabilities.
    let isMirrored = lower > 0
    let (first, last) =
      isMirrored ? (tail(-upper), tail(-lower)) : (tail(lower), tail(upper))
    return Initializer("truncatedNormal") { shape, draw in
      var words = [UInt32](repeating: 0, count: shape.count)
      words.withUnsafeMutableBufferPointer {
        Philox.words($0, seed: draw.seed, stream: draw.number)
      }
      return Tensor(uninitialized: shape) { out in
        for (place, word) in words.enumerated() {
          let share = (Double(word) + 0.5) * 0x1p-32
          let deviate = quantile(first + (last - first) * share)
          let value = Float(
            Double(mean) + Double(standardDeviation) * (isMirrored ? -deviate : deviate))
          out[place] = min(max(value, bounds.lowerBound), bounds.upperBound)
        }
      }
    }
  }
}

/// The probability of a normally distributed number below x.
private func tail(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

/// The number that a normally distributed one is below with a probability.
private func quantile(_ probability: Double) -> Double {
  let estimate = acklam(probability)
  let error = tail(estimate) - probability
  let step = error * (2 * Double.pi).squareRoot() * exp(estimate * estimate / 2)
  return step.isFinite ? estimate - step / (1 + estimate * step / 2) : estimate
}

private func acklam(_ p: Double) -> Double {
  func polynomial(_ x: Double, _ coefficients: [Double]) -> Double {
    coefficients.reduce(0) { $0 * x + $1 }
  }
  let edge = 0.02425
  if p < edge || p > 1 - edge {
    let q = (-2 * log(p < edge ? p : 1 - p)).squareRoot()
    let x = polynomial(q, Acklam.tailNumerator) / polynomial(q, Acklam.tailDenominator)
    return p < edge ? x : -x
  }
  let q = p - 0.5
  return q * polynomial(q * q, Acklam.numerator) / polynomial(q * q, Acklam.denominator)
}

private enum Acklam {
  static let numerator = [
    -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02,
    -3.066479806614716e+01, 2.506628277459239e+00,
  ]
  static let denominator = [
    -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
    -1.328068155288572e+01, 1,
  ]
  static let tailNumerator = [
    -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
    -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00,
  ]
  static let tailDenominator = [
    7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00, 1,
  ]
}
