import NeuronikaGraphs

/// The layer x where x > 0, and slope · x elsewhere.
///
/// **Shape:** any, kept. Everything else as ``Variable/leakyRelu(slope:)``.
public struct LeakyRelu: Layer {
  /// What negative elements are multiplied by.
  public var slope: Float

  /// A layer.
  ///
  /// - Parameter slope: What negative elements are multiplied by.
  public init(slope: Float = 0.01) { self.slope = slope }

  /// Applies the function to each element.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input {
    input.leakyRelu(slope: slope)
  }

  /// The layer in a word.
  public var description: String { "LeakyRelu(slope \(slope))" }
}
