import NeuronikaGraphs

/// The input as it is: what stands where another layer might.
///
/// **Shape:** any, kept.
public struct Identity: Layer {
  /// A layer.
  public init() {}

  /// Gives the input back.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input { input }

  /// The layer in a word.
  public var description: String { "Identity" }
}
