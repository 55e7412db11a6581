import NeuronikaGraphs

/// The mean of each of so many windows that cover the spatial axes evenly. `AdaptiveAveragePool(to: 1)` is global
/// average pooling.
///
/// **Shape:** `[N, C, L…]` → `[N, C, size…]`. Everything else as ``Variable/adaptiveAveragePool(to:)``.
public struct AdaptiveAveragePool: Layer {
  /// The spatial extents of the result.
  public let size: PerAxis

  /// A layer.
  ///
  /// - Parameter size: The spatial extents of the result.
  public init(to size: PerAxis) { self.size = size }

  /// Applies the layer.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input {
    input.adaptiveAveragePool(to: size)
  }

  /// The layer in a word.
  public var description: String { "AdaptiveAveragePool(to \(size))" }
}
