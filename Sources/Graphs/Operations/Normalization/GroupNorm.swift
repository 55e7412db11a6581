import NeuronikaTensors

extension Variable {
  /// Each of some groups of channels of each sample, with its mean subtracted and divided by its
  /// standard deviation. With one group it is layer normalisation over channels and space, with as
  /// many as there are channels instance normalisation. Scale and shift are the caller's.
  ///
  /// **Shape:** `[N, C, …]` of rank ≥ 2, kept.
  ///
  /// **Gradient, Numerics:** as ``layerNorm(epsilon:)`` on rows of C / groups channels and all of
  /// space.
  ///
  /// **Source:** Wu and He, *Group normalization*, 2018, equations 1–3.
  ///
  /// - Parameters:
  ///   - groups: How many groups the channels fall into.
  ///   - epsilon: Added to the variance, greater than 0; a static attribute.
  public func groupNorm(groups: Int, epsilon: Float = 1e-5) -> Self {
    do throws(ShapeError) {
      return reshape(try groupedShape(shape, groups)).layerNorm(epsilon: epsilon).reshape(shape)
    } catch { stopProgram("groupNorm: \(error.description)") }
  }
}

/// `[N, groups, the rest]`.
package func groupedShape(_ shape: Shape, _ groups: Int) throws(ShapeError) -> Shape {
  guard shape.rank >= 2 else { throw ShapeError("takes [N, C, …], not \(shape)") }
  guard groups >= 1, shape[1] % groups == 0 else {
    throw ShapeError("the \(shape[1]) channels of \(shape) can't be parted into \(groups) groups")
  }
  return Shape([shape[0], groups, shape.extents[2...].reduce(shape[1] / groups, *)])
}
