import NeuronikaTensors

extension ImageTransform {
  /// Moves an image by a random whole number of pixels along each axis. What comes in is 0.
  ///
  /// - Parameter pixels: The most, at least 0; each distance up to it is equally probable.
  public static func shift(upTo pixels: Int) -> ImageTransform {
    guard pixels >= 0 else { stopProgram("shift: up to \(pixels) pixels; at least 0") }
    return ImageTransform { image, generator in
      let down = Float(Int.random(in: -pixels...pixels, using: &generator))
      let right = Float(Int.random(in: -pixels...pixels, using: &generator))
      return image.resampled { ($0 - down, $1 - right) }
    }
  }
}
