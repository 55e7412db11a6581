import NeuronikaTensors

/// Raises the learning rate in equal steps to the optimizer's, from a fraction of it: while means
/// of gradients are still those of a few batches, great steps do harm.
///
/// With the length T, lr₀ the optimizer's rate at the beginning, and the start s:
///
/// lr = lr₀ · (s + (1 − s) · epoch / T)
///
/// From epoch T on it leaves the rate alone. Making the schedule sets the rate to lr₀ · s. As every
/// ``FactorSchedule`` it works with others on the same optimizer. It is often stepped after each
/// batch rather than each epoch.
///
/// **Source:** P. Goyal et al.: *Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour*
/// (2017), section 2.2, gradual warmup.
public final class LinearWarmUpLR: FactorSchedule {
  public let optimizer: any Optimizer
  public var epoch = 0
  /// lr₀, with what others did to it.
  public var rate: FactoredRate
  /// T: how many epochs it takes to the optimizer's rate.
  public let length: Int
  /// s: the first rate as a multiple of the optimizer's.
  public let start: Double

  /// A schedule. Sets the optimizer's rate to the first one.
  ///
  /// - Parameters:
  ///   - optimizer: Whose rate changes.
  ///   - length: How many epochs it takes to the optimizer's rate, at least 1.
  ///   - start: The first rate as a multiple of the optimizer's: greater than 0, because at a rate
  ///     of 0 other schedules couldn't tell what it is a multiple of, and at most 1.
  public init(_ optimizer: any Optimizer, over length: Int, from start: Double = 0.1) {
    guard length > 0 else {
      stopProgram("LinearWarmUpLR: the length is at least 1, but is \(length)")
    }
    guard start > 0, start <= 1 else {
      stopProgram(
        "LinearWarmUpLR: the start has to be greater than 0 and at most 1, but is \(start)")
    }
    self.optimizer = optimizer
    self.length = length
    self.start = start
    rate = FactoredRate(optimizer.learningRate)
    begin()
  }

  public func factor(at epoch: Int) -> Double {
    if epoch >= length { return 1 }
    return start + (1 - start) * Double(epoch) / Double(length)
  }
}
