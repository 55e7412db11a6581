import NeuronikaTensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Raises the learning rate along half a cosine to a peak, the optimizer's rate, and then lowers it
/// along another to nearly nothing: made for few epochs at a high rate.
///
/// There are T rates, for t = 0 to T − 1, and the peak comes at p = `rise` · T − 1:
///
/// - from t = 0, at lr₀ · s, up to lr₀ at t = p
/// - from there down to lr₀ · e at t = T − 1, where it stays
///
/// Making the schedule sets the rate to lr₀ · s. `step()` is called after each batch, so that an
/// `epoch` is a batch here. As every ``FactorSchedule`` it works with others on the same optimizer.
///
/// **Source:** L. N. Smith, N. Topin: *Super-Convergence: Very Fast Training of Neural Networks
/// Using Large Learning Rates* (2017); cosines rather than lines, and the defaults, as in PyTorch,
/// whose cycle of the momentum it leaves out.
public final class OneCycleLR: FactorSchedule {
  public let optimizer: any Optimizer
  public var epoch = 0
  /// lr₀, with what others did to it.
  public var rate: FactoredRate
  /// T: how many steps the cycle has.
  public let length: Int
  /// The share of the steps in which the rate rises.
  public let rise: Double
  /// s: the first rate as a multiple of the peak.
  public let start: Double
  /// e: the last rate as a multiple of the peak.
  public let end: Double

  /// A schedule. Sets the optimizer's rate to the first one.
  ///
  /// - Parameters:
  ///   - optimizer: Whose rate changes; as it stands, it is the peak.
  ///   - length: How many steps the cycle has, at least 2: batches times epochs.
  ///   - rise: The share of the steps in which the rate rises, from 0 to 1.
  ///   - start: The first rate as a multiple of the peak, greater than 0 and at most 1.
  ///   - end: The last rate as a multiple of the peak, from 0 to 1.
  public init(
    _ optimizer: any Optimizer, over length: Int, rise: Double = 0.3, from start: Double = 1 / 25,
    to end: Double = 1 / 250_000
  ) {
    guard length > 1 else {
      stopProgram("OneCycleLR: the length is at least 2, but is \(length)")
    }
    require("OneCycleLR", "rise", rise, isIn: 0...1)
    guard start > 0, start <= 1 else {
      stopProgram("OneCycleLR: the start has to be greater than 0 and at most 1, but is \(start)")
    }
    require("OneCycleLR", "the end", end, isIn: 0...1)
    self.optimizer = optimizer
    self.length = length
    self.rise = rise
    self.start = start
    self.end = end
    rate = FactoredRate(optimizer.learningRate)
    begin()
  }

  public func factor(at epoch: Int) -> Double {
    let last = Double(length - 1)
    let peak = max(rise * Double(length) - 1, 0)
    let t = Double(epoch)
    if t >= last { return rise == 1 ? 1 : end }
    return t < peak ? between(start, 1, t / peak) : between(1, end, (t - peak) / (last - peak))
  }

  /// From one number to another along half a cosine, as a share of the way goes from 0 to 1.
  private func between(_ first: Double, _ second: Double, _ share: Double) -> Double {
    first + (second - first) * (1 - cos(.pi * share)) / 2
  }
}
