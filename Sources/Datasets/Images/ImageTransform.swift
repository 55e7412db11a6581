import NeuronikaTensors

/// A change of one image, at random if it wants to.
///
/// ```
/// let train = data.train.augmented(by: [.shift(upTo: 2), .rotation(upTo: 10), .noise(0.05)])
/// ```
///
/// **Shape:** `[…, rows, columns]`, which stays as it is; values are those of a batch, 0 to 1 if no
/// transform before changed that.
public struct ImageTransform: Sendable {
  private let body: @Sendable (Tensor, inout Generator) -> Tensor

  /// A transform of one's own.
  ///
  /// - Parameter body: Gives the changed image, of the same shape. What it draws, it draws from the
  ///   generator, which is the same whenever the same image is seen under the same seed.
  public init(_ body: @escaping @Sendable (Tensor, inout Generator) -> Tensor) {
    self.body = body
  }

  /// The changed image.
  public func callAsFunction(_ image: Tensor, using generator: inout Generator) -> Tensor {
    let result = body(image, &generator)
    guard result.shape == image.shape else {
      stopProgram(
        "ImageTransform: it made an image of shape \(image.shape) into one of \(result.shape)")
    }
    return result
  }
}

extension Tensor {
  /// Stops the program unless there are rows and columns.
  func requireImage() {
    guard rank >= 2 else {
      stopProgram("ImageTransform: an image has rows and columns, but the shape is \(shape)")
    }
  }

  /// An image whose pixels are taken from other places of this one, all planes alike.
  ///
  /// - Parameter source: Gives the row and column, which may lie between pixels or outside, where
  ///   what comes to a row and a column is taken from. Outside is 0.
  func resampled(
    from source: (_ row: Float, _ column: Float) -> (row: Float, column: Float)
  ) -> Tensor {
    requireImage()
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    let plane = rows * columns
    return Tensor(uninitialized: shape) { out in
      withUnsafeElements { image in
        func pixel(_ offset: Int, _ row: Int, _ column: Int) -> Float {
          guard row >= 0, row < rows, column >= 0, column < columns else { return 0 }
          return image[offset + row * columns + column]
        }
        for row in 0..<rows {
          for column in 0..<columns {
            let place = source(Float(row), Float(column))
            let (top, left) = (place.row.rounded(.down), place.column.rounded(.down))
            let (down, right) = (place.row - top, place.column - left)
            // Far away places have no number; all of them are outside.
            let r = Int(min(max(top, -2), Float(rows) + 1))
            let c = Int(min(max(left, -2), Float(columns) + 1))
            for offset in stride(from: 0, to: out.count, by: plane) {
              let upper =
                pixel(offset, r, c) * (1 - right) + pixel(offset, r, c + 1) * right
              let lower =
                pixel(offset, r + 1, c) * (1 - right) + pixel(offset, r + 1, c + 1) * right
              out[offset + row * columns + column] = upper * (1 - down) + lower * down
            }
          }
        }
      }
    }
  }
}
