import NeuronikaTensors

/// Multiplies the learning rate by γ after certain numbers of epochs.
public final class MultiStepLR: Schedule {
  public let optimizer: any Optimizer
  public var epoch = 0
  /// After how many epochs the rate changes, ascending.
  public let milestones: [Int]
  /// γ: what the rate is multiplied by.
  public var gamma: Double

  /// A schedule.
  ///
  /// - Parameters:
  ///   - optimizer: Whose rate changes.
  ///   - milestones: After how many epochs: each at least 1, and greater than the one before.
  ///   - gamma: What the rate is multiplied by then, at least 0.
  public init(_ optimizer: any Optimizer, at milestones: [Int], gamma: Double = 0.1) {
    for (former, milestone) in zip([0] + milestones, milestones) where milestone <= former {
      stopProgram(
        "MultiStepLR: milestones are at least 1 and ascend, but \(milestone) comes after \(former)")
    }
    require("MultiStepLR", "gamma", gamma, isIn: 0...(.greatestFiniteMagnitude))
    self.optimizer = optimizer
    self.milestones = milestones
    self.gamma = gamma
  }

  public func adjusted(_ rate: Double) -> Double {
    milestones.contains(epoch) ? rate * gamma : rate
  }
}
