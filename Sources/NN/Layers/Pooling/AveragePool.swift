import NeuronikaGraphs

/// The mean of each window, over one to three spatial axes.
///
/// **Shape:** `[N, C, L…]` → `[N, C, L′…]`, L′ = ⌊(L + 2 padding − kernelSize) / stride⌋ + 1. Everything else as
/// ``Variable/averagePool(kernelSize:stride:padding:countsPadding:roundsUp:)``.
///
/// ```swift
/// print(AveragePool(kernelSize: 2)(Var.rand(8, 3, 32, 32)).shape)  // [8, 3, 16, 16]
/// ```
public struct AveragePool: Layer {
  /// The extents of a window.
  public let kernelSize: PerAxis
  /// How far apart windows start; the windows' own extents if `nil`.
  public let stride: PerAxis?
  /// How far windows reach over the border on both sides, at most half a window.
  public let padding: PerAxis
  /// Whether the zeros in the padding count as elements.
  public let countsPadding: Bool
  /// Whether a last window that reaches beyond the border counts.
  public let roundsUp: Bool

  /// A layer.
  ///
  /// - Parameters:
  ///   - kernelSize: The extents of a window.
  ///   - stride: How far apart windows start; the windows' own extents if `nil`.
  ///   - padding: How far windows reach over the border on both sides, at most half a window.
  ///   - countsPadding: Whether the zeros in the padding count as elements.
  ///   - roundsUp: Whether a last window that reaches beyond the border counts.
  public init(
    kernelSize: PerAxis, stride: PerAxis? = nil, padding: PerAxis = 0, countsPadding: Bool = true,
    roundsUp: Bool = false
  ) {
    self.kernelSize = kernelSize
    self.stride = stride
    self.padding = padding
    self.countsPadding = countsPadding
    self.roundsUp = roundsUp
  }

  /// Applies the layer. Windows that don't fit stop the program.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input {
    input.averagePool(
      kernelSize: kernelSize, stride: stride, padding: padding, countsPadding: countsPadding,
      roundsUp: roundsUp)
  }

  /// The layer in a word, like `AveragePool(2, stride 1)`.
  public var description: String {
    "AveragePool(\(kernelSize)"
      + (stride.map { ", stride \($0)" } ?? "") + (padding == 0 ? "" : ", padding \(padding)")
      + ")"
  }
}
