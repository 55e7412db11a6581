import NeuronikaTensors

// Compositions: the engine needs no operations of their own.

extension Variable {
  /// The variance of all elements.
  public func variance(correction: Int = 1) -> Self {
    variance(axes: Array(0..<rank), correction: correction)
  }

  /// The variances along axes, Σ (x − mean)² / (n − correction).
  ///
  /// **Shape:** the axes are dropped or, with `keepingAxes`, become 1: `[N, C]` with axis 1 → `[N]`.
  ///
  /// **Gradient:** upstream · 2 (x − mean) / (n − correction).
  ///
  /// **Numerics:** the mean is subtracted before squaring: the difference of the mean square and the
  /// squared mean would cancel. NaN where n ≤ correction. About 6 flops an element.
  ///
  /// - Parameters:
  ///   - axes: Which axes to reduce, each once; negative ones count from the end.
  ///   - correction: 1 for an estimate from a sample (Bessel), 0 for the mean square itself.
  ///   - keepingAxes: Whether the axes stay, with an extent of 1.
  public func variance(
    axes first: Int, _ others: Int..., correction: Int = 1, keepingAxes: Bool = false
  ) -> Self {
    variance(axes: [first] + others, correction: correction, keepingAxes: keepingAxes)
  }
  /// The variances along a list of axes.
  public func variance(axes: [Int], correction: Int = 1, keepingAxes: Bool = false) -> Self {
    let set = axisSet(axes, in: shape, operation: "variance")
    let freedom = shape.count(along: set) - correction
    let mean = mean(axes: axes, keepingAxes: true)
    let squares = Self(apply(Subtract(), node, mean.node)).square()
    return squares.sum(axes: axes, keepingAxes: keepingAxes) / (freedom > 0 ? Float(freedom) : .nan)
  }

  /// The standard deviation of all elements.
  public func standardDeviation(correction: Int = 1) -> Self {
    variance(correction: correction).sqrt()
  }

  /// The standard deviations along axes: the square roots of the variances.
  ///
  /// **Shape:** as `variance`.
  ///
  /// **Gradient:** upstream · (x − mean) / (y (n − correction)), with y the output: NaN where all
  /// elements are equal.
  ///
  /// **Numerics:** as `variance`.
  public func standardDeviation(
    axes first: Int, _ others: Int..., correction: Int = 1, keepingAxes: Bool = false
  ) -> Self {
    standardDeviation(axes: [first] + others, correction: correction, keepingAxes: keepingAxes)
  }
  /// The standard deviations along a list of axes.
  public func standardDeviation(
    axes: [Int], correction: Int = 1, keepingAxes: Bool = false
  ) -> Self {
    variance(axes: axes, correction: correction, keepingAxes: keepingAxes).sqrt()
  }
}
