import NeuronikaTensors

extension Initializer {
  /// Numbers drawn uniformly from a range whose upper bound they never reach.
  ///
  /// - Parameter range: Not empty and finite; another stops the program.
  public static func uniform(_ range: Range<Float>) -> Initializer {
    require(
      !range.isEmpty && (range.upperBound - range.lowerBound).isFinite, "uniform",
      "the range \(range) is empty, or wider than a Float can say")
    return Initializer("uniform") { shape, draw in draw.uniform(shape, in: range) }
  }
}
