import NeuronikaGraphs
import NeuronikaTensors

extension Initializer {
  /// Numbers drawn uniformly from −a up to a, a = gain · √(6 / (fan in + fan out)): a compromise
  /// between keeping the variance forwards and keeping that of gradients backwards.
  ///
  /// **Shape:** `[outputs, inputs, …]`; fewer axes stop the program.
  ///
  /// **Source:** Glorot and Bengio, *Understanding the difficulty of training deep feedforward neural
  /// networks*, 2010, equation 16.
  ///
  /// - Parameter gain: That of the function behind the weights.
  public static func xavierUniform(gain: Gain = .linear) -> Initializer {
    Initializer("xavierUniform") { shape, draw throws(ShapeError) in
      centred(draw, shape, bound: 3.0.squareRoot() * (try xavierDeviation(shape, gain)))
    }
  }

  /// Normally distributed numbers with mean 0 and the standard deviation gain · √(2 / (fan in + fan
  /// out)).
  ///
  /// **Shape, Source:** as ``xavierUniform(gain:)``, equation 12.
  ///
  /// - Parameter gain: That of the function behind the weights.
  public static func xavierNormal(gain: Gain = .linear) -> Initializer {
    Initializer("xavierNormal") { shape, draw throws(ShapeError) in
      draw.normal(shape, standardDeviation: Float(try xavierDeviation(shape, gain)))
    }
  }
}

private func xavierDeviation(_ shape: Shape, _ gain: Gain) throws(ShapeError) -> Double {
  let fans = try Fans.checked(shape)
  return gain.factor * (2 / Double(max(fans.input + fans.output, 1))).squareRoot()
}

/// Numbers drawn uniformly from −bound up to bound; zeros if it is 0.
func centred(_ draw: Draw, _ shape: Shape, bound: Double) -> Tensor {
  let bound = Float(bound.magnitude)
  return bound == 0 ? .zeros(shape) : draw.uniform(shape, in: -bound..<bound)
}
