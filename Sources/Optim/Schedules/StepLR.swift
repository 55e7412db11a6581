import NeuronikaGraphs
import NeuronikaTensors

/// Multiplies the learning rate by γ after every so many epochs.
public final class StepLR: Schedule {
  public let optimizer: any Optimizer
  public var epoch = 0
  /// How many epochs the rate stays.
  public let period: Int
  /// γ: what the rate is multiplied by.
  public var gamma: Double

  /// A schedule.
  ///
  /// - Parameters:
  ///   - optimizer: Whose rate changes.
  ///   - period: How many epochs the rate stays, at least 1.
  ///   - gamma: What the rate is multiplied by then, at least 0.
  public init(_ optimizer: any Optimizer, every period: Int, gamma: Double = 0.1) {
    guard period > 0 else { stopProgram("StepLR: the period is at least 1, but is \(period)") }
    require("StepLR", "gamma", gamma, isIn: 0...(.greatestFiniteMagnitude))
    self.optimizer = optimizer
    self.period = period
    self.gamma = gamma
  }

  public func adjusted(_ rate: Double) -> Double {
    epoch.isMultiple(of: period) ? rate * gamma : rate
  }
}
