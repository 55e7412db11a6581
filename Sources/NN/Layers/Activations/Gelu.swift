import NeuronikaGraphs

/// The layer x · Φ(x), Φ being the normal distribution.
///
/// **Shape:** any, kept. Everything else as ``Variable/gelu(_:)``.
public struct Gelu: Layer {
  /// How Φ is computed.
  public var form: GeluForm

  /// A layer.
  ///
  /// - Parameter form: How Φ is computed.
  public init(_ form: GeluForm = .exact) { self.form = form }

  /// Applies the function to each element.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input { input.gelu(form) }

  /// The layer in a word.
  public var description: String { form == .exact ? "Gelu" : "Gelu(\(form))" }
}
