import NeuronikaTensors

/// A rule by which the learning rate of an optimizer changes from epoch to epoch.
///
/// Schedules read the optimizer's rate and change it, so several on one optimizer chain:
///
/// ```swift
/// let optimizer = SGD(Linear(4, 1).parameters, learningRate: 1)
/// let decay = ExponentialLR(optimizer, gamma: 0.95)
/// let drop = StepLR(optimizer, every: 30, gamma: 0.1)
/// for _ in 1...90 {
///   // An epoch of training.
///   decay.step()
///   drop.step()  // after 30 epochs 0.95³⁰ · 0.1 times the first rate
/// }
/// ```
///
/// Your own takes a stored `epoch` and the rule; if the rule is a closed formula of the epoch,
/// conform to ``FactorSchedule``. ``ReduceOnPlateauLR`` works along with them.
public protocol Schedule: AnyObject {
  /// The optimizer whose rate changes.
  var optimizer: any Optimizer { get }
  /// How many epochs have ended: 0 at first.
  var epoch: Int { get set }
  /// The learning rate for the epoch that begins, whose number `epoch` is.
  ///
  /// - Parameter rate: The optimizer's rate.
  func adjusted(_ rate: Double) -> Double
  /// What the schedule remembers. The default is `epoch`.
  var state: State { get }
  /// Goes on from a state. If it throws, nothing has changed.
  func load(_ state: State) throws(StateError)
}

extension Schedule {
  /// Ends an epoch: counts it, and sets the optimizer's learning rate.
  public func step() {
    epoch += 1
    optimizer.learningRate = adjusted(optimizer.learningRate)
  }

  /// The epoch. The rate is in the optimizer's state.
  public var state: State {
    var state = State()
    state["epoch"] = .integer(epoch)
    return state
  }

  /// Goes on from a state. If it throws, nothing has changed.
  ///
  /// - Throws: `StateError` if the epoch is missing, or something is superfluous.
  public func load(_ state: State) throws(StateError) {
    var reader = state.reader()
    let epoch = try reader.count("epoch")
    try reader.finish()
    self.epoch = epoch
  }
}
