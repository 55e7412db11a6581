import NeuronikaGraphs

/// The layer x between −1 and 1, and the nearer of both elsewhere.
///
/// **Shape:** any, kept. Everything else as ``Variable/hardtanh()``.
public struct Hardtanh: Layer {
  /// A layer.
  public init() {}

  /// Applies the function to each element.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input { input.hardtanh() }

  /// The layer in a word.
  public var description: String { "Hardtanh" }
}
