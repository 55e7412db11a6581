import NeuronikaTensors

extension Variable {
  /// The mean of each window.
  ///
  /// **Shape:** `[N, C, L…]` with one to three spatial axes → `[N, C, ⌊(L + 2 padding − kernelSize) /
  /// stride⌋ + 1 …]`.
  ///
  /// **Gradient:** the upstream gradient in equal shares to the elements of its window.
  ///
  /// **Numerics:** each element is multiplied by the reciprocal of the window's size, and the products
  /// added up in `Float`.
  ///
  /// - Parameters:
  ///   - kernelSize: The extents of a window.
  ///   - stride: How far apart windows start; the windows' own extents if `nil`.
  ///   - padding: How far windows reach over the border on both sides, at most half a window.
  ///   - countsPadding: Whether the zeros in the padding count as elements. If not, a window at the
  ///     border is divided by fewer.
  ///   - roundsUp: Whether a last window that reaches beyond the border counts.
  public func averagePool(
    kernelSize: PerAxis, stride: PerAxis? = nil, padding: PerAxis = 0, countsPadding: Bool = true,
    roundsUp: Bool = false
  ) -> Self {
    do throws(ShapeError) {
      let windows = try poolingWindows(
        of: shape, kernelSize: kernelSize, stride: stride, padding: padding, dilation: 1,
        roundsUp: roundsUp)
      return resampled(windows.map { .average($0, countsPadding: countsPadding) })
    } catch { stopProgram("averagePool: \(error.description)") }
  }

  /// The mean of each of so many windows that cover the spatial axes evenly, neighbours overlapping
  /// where the extents aren't divisible. `adaptiveAveragePool(to: 1)` is global average pooling.
  ///
  /// **Shape:** `[N, C, L…]` → `[N, C, size…]`.
  ///
  /// **Gradient, Numerics:** as
  /// ``averagePool(kernelSize:stride:padding:countsPadding:roundsUp:)``.
  ///
  /// - Parameter size: The spatial extents of the result.
  public func adaptiveAveragePool(to size: PerAxis) -> Self {
    do throws(ShapeError) {
      let windows = try adaptiveWindows(of: shape, to: size)
      return resampled(windows.map { .average($0, countsPadding: false) })
    } catch { stopProgram("adaptiveAveragePool: \(error.description)") }
  }
}
