import NeuronikaGraphs

/// The penalty λ · w², which makes weights small: *weight decay*.
///
/// **Gradient:** 2 · λ · w. PyTorch's `weight_decay` is 2 λ.
public struct L2: Penalty {
  /// λ.
  public let lambda: Float

  /// A penalty.
  ///
  /// - Parameter lambda: How strong it is.
  public init(_ lambda: Float) { self.lambda = lambda }

  public func penalty(_ weight: Tile) -> Tile { .constant(2 * lambda) * weight }
}
