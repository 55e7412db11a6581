import NeuronikaTensors

/// How elements between others are found.
public enum UpsamplingMode: Hashable, Sendable {
  /// The element that stands at the same place, ⌊o · L / L′⌋.
  case nearest
  /// Linear between neighbours along each axis: bilinear over two axes, trilinear over three. An
  /// element stands for the middle of its cell, or with `alignsCorners` for its corner, so that first
  /// and last elements stay.
  case linear(alignsCorners: Bool = false)
}

extension Variable {
  /// The spatial axes at another resolution.
  ///
  /// **Shape:** `[N, C, L…]` with one to three spatial axes → `[N, C, size…]`.
  ///
  /// **Gradient:** the upstream gradient, in the same proportions, to the elements that each was made
  /// from.
  ///
  /// **Numerics:** up to 2, 4 or 8 products an element, added up in `Float`. A smaller size takes
  /// samples; ``adaptiveAveragePool(to:)`` takes means.
  ///
  /// - Parameters:
  ///   - size: The spatial extents of the result.
  ///   - mode: How elements between others are found.
  public func upsample(to size: PerAxis, mode: UpsamplingMode = .nearest) -> Self {
    do throws(ShapeError) {
      let outputs = try size.resolved(axes: try spatialAxes(of: shape), "size")
      return resampled(try axisResamplings(of: shape, to: outputs, mode))
    } catch { stopProgram("upsample: \(error.description)") }
  }

  /// The spatial axes at a multiple of their resolution.
  ///
  /// **Shape:** `[N, C, L…]` → `[N, C, factor · L…]`. Otherwise as ``upsample(to:mode:)``.
  public func upsample(by factor: PerAxis, mode: UpsamplingMode = .nearest) -> Self {
    do throws(ShapeError) {
      let factors = try factor.resolved(axes: try spatialAxes(of: shape), "factor")
      return resampled(
        try axisResamplings(
          of: shape, to: factors.enumerated().map { shape[$0 + 2] * $1 }, mode))
    } catch { stopProgram("upsample: \(error.description)") }
  }
}

package func axisResamplings(
  of shape: Shape, to outputs: [Int], _ mode: UpsamplingMode
) throws(ShapeError) -> [AxisResampling] {
  if let empty = outputs.indices.first(where: { shape[$0 + 2] == 0 }) {
    throw ShapeError("axis \(empty + 2) of \(shape) is empty")
  }
  return outputs.enumerated().map { axis, output in
    switch mode {
    case .nearest: .nearest(input: shape[axis + 2], output: output)
    case .linear(let alignsCorners):
      .linear(input: shape[axis + 2], output: output, alignsCorners: alignsCorners)
    }
  }
}
