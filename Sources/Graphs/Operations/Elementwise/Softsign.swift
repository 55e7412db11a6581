import NeuronikaTensors

// A composition: the engine needs no operation of its own.

extension Variable {
  /// x / (1 + |x|), element by element: a sigmoid with slow tails.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** upstream / (1 + |x|)², 1 at 0.
  ///
  /// **Numerics:** three correctly rounded operations. An infinite x gives NaN. 3 flops an element.
  ///
  /// **Source:** Bergstra et al., *Quadratic polynomials learn better image features*, 2009.
  public func softsign() -> Self { Self(apply(Divide(), node, (1 + abs()).node)) }
}
