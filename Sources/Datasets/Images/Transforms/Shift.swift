import NeuronikaTensors

extension ImageTransform {
  /// Moves an image by a random whole number of pixels along each axis. What comes in is 0.
  ///
  /// Whole pixels aren't interpolated but copied, line by line.
  ///
  /// - Parameter pixels: The most, at least 0; each distance up to it is equally probable.
  public static func shift(upTo pixels: Int) -> ImageTransform {
    guard pixels >= 0 else { stopProgram("shift: up to \(pixels) pixels; at least 0") }
    return ImageTransform { image, generator in
      let down = Int.random(in: -pixels...pixels, using: &generator)
      let right = Int.random(in: -pixels...pixels, using: &generator)
      return image.shifted(down: down, right: right)
    }
  }
}

extension Tensor {
  /// An image moved by whole pixels, all planes alike. What comes in is 0.
  fileprivate func shifted(down: Int, right: Int) -> Tensor {
    requireImage()
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    let kept = max(columns - abs(right), 0)
    return Tensor(uninitialized: shape) { out in
      out.update(repeating: 0)
      guard kept > 0 else { return }
      withUnsafeElements { image in
        for line in 0..<(out.count / columns) {
          let source = line % rows - down
          guard source >= 0, source < rows else { continue }
          let from = (line - down) * columns + max(-right, 0)
          let to = line * columns + max(right, 0)
          for column in 0..<kept { out[to + column] = image[from + column] }
        }
      }
    }
  }
}
