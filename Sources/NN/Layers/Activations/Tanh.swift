import NeuronikaGraphs

/// The layer the hyperbolic tangent.
///
/// **Shape:** any, kept. Everything else as ``Variable/tanh()``.
public struct Tanh: Layer {
  /// A layer.
  public init() {}

  /// Applies the function to each element.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input { input.tanh() }

  /// The layer in a word.
  public var description: String { "Tanh" }
}
