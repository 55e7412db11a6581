import NeuronikaGraphs

/// The greatest element of each window, over one to three spatial axes.
///
/// **Shape:** `[N, C, L…]` → `[N, C, L′…]`, L′ = ⌊(L + 2 padding − dilation (kernelSize − 1) − 1) / stride⌋ + 1. Everything else as
/// ``Variable/maxPool(kernelSize:stride:padding:dilation:roundsUp:)``.
///
/// ```swift
/// print(MaxPool(kernelSize: 2)(Var.rand(8, 3, 32, 32)).shape)  // [8, 3, 16, 16]
/// ```
public struct MaxPool: Layer {
  /// The extents of a window.
  public let kernelSize: PerAxis
  /// How far apart windows start; the windows' own extents if `nil`.
  public let stride: PerAxis?
  /// How far windows reach over the border on both sides, at most half a window.
  public let padding: PerAxis
  /// How far apart a window's elements lie.
  public let dilation: PerAxis
  /// Whether a last window that reaches beyond the border counts.
  public let roundsUp: Bool

  /// A layer.
  ///
  /// - Parameters:
  ///   - kernelSize: The extents of a window.
  ///   - stride: How far apart windows start; the windows' own extents if `nil`.
  ///   - padding: How far windows reach over the border on both sides, at most half a window.
  ///   - dilation: How far apart a window's elements lie.
  ///   - roundsUp: Whether a last window that reaches beyond the border counts.
  public init(
    kernelSize: PerAxis, stride: PerAxis? = nil, padding: PerAxis = 0, dilation: PerAxis = 1,
    roundsUp: Bool = false
  ) {
    self.kernelSize = kernelSize
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.roundsUp = roundsUp
  }

  /// Applies the layer. Windows that don't fit stop the program.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input {
    input.maxPool(
      kernelSize: kernelSize, stride: stride, padding: padding, dilation: dilation,
      roundsUp: roundsUp)
  }

  /// The layer in a word, like `MaxPool(2, stride 1)`.
  public var description: String {
    "MaxPool(\(kernelSize)"
      + (stride.map { ", stride \($0)" } ?? "") + (padding == 0 ? "" : ", padding \(padding)")
      + ")"
  }
}
