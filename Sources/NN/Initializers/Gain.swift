/// What the deviation of weights is multiplied by, so that a function behind them keeps the scale of
/// what goes through.
///
/// A number will do: `gain: 0.5`.
public struct Gain: Sendable, Hashable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// The factor.
  public let factor: Double

  /// A gain of one's own.
  public init(_ factor: Double) { self.factor = factor }
  public init(floatLiteral factor: Double) { self.init(factor) }
  public init(integerLiteral factor: Int) { self.init(Double(factor)) }

  /// 1, for weights with no function behind them.
  public static let linear: Gain = 1
  /// 1, as of old.
  public static let sigmoid: Gain = 1
  /// 5/3.
  public static let tanh = Gain(5.0 / 3)
  /// √2: relu sets half of the numbers to zero.
  public static let relu = Gain(2.0.squareRoot())
  /// 3/4, for networks that normalise themselves.
  public static let selu: Gain = 0.75

  /// √(2 / (1 + slope²)).
  public static func leakyRelu(slope: Double = 0.01) -> Gain {
    Gain((2 / (1 + slope * slope)).squareRoot())
  }
}
