import NeuronikaGraphs

/// The penalty λ · |w|, which makes weights vanish.
///
/// **Gradient:** λ · sign(w), 0 at 0 (the Rust crate's is ±λ there, after the sign of the zero).
public struct L1: Penalty {
  /// λ.
  public let lambda: Float

  /// A penalty.
  ///
  /// - Parameter lambda: How strong it is.
  public init(_ lambda: Float) { self.lambda = lambda }

  public func penalty(_ weight: Tile) -> Tile { .constant(lambda) * weight.map(.sign) }
}
