import NeuronikaTensors

/// Shifts and scales features to mean 0 and standard deviation 1, as it learnt them from some data.
///
/// Fit it on the training data only, and use the same one for everything else:
///
/// ```swift
/// let (train, held) = (Tensor.rand([100, 3]), Tensor.rand([20, 3]))
/// let standardizer = Standardizer(fitting: train)
/// let (x, test) = (standardizer.transform(train), standardizer.transform(held))
/// ```
///
/// **Shape:** `[rows, …]`; every element of a row is a feature of its own. For a vector that is
/// one.
///
/// **Numerics:** means and population standard deviations (divisor: number of rows) in two passes
/// in `Double`. A feature that is constant has no scale: it is shifted only, so it becomes 0 where
/// it has its constant value, and `inverse` brings it back.
public struct Standardizer: Sendable, Equatable {
  /// The mean of every feature, in the shape of a row.
  public let mean: Tensor
  /// What every feature is divided by: its standard deviation, or 1 if it is constant.
  public let scale: Tensor

  /// Learns means and scales.
  ///
  /// - Parameter data: At least one row.
  public init(fitting data: Tensor) {
    guard data.rank >= 1, data.shape[0] > 0 else {
      stopProgram("Standardizer: the data has shape \(data.shape), but at least one row is needed")
    }
    let rows = data.shape[0]
    let shape = data.shape.removing(axis: 0)
    let width = shape.count
    var sums = [Double](repeating: 0, count: width)
    var squares = sums
    data.withUnsafeElements { x in
      for row in 0..<rows { for i in 0..<width { sums[i] += Double(x[row * width + i]) } }
      for i in 0..<width { sums[i] /= Double(rows) }
      for row in 0..<rows {
        for i in 0..<width {
          let difference = Double(x[row * width + i]) - sums[i]
          squares[i] += difference * difference
        }
      }
    }
    mean = Tensor(sums.map { Float($0) }, shape: shape)
    let first = data.elements.prefix(width)
    let isConstant = (0..<width).map { i in
      data.withUnsafeElements { x in (0..<rows).allSatisfy { x[$0 * width + i] == first[i] } }
    }
    let scales = (0..<width).map { i in
      isConstant[i] ? 1 : Float((squares[i] / Double(rows)).squareRoot())
    }
    // A spread too small for a Float is none.
    scale = Tensor(scales.map { $0 == 0 ? 1 : $0 }, shape: shape)
  }

  /// (x − mean) / scale, for each feature.
  ///
  /// - Parameter data: Rows of the shape that was learnt from; another one stops the program.
  public func transform(_ data: Tensor) -> Tensor {
    map(data, "transform") { x, mean, scale in (x - mean) / scale }
  }

  /// x · scale + mean, for each feature: back to the original units.
  ///
  /// - Parameter data: Rows of the shape that was learnt from; another one stops the program.
  public func inverse(_ data: Tensor) -> Tensor {
    map(data, "inverse") { x, mean, scale in x * scale + mean }
  }

  @inline(__always)
  private func map(
    _ data: Tensor, _ name: String, _ body: (Float, Float, Float) -> Float
  ) -> Tensor {
    guard data.rank >= 1, data.shape.removing(axis: 0) == mean.shape else {
      stopProgram(
        "Standardizer.\(name): the data has shape \(data.shape), but rows of shape "
          + "\(mean.shape) were learnt")
    }
    let width = mean.count
    return Tensor(uninitialized: data.shape) { out in
      data.withUnsafeElements { x in
        mean.withUnsafeElements { mean in
          scale.withUnsafeElements { scale in
            for row in 0..<data.shape[0] {
              for i in 0..<width {
                out[row * width + i] = body(x[row * width + i], mean[i], scale[i])
              }
            }
          }
        }
      }
    }
  }
}

extension Standardizer {
  /// The tensors `mean` and `scale`.
  public var state: State {
    var state = State()
    state["mean"] = .tensor(mean)
    state["scale"] = .tensor(scale)
    return state
  }

  /// The standardizer that a state describes.
  ///
  /// - Throws: `StateError` if a key is missing, superfluous, or of the wrong shape.
  public init(state: State) throws(StateError) {
    var reader = state.reader()
    mean = try reader.tensor("mean")
    scale = try reader.tensor("scale", shape: mean.shape)
    try reader.finish()
  }
}
