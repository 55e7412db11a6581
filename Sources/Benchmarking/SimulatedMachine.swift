import Foundation

/// A clock that no real time moves, and a machine whose work takes as long as it is told, give or
/// take seeded noise. The statistics are checked on it, and `selftest` runs on it.
///
/// The noise is what shared machines show: each piece of work is delayed by an exponentially
/// distributed share (never less than it needs, sometimes much more), now and then something takes
/// the processor away for long, and the speed of the whole machine wanders.
public final class SimulatedMachine: BenchmarkClock {
  /// How unquiet the machine is.
  public struct Noise: Sendable {
    /// The mean delay of a piece of work, as a share of its time.
    public var delay: Double
    /// The standard deviation of the step that the logarithm of the speed takes after each piece.
    public var wander: Double
    /// By how much the machine gets slower over each piece, as a share.
    public var drift: Double
    /// How likely a piece is interrupted, which adds up to half of its time again.
    public var interruption: Double

    /// - Parameters:
    ///   - delay: The mean delay of a piece of work, as a share of its time.
    ///   - wander: The standard deviation of a step of the logarithm of the speed.
    ///   - drift: By how much the machine gets slower over each piece, as a share.
    ///   - interruption: How likely a piece is interrupted.
    public init(
      delay: Double = 0.02, wander: Double = 0.002, drift: Double = 0, interruption: Double = 0.02
    ) {
      self.delay = delay
      self.wander = wander
      self.drift = drift
      self.interruption = interruption
    }

    /// A machine on which everything takes exactly its time.
    public static let none = Noise(delay: 0, wander: 0, drift: 0, interruption: 0)
  }

  /// The step of the clock: 25 ns, as system clocks have.
  public let resolution = 25.0
  /// How many pieces of work were interrupted.
  public private(set) var interruptions = 0
  private let noise: Noise
  private var random: SplitMix
  private var time = 0.0
  /// The logarithm of how slow the machine is at the moment.
  private var slowness = 0.0

  /// - Parameters:
  ///   - noise: How unquiet it is.
  ///   - seed: Equal seeds make equal runs.
  public init(_ noise: Noise = Noise(), seed: UInt64) {
    self.noise = noise
    random = SplitMix(seed: seed)
  }

  /// The time, in whole steps of the clock.
  public func now() -> Double { (time / resolution).rounded(.down) * resolution }

  /// Does a piece of work.
  ///
  /// - Parameter nanoseconds: How long it would take on a quiet machine.
  public func work(_ nanoseconds: Double) {
    var taken = nanoseconds * exp(slowness) * (1 + noise.delay * random.exponential())
    if random.uniform() < noise.interruption {
      interruptions += 1
      taken *= 1 + 0.5 * random.uniform()
    }
    time += taken
    // Drawn back a little, or a long run would end up anywhere.
    slowness = 0.99 * slowness + noise.wander * random.normal() + log1p(noise.drift)
  }
}
