import NeuronikaGraphs

/// The layer ln(1 + exp(x)).
///
/// **Shape:** any, kept. Everything else as ``Variable/softplus()``.
public struct Softplus: Layer {
  /// A layer.
  public init() {}

  /// Applies the function to each element.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input { input.softplus() }

  /// The layer in a word.
  public var description: String { "Softplus" }
}
