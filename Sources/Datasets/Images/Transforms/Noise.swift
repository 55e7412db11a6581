import NeuronikaTensors

extension ImageTransform {
  /// Adds a normally distributed number of mean 0 to every pixel. The sum may leave 0 to 1.
  ///
  /// - Parameter standardDeviation: Its standard deviation, at least 0.
  public static func noise(_ standardDeviation: Float) -> ImageTransform {
    guard standardDeviation >= 0, standardDeviation.isFinite else {
      stopProgram("noise: the standard deviation is \(standardDeviation), but at least 0")
    }
    return ImageTransform { image, generator in
      var noisy = generator.draw().normal(image.shape, standardDeviation: standardDeviation)
      image.withUnsafeElements { x in
        noisy.withUnsafeMutableElements { out in for i in x.indices { out[i] += x[i] } }
      }
      return noisy
    }
  }
}
