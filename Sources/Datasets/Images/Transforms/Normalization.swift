import NeuronikaTensors

extension ImageTransform {
  /// Takes every pixel x to (x − mean) / standardDeviation. Comes last, since the others fill with
  /// 0.
  ///
  /// - Parameters:
  ///   - mean: What becomes 0.
  ///   - standardDeviation: What becomes 1 more, greater than 0.
  public static func normalization(mean: Float, standardDeviation: Float) -> ImageTransform {
    guard standardDeviation > 0, standardDeviation.isFinite, mean.isFinite else {
      stopProgram(
        "normalization: mean \(mean), standard deviation \(standardDeviation): both finite, the "
          + "latter greater than 0")
    }
    return ImageTransform { image, _ in
      Tensor(uninitialized: image.shape) { out in
        image.withUnsafeElements { x in
          for i in x.indices { out[i] = (x[i] - mean) / standardDeviation }
        }
      }
    }
  }
}
