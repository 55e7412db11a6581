import NeuronikaTensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ImageTransform {
  /// Turns an image about its middle by a random angle. What comes in from outside is 0.
  ///
  /// **Numerics:** pixels between pixels are interpolated linearly along both axes.
  ///
  /// - Parameter degrees: The greatest angle, at least 0, either way; each up to it is equally
  ///   probable.
  public static func rotation(upTo degrees: Double) -> ImageTransform {
    guard degrees >= 0, degrees.isFinite else {
      stopProgram("rotation: up to \(degrees) degrees; at least 0")
    }
    return ImageTransform { image, generator in
      let angle = Double.random(in: -degrees...degrees, using: &generator) / 180 * .pi
      let (cosine, sine) = (Float(cos(angle)), Float(sin(angle)))
      guard image.rank >= 2 else { return image }
      let middle = (
        row: Float(image.shape[image.rank - 2] - 1) / 2,
        column: Float(image.shape[image.rank - 1] - 1) / 2
      )
      return image.resampled { row, column in
        let (y, x) = (row - middle.row, column - middle.column)
        return (middle.row + cosine * y + sine * x, middle.column + cosine * x - sine * y)
      }
    }
  }
}
