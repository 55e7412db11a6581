/// Multiplies the learning rate by f(epoch) after every epoch, with any function f: the rate is
/// lr₀ · f(1) · f(2) · … · f(epoch).
public final class MultiplicativeLR: Schedule {
  public let optimizer: any Optimizer
  public var epoch = 0
  /// f: what the rate is multiplied by.
  public let factor: (_ epoch: Int) -> Double

  /// A schedule.
  ///
  /// - Parameters:
  ///   - optimizer: Whose rate changes.
  ///   - factor: What the rate is multiplied by when an epoch begins, from 1 on.
  public init(_ optimizer: any Optimizer, _ factor: @escaping (_ epoch: Int) -> Double) {
    self.optimizer = optimizer
    self.factor = factor
  }

  public func adjusted(_ rate: Double) -> Double { rate * factor(epoch) }
}
