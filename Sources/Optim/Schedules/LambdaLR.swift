/// Sets the learning rate to lr₀ · f(epoch), where lr₀ is the optimizer's rate at the beginning,
/// and f any function.
///
/// With others on the same optimizer it works as every ``FactorSchedule`` does: what they do to the
/// rate becomes part of lr₀.
public final class LambdaLR: FactorSchedule {
  public let optimizer: any Optimizer
  public var epoch = 0
  /// lr₀, with what others did to it.
  public var rate: FactoredRate
  /// f: the factor of an epoch.
  public let factor: (_ epoch: Int) -> Double

  /// A schedule. The first epoch, number 0, runs with the optimizer's rate as it stands.
  ///
  /// - Parameters:
  ///   - optimizer: Whose rate changes.
  ///   - factor: The factor of an epoch, from 1 on.
  public init(_ optimizer: any Optimizer, _ factor: @escaping (_ epoch: Int) -> Double) {
    self.optimizer = optimizer
    self.factor = factor
    rate = FactoredRate(optimizer.learningRate)
  }

  public func factor(at epoch: Int) -> Double { factor(epoch) }
}
