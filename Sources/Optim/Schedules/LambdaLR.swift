import NeuronikaTensors

/// Sets the learning rate to lr₀ · f(epoch), where lr₀ is the optimizer's rate at the beginning, and
/// f any function.
///
/// Alone it gives exactly that. What others do to the rate between two steps becomes part of lr₀: the
/// factor between the rate that it finds and the one that it left. While its own factor is 0 there is
/// no such ratio, and a rate that others set then is the new lr₀.
public final class LambdaLR: Schedule {
  public let optimizer: any Optimizer
  public var epoch = 0
  /// f: the factor of an epoch.
  public let factor: (_ epoch: Int) -> Double
  /// lr₀, with what others did to it.
  private var base: Double
  /// The rate as this schedule left it.
  private var left: Double

  /// A schedule. The first epoch, number 0, runs with the optimizer's rate as it stands.
  ///
  /// - Parameters:
  ///   - optimizer: Whose rate changes.
  ///   - factor: The factor of an epoch, from 1 on.
  public init(_ optimizer: any Optimizer, _ factor: @escaping (_ epoch: Int) -> Double) {
    self.optimizer = optimizer
    self.factor = factor
    base = optimizer.learningRate
    left = base
  }

  public func adjusted(_ rate: Double) -> Double {
    if rate != left { base = left == 0 ? rate : base * (rate / left) }
    left = base * factor(epoch)
    return left
  }

  /// The epoch, and the rates that the factors go with.
  public var state: State {
    var state = State()
    state["epoch"] = .integer(epoch)
    state["base"] = .number(base)
    state["left"] = .number(left)
    return state
  }

  /// Goes on from a state. If it throws, nothing has changed.
  ///
  /// - Throws: `StateError` if something is missing or superfluous.
  public func load(_ state: State) throws(StateError) {
    var reader = state.reader()
    let epoch = try reader.integer("epoch")
    let base = try reader.number("base")
    let left = try reader.number("left")
    try reader.finish()
    (self.epoch, self.base, self.left) = (epoch, base, left)
  }
}
