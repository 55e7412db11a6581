import NeuronikaTensors

/// A schedule that is a closed formula: lr₀ · f(epoch), where lr₀ is the optimizer's rate at the
/// beginning.
///
/// Alone it gives exactly that. What others do to the rate between two steps becomes part of lr₀:
/// the factor between the rate that it finds and the one that it left. While its own factor is 0
/// there is no such ratio, and a rate that others set then is the new lr₀.
///
/// Your own takes three stored properties and the formula:
///
/// ```swift
/// final class InverseRootLR: FactorSchedule {
///   let optimizer: any Optimizer
///   var epoch = 0
///   var rate: FactoredRate
///
///   init(_ optimizer: any Optimizer) {
///     self.optimizer = optimizer
///     rate = FactoredRate(optimizer.learningRate)
///   }
///
///   func factor(at epoch: Int) -> Double { 1 / Double(1 + epoch).squareRoot() }
/// }
/// ```
public protocol FactorSchedule: Schedule {
  /// lr₀, with what others did to it.
  var rate: FactoredRate { get set }
  /// f: the factor of an epoch.
  func factor(at epoch: Int) -> Double
}

extension FactorSchedule {
  /// lr₀ · f(epoch), times what others did to the rate.
  public func adjusted(_ rate: Double) -> Double {
    self.rate.adjusted(rate, factor: factor(at: epoch))
  }

  /// The epoch, and the rates that the factors go with.
  public var state: State {
    var state = State()
    state["epoch"] = .integer(epoch)
    state["base"] = .number(rate.base)
    state["left"] = .number(rate.left)
    return state
  }

  /// Goes on from a state. If it throws, nothing has changed.
  ///
  /// - Throws: `StateError` if something is missing or superfluous.
  public func load(_ state: State) throws(StateError) {
    var reader = state.reader()
    let epoch = try reader.count("epoch")
    let base = try reader.number("base")
    let left = try reader.number("left")
    try reader.finish()
    (self.epoch, rate) = (epoch, FactoredRate(base: base, left: left))
  }

  /// Gives the optimizer the rate of epoch 0, for schedules whose first factor isn't 1.
  func begin() { optimizer.learningRate = adjusted(optimizer.learningRate) }
}

/// A rate that is multiplied by a factor which changes from epoch to epoch, and by others between.
public struct FactoredRate: Sendable, Equatable {
  /// lr₀: the rate for a factor of 1, with what others did to it.
  public private(set) var base: Double
  /// The rate as it was left.
  fileprivate private(set) var left: Double

  /// A rate that no factor has been applied to yet.
  public init(_ rate: Double) { self.init(base: rate, left: rate) }

  fileprivate init(base: Double, left: Double) { (self.base, self.left) = (base, left) }

  /// The rate for a factor.
  ///
  /// - Parameter found: The rate as it is now: what it was left at, unless others changed it.
  public mutating func adjusted(_ found: Double, factor: Double) -> Double {
    if found != left { base = left == 0 ? found : base * (found / left) }
    left = base * factor
    return left
  }
}
