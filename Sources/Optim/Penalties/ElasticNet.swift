import NeuronikaGraphs

/// The sum of an ``L1`` and an ``L2`` penalty.
///
/// **Gradient:** λ₁ · sign(w) + 2 · λ₂ · w.
///
/// **Source:** H. Zou, T. Hastie: *Regularization and variable selection via the elastic net*,
/// J. R. Stat. Soc. B 67 (2005).
public struct ElasticNet: Penalty {
  /// The part that makes weights vanish.
  public let l1: L1
  /// The part that makes weights small.
  public let l2: L2

  /// A penalty.
  ///
  /// - Parameters:
  ///   - lambda1: How strong the part with |w| is.
  ///   - lambda2: How strong the part with w² is.
  public init(_ lambda1: Float, _ lambda2: Float) { (l1, l2) = (L1(lambda1), L2(lambda2)) }

  public func penalty(_ weight: Tile) -> Tile { l1.penalty(weight) + l2.penalty(weight) }
}
