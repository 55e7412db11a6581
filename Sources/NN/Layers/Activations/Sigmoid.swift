import NeuronikaGraphs

/// The layer 1 / (1 + exp(−x)).
///
/// **Shape:** any, kept. Everything else as ``Variable/sigmoid()``.
public struct Sigmoid: Layer {
  /// A layer.
  public init() {}

  /// Applies the function to each element.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input { input.sigmoid() }

  /// The layer in a word.
  public var description: String { "Sigmoid" }
}
