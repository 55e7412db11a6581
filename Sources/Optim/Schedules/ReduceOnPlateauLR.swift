import NeuronikaTensors

/// Multiplies the learning rate by γ when what is measured, such as the loss on validation data,
/// has stopped getting better.
///
/// ```swift
/// let optimizer = SGD(Linear(4, 1).parameters, learningRate: 0.1)
/// let schedule = ReduceOnPlateauLR(optimizer, patience: 2)
/// for loss in [3.0, 2, 2, 2, 2, 1] { schedule.step(loss) }
/// ```
///
/// An epoch is better if its measurement m is below the best one b by more than `threshold` · |b|
/// (above it, if greater is better). After more than `patience` epochs in a row that aren't, the
/// rate changes, and the count begins anew, `cooldown` epochs later. A measurement that is NaN
/// isn't better.
///
/// It reads the optimizer's rate and changes it, as a ``Schedule`` does, but isn't one: its step
/// takes a measurement.
public final class ReduceOnPlateauLR {
  /// Which measurements are better.
  public enum Better: Sendable {
    /// Losses: lesser ones.
    case less
    /// Accuracies: greater ones.
    case greater
  }

  /// The optimizer whose rate changes.
  public let optimizer: any Optimizer
  /// Which measurements are better.
  public let better: Better
  /// γ: what the rate is multiplied by.
  public var gamma: Double
  /// How many epochs in a row may be no better.
  public var patience: Int
  /// By how much, as a share of the best, a measurement has to be better to count.
  public var threshold: Double
  /// How many epochs after a change don't count.
  public var cooldown: Int
  /// The least rate: no change goes below it.
  public var minimum: Double
  /// How many epochs have ended.
  public private(set) var epoch = 0
  /// The best measurement so far: infinite before the first.
  public private(set) var best: Double
  /// How many epochs in a row were no better.
  public private(set) var badEpochs = 0
  private var coolingEpochs = 0

  /// A schedule.
  ///
  /// - Parameters:
  ///   - optimizer: Whose rate changes.
  ///   - better: Which measurements are better.
  ///   - gamma: What the rate is multiplied by, from 0 up to, but not including, 1.
  ///   - patience: How many epochs in a row may be no better, at least 0.
  ///   - threshold: By how much, as a share of the best, a measurement has to be better to count,
  ///     at least 0.
  ///   - cooldown: How many epochs after a change don't count, at least 0.
  ///   - minimum: The least rate, at least 0.
  public init(
    _ optimizer: any Optimizer, better: Better = .less, gamma: Double = 0.1, patience: Int = 10,
    threshold: Double = 1e-4, cooldown: Int = 0, minimum: Double = 0
  ) {
    require("ReduceOnPlateauLR", "gamma", gamma, isIn: 0...1.0.nextDown)
    require("ReduceOnPlateauLR", "threshold", threshold, isIn: 0...(.greatestFiniteMagnitude))
    require("ReduceOnPlateauLR", "minimum", minimum, isIn: 0...(.greatestFiniteMagnitude))
    guard patience >= 0, cooldown >= 0 else {
      stopProgram(
        "ReduceOnPlateauLR: patience and cooldown are at least 0, but are \(patience) and \(cooldown)"
      )
    }
    self.optimizer = optimizer
    self.better = better
    self.gamma = gamma
    self.patience = patience
    self.threshold = threshold
    self.cooldown = cooldown
    self.minimum = minimum
    best = better == .less ? .infinity : -.infinity
  }

  /// Ends an epoch: counts it, and changes the optimizer's learning rate if it has to.
  ///
  /// - Parameter measurement: What was measured after the epoch.
  public func step(_ measurement: Double) {
    epoch += 1
    if isBetter(measurement) {
      best = measurement
      badEpochs = 0
    } else {
      badEpochs += 1
    }
    if coolingEpochs > 0 {
      coolingEpochs -= 1
      badEpochs = 0
    }
    if badEpochs > patience {
      let rate = optimizer.learningRate
      // A rate that is below the least already isn't raised.
      optimizer.learningRate = max(rate * gamma, min(rate, minimum))
      coolingEpochs = cooldown
      badEpochs = 0
    }
  }

  private func isBetter(_ measurement: Double) -> Bool {
    let margin = best.isFinite ? threshold * best.magnitude : 0
    return better == .less ? measurement < best - margin : measurement > best + margin
  }

  /// The epoch, the best measurement, and the counts. The rate is in the optimizer's state.
  public var state: State {
    var state = State()
    state["epoch"] = .integer(epoch)
    state["best"] = .number(best)
    state["badEpochs"] = .integer(badEpochs)
    state["coolingEpochs"] = .integer(coolingEpochs)
    return state
  }

  /// Goes on from a state. If it throws, nothing has changed.
  ///
  /// - Throws: `StateError` if something is missing or superfluous.
  public func load(_ state: State) throws(StateError) {
    var reader = state.reader()
    let epoch = try reader.count("epoch")
    let best = try reader.number("best")
    let badEpochs = try reader.count("badEpochs")
    let coolingEpochs = try reader.count("coolingEpochs")
    try reader.finish()
    (self.epoch, self.best) = (epoch, best)
    (self.badEpochs, self.coolingEpochs) = (badEpochs, coolingEpochs)
  }
}
