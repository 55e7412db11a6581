import NeuronikaGraphs

/// The layer max(x, 0).
///
/// **Shape:** any, kept. Everything else as ``Variable/relu()``.
public struct Relu: Layer {
  /// A layer.
  public init() {}

  /// Applies the function to each element.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input { input.relu() }

  /// The layer in a word.
  public var description: String { "Relu" }
}
