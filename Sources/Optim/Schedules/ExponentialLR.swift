/// Multiplies the learning rate by γ after every epoch.
public final class ExponentialLR: Schedule {
  public let optimizer: any Optimizer
  public var epoch = 0
  /// γ: what the rate is multiplied by.
  public var gamma: Double

  /// A schedule.
  ///
  /// - Parameters:
  ///   - optimizer: Whose rate changes.
  ///   - gamma: What the rate is multiplied by, at least 0.
  public init(_ optimizer: any Optimizer, gamma: Double) {
    require("ExponentialLR", "gamma", gamma, isIn: 0...(.greatestFiniteMagnitude))
    self.optimizer = optimizer
    self.gamma = gamma
  }

  public func adjusted(_ rate: Double) -> Double { rate * gamma }
}
