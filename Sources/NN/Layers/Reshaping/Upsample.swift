import NeuronikaGraphs

/// The spatial axes at another resolution.
///
/// **Shape:** `[N, C, L…]` → `[N, C, factor · L…]` or `[N, C, size…]`. Everything else as
/// ``Variable/upsample(to:mode:)``.
///
/// ```swift
/// print(Upsample(by: 2, mode: .linear())(Var.rand(1, 3, 8, 8)).shape)  // [1, 3, 16, 16]
/// ```
public struct Upsample: Layer {
  private enum Target {
    case factor(PerAxis)
    case size(PerAxis)
  }

  private let target: Target
  /// How elements between others are found.
  public let mode: UpsamplingMode

  /// A layer that multiplies the resolution.
  ///
  /// - Parameters:
  ///   - factor: What each spatial extent is multiplied by, at least 1.
  ///   - mode: How elements between others are found.
  public init(by factor: PerAxis, mode: UpsamplingMode = .nearest) {
    (target, self.mode) = (.factor(factor), mode)
  }

  /// A layer that gives a resolution.
  ///
  /// - Parameters:
  ///   - size: The spatial extents of the result.
  ///   - mode: How elements between others are found.
  public init(to size: PerAxis, mode: UpsamplingMode = .nearest) {
    (target, self.mode) = (.size(size), mode)
  }

  /// Applies the layer.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input {
    switch target {
    case .factor(let factor): input.upsample(by: factor, mode: mode)
    case .size(let size): input.upsample(to: size, mode: mode)
    }
  }

  /// The layer in a word.
  public var description: String {
    let method = mode == .nearest ? "" : ", linear"
    return switch target {
    case .factor(let factor): "Upsample(by \(factor)\(method))"
    case .size(let size): "Upsample(to \(size)\(method))"
    }
  }
}
