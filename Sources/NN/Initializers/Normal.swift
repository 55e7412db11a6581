import NeuronikaTensors

extension Initializer {
  /// Normally distributed numbers.
  ///
  /// - Parameters:
  ///   - mean: The mean, finite.
  ///   - standardDeviation: The standard deviation, at least 0; another stops the program.
  public static func normal(mean: Float = 0, standardDeviation: Float = 1) -> Initializer {
    require(
      mean.isFinite && standardDeviation >= 0 && standardDeviation.isFinite, "normal",
      "mean and standard deviation are finite, and the latter at least 0, but \(mean) and "
        + "\(standardDeviation)")
    return Initializer("normal") { shape, draw in
      draw.normal(shape, mean: mean, standardDeviation: standardDeviation)
    }
  }
}
