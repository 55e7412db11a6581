import NeuronikaGraphs

/// The greatest element of each of so many windows that cover the spatial axes evenly.
///
/// **Shape:** `[N, C, L…]` → `[N, C, size…]`. Everything else as ``Variable/adaptiveMaxPool(to:)``.
public struct AdaptiveMaxPool: Layer {
  /// The spatial extents of the result.
  public let size: PerAxis

  /// A layer.
  ///
  /// - Parameter size: The spatial extents of the result.
  public init(to size: PerAxis) { self.size = size }

  /// Applies the layer.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input {
    input.adaptiveMaxPool(to: size)
  }

  /// The layer in a word.
  public var description: String { "AdaptiveMaxPool(to \(size))" }
}
