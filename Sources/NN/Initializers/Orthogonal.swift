import NeuronikaGraphs
import NeuronikaTensors

extension Initializer {
  /// A random matrix whose rows, or columns if there are fewer of them, are orthogonal and of length
  /// gain: it stretches nothing, however many follow each other.
  ///
  /// **Shape:** `[outputs, inputs, …]`, seen as the matrix `[outputs, inputs · …]`; fewer axes stop the
  /// program.
  ///
  /// **Numerics:** vectors of normally distributed numbers, made orthogonal one after another by Gram's
  /// and Schmidt's method, twice each, in `Double`; which is as probable as any rotation of it. Where s is
  /// the lesser of both extents, and l the greater, it takes 4 s² l flops.
  ///
  /// **Source:** Saxe, McClelland and Ganguli, *Exact solutions to the nonlinear dynamics of learning in
  /// deep linear neural networks*, 2013; Mezzadri, *How to generate random matrices from the classical
  /// compact groups*, Notices of the AMS 54, 2007, on the signs.
  ///
  /// - Parameter gain: The length.
  public static func orthogonal(gain: Gain = .linear) -> Initializer {
    Initializer("orthogonal") { shape, draw throws(ShapeError) in
      guard shape.rank >= 2 else {
        throw ShapeError("takes a weight [outputs, inputs, ...], not \(shape)")
      }
      if shape.count == 0 { return .zeros(shape) }
      let (rows, columns) = (shape[0], shape.count / shape[0])
      let (count, length) = (min(rows, columns), max(rows, columns))
      let basis = orthonormalBasis(draw.normal(Shape(count, length)).elements, count, length)
      return Tensor(uninitialized: shape) { out in
        for row in 0..<rows {
          for column in 0..<columns {
            let place = rows <= columns ? row * length + column : column * length + row
            out[row * columns + column] = Float(gain.factor * basis[place])
          }
        }
      }
    }
  }
}

/// Orthonormal vectors that span what the given ones do, in the same half spaces.
private func orthonormalBasis(_ vectors: [Float], _ count: Int, _ length: Int) -> [Double] {
  var basis = vectors.map(Double.init)
  basis.withUnsafeMutableBufferPointer { basis in
    for vector in 0..<count {
      let start = vector * length
      // Once leaves what rounding has left of others; twice is enough.
      for _ in 0..<2 {
        for other in 0..<vector {
          var product = 0.0
          for place in 0..<length {
            product += basis[start + place] * basis[other * length + place]
          }
          for place in 0..<length {
            basis[start + place] -= product * basis[other * length + place]
          }
        }
      }
      var square = 0.0
      for place in 0..<length { square += basis[start + place] * basis[start + place] }
      let scale = 1 / square.squareRoot()
      for place in 0..<length { basis[start + place] *= scale }
    }
  }
  return basis
}
