import NeuronikaGraphs
import NeuronikaTensors

extension Initializer {
  /// Ones on the diagonal and zeros elsewhere: as much of its input as fits goes through a ``Linear``
  /// unchanged.
  ///
  /// **Shape:** `[N, M]`, also where they differ; another rank stops the program.
  public static let eye = Initializer("eye") { shape, _ throws(ShapeError) in
    guard shape.rank == 2 else { throw ShapeError("takes a matrix [N, M], not \(shape)") }
    var matrix = Tensor.zeros(shape)
    matrix.withUnsafeMutableElements { elements in
      for place in 0..<min(shape[0], shape[1]) { elements[place * (shape[1] + 1)] = 1 }
    }
    return matrix
  }
}
