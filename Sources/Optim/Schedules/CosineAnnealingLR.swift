import NeuronikaTensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Lowers the learning rate along half a cosine: slowly at first, slowly at the end.
///
/// With the length T, lr₀ the optimizer's rate at the beginning, and the end e:
///
/// lr = lr₀ · (e + (1 − e) · (1 + cos(π · epoch / T)) / 2)
///
/// From epoch T on it stays at lr₀ · e. As every ``FactorSchedule`` it works with others on the
/// same optimizer. After a warm-up it begins when it is stepped for the first time:
///
/// ```swift
/// let optimizer = AdamW(Linear(4, 1).parameters)
/// let warmUp = LinearWarmUpLR(optimizer, over: 5)
/// let cosine = CosineAnnealingLR(optimizer, over: 95)
/// for epoch in 0..<100 {
///   // An epoch of training.
///   if epoch < 5 { warmUp.step() } else { cosine.step() }
/// }
/// ```
///
/// **Source:** I. Loshchilov, F. Hutter: *SGDR: Stochastic Gradient Descent with Warm Restarts*,
/// ICLR 2017, equation 5, without restarts.
public final class CosineAnnealingLR: FactorSchedule {
  public let optimizer: any Optimizer
  public var epoch = 0
  /// lr₀, with what others did to it.
  public var rate: FactoredRate
  /// T: how many epochs it takes to the end.
  public let length: Int
  /// e: the last rate as a multiple of the first.
  public let end: Double

  /// A schedule.
  ///
  /// - Parameters:
  ///   - optimizer: Whose rate changes.
  ///   - length: How many epochs it takes to the end, at least 1.
  ///   - end: The last rate as a multiple of the first, from 0 to 1.
  public init(_ optimizer: any Optimizer, over length: Int, to end: Double = 0) {
    guard length > 0 else {
      stopProgram("CosineAnnealingLR: the length is at least 1, but is \(length)")
    }
    require("CosineAnnealingLR", "the end", end, isIn: 0...1)
    self.optimizer = optimizer
    self.length = length
    self.end = end
    rate = FactoredRate(optimizer.learningRate)
  }

  public func factor(at epoch: Int) -> Double {
    if epoch >= length { return end }
    return end + (1 - end) * (1 + cos(.pi * Double(epoch) / Double(length))) / 2
  }
}
