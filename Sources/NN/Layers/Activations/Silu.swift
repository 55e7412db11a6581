import NeuronikaGraphs

/// The layer x · sigmoid(x), also called swish.
///
/// **Shape:** any, kept. Everything else as ``Variable/silu()``.
public struct Silu: Layer {
  /// A layer.
  public init() {}

  /// Applies the function to each element.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input { input.silu() }

  /// The layer in a word.
  public var description: String { "Silu" }
}
