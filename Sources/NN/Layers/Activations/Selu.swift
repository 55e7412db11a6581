import NeuronikaGraphs

/// The layer λ · elu(x) with the λ and α that keep mean 0 and variance 1 from layer to layer.
///
/// **Shape:** any, kept. Everything else as ``Variable/selu()``.
public struct Selu: Layer {
  /// A layer.
  public init() {}

  /// Applies the function to each element.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input { input.selu() }

  /// The layer in a word.
  public var description: String { "Selu" }
}
