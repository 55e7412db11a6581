import NeuronikaGraphs

/// The layer x / (1 + |x|).
///
/// **Shape:** any, kept. Everything else as ``Variable/softsign()``.
public struct Softsign: Layer {
  /// A layer.
  public init() {}

  /// Applies the function to each element.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input { input.softsign() }

  /// The layer in a word.
  public var description: String { "Softsign" }
}
