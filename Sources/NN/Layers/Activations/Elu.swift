import NeuronikaGraphs

/// The layer x where x > 0, and α (exp(x) − 1) elsewhere.
///
/// **Shape:** any, kept. Everything else as ``Variable/elu(alpha:)``.
public struct Elu: Layer {
  /// α: what is approached, with its sign changed, far on the negative side.
  public var alpha: Float

  /// A layer.
  ///
  /// - Parameter alpha: α: what is approached, with its sign changed, far on the negative side.
  public init(alpha: Float = 1) { self.alpha = alpha }

  /// Applies the function to each element.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input { input.elu(alpha: alpha) }

  /// The layer in a word.
  public var description: String { "Elu(alpha \(alpha))" }
}
