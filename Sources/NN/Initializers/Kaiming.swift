import NeuronikaGraphs
import NeuronikaTensors

/// Which way the variance is kept.
public enum FanMode: Sendable, CaseIterable {
  /// That of values, forwards.
  case input
  /// That of gradients, backwards.
  case output
}

extension Initializer {
  /// Numbers drawn uniformly from −a up to a, a = gain · √(3 / fan): keeps the variance from layer to
  /// layer through relus. Also called He initialisation.
  ///
  /// **Shape:** `[outputs, inputs, …]`; fewer axes stop the program.
  ///
  /// **Source:** He, Zhang, Ren and Sun, *Delving deep into rectifiers*, 2015, equations 10 and 14.
  ///
  /// - Parameters:
  ///   - gain: That of the function behind the weights.
  ///   - fan: Which way the variance is kept.
  public static func kaimingUniform(gain: Gain = .relu, fan: FanMode = .input) -> Initializer {
    Initializer("kaimingUniform") { shape, draw throws(ShapeError) in
      centred(draw, shape, bound: 3.0.squareRoot() * (try kaimingDeviation(shape, gain, fan)))
    }
  }

  /// Normally distributed numbers with mean 0 and the standard deviation gain / √fan.
  ///
  /// **Shape, Source:** as ``kaimingUniform(gain:fan:)``.
  ///
  /// - Parameters:
  ///   - gain: That of the function behind the weights.
  ///   - fan: Which way the variance is kept.
  public static func kaimingNormal(gain: Gain = .relu, fan: FanMode = .input) -> Initializer {
    Initializer("kaimingNormal") { shape, draw throws(ShapeError) in
      draw.normal(shape, standardDeviation: Float(try kaimingDeviation(shape, gain, fan)))
    }
  }
}

private func kaimingDeviation(
  _ shape: Shape, _ gain: Gain, _ mode: FanMode
) throws(ShapeError) -> Double {
  let fans = try Fans.checked(shape)
  return gain.factor / Double(max(mode == .input ? fans.input : fans.output, 1)).squareRoot()
}
