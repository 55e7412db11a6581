import NeuronikaGraphs
import NeuronikaTensors

/// Several optimizers for groups of parameters that work as one: groups may have rates, penalties
/// and even rules of their own.
///
/// ```swift
/// let model = Linear(13, 1)
/// let learnables = model.namedParameters
/// let weights = learnables.filter { $0.name.hasSuffix("weight") }.map(\.parameter)
/// let biases = learnables.filter { $0.name.hasSuffix("bias") }.map(\.parameter)
/// let optimizer = ParameterGroups([
///   "weights": Adam(weights, learningRate: 0.01, penalty: L2(1e-4)),
///   "biases": Adam(biases, learningRate: 0.02),
/// ])
/// let all = ExponentialLR(optimizer, gamma: 0.9)
/// let biasesOnly = StepLR(optimizer["biases"], every: 10)
/// ```
///
/// A schedule on the groups changes all rates and keeps their proportions; one on a group changes
/// that group's.
///
/// **Complexity:** each group is a pass of its own, in a parallel region of its own.
public final class ParameterGroups: Optimizer {
  /// The names of the groups, in their order.
  public let names: [String]
  /// The optimizers of the groups, in their order.
  public let optimizers: [any Optimizer]
  /// Each group's rate as a multiple of the greatest. Kept, because rates of 0 would forget it.
  private var proportions: [Double] = []
  /// The rates that the proportions go with: others mean that somebody set one by itself.
  private var rates: [Double] = []

  /// Groups.
  ///
  /// - Parameter groups: Optimizers under names, which are neither empty nor have a dot. At least
  ///   one; no name and no parameter twice. Anything else stops the program.
  public init(_ groups: KeyValuePairs<String, any Optimizer>) {
    names = groups.map(\.key)
    optimizers = groups.map(\.value)
    guard !names.isEmpty else { stopProgram("ParameterGroups: there is no group") }
    var known: [ObjectIdentifier: String] = [:]
    for (position, (name, optimizer)) in groups.enumerated() {
      guard !name.isEmpty, !name.contains(".") else {
        stopProgram(
          "ParameterGroups: a name is neither empty nor has a dot, which separates the names of a "
            + "path, but one is \"\(name)\"")
      }
      guard !names[..<position].contains(name) else {
        stopProgram("ParameterGroups: two groups are called \"\(name)\"")
      }
      for parameter in optimizer.parameters {
        guard let other = known.updateValue(name, forKey: ObjectIdentifier(parameter.node)) else {
          continue
        }
        stopProgram(
          "ParameterGroups: \(parameter.name.map { "\"\($0)\"" } ?? "a parameter"), of shape "
            + "\(parameter.shape), is in the groups \"\(other)\" and \"\(name)\", so each step would "
            + "change it twice")
      }
    }
    updateProportions()
  }

  /// The optimizer of a group. A name that isn't there stops the program.
  public subscript(name: String) -> any Optimizer {
    guard let position = names.firstIndex(of: name) else {
      stopProgram(
        "ParameterGroups: there is no group \"\(name)\", only "
          + names.map { "\"\($0)\"" }.joined(separator: ", "))
    }
    return optimizers[position]
  }

  /// The parameters of all groups.
  public var parameters: [VarDiff] { optimizers.flatMap(\.parameters) }

  /// The greatest rate of a group. Setting it changes all rates and keeps their proportions, those
  /// from before if all have become 0.
  public var learningRate: Double {
    get { optimizers.reduce(0) { max($0, $1.learningRate) } }
    set {
      updateProportions()
      for (optimizer, proportion) in zip(optimizers, proportions) {
        optimizer.learningRate = newValue * proportion
      }
      rates = optimizers.map(\.learningRate)
    }
  }

  /// Changes the parameters of all groups.
  public func step() { for optimizer in optimizers { optimizer.step() } }

  /// Sets the gradients of all parameters to zero.
  public func zeroGrad() { for optimizer in optimizers { optimizer.zeroGrad() } }

  /// Under `groups` and each group's name its optimizer's state, and under `proportions` its rate
  /// as a multiple of the greatest.
  public var state: State {
    updateProportions()
    var state = State()
    for (position, name) in names.enumerated() {
      state["proportions." + name] = .number(proportions[position])
      state.insert(optimizers[position].state, under: "groups." + name)
    }
    return state
  }

  /// Goes on from a state. If it throws, nothing has changed.
  public func load(_ state: State) throws(StateError) {
    var reader = state.reader()
    var proportions: [Double] = []
    for name in names { proportions.append(try reader.number("proportions." + name)) }
    var groups = reader.nested("groups").reader()
    let parts = names.map { groups.nested($0) }
    try groups.finish()
    try reader.finish()
    let former = optimizers.map(\.state)
    for position in optimizers.indices {
      do {
        try optimizers[position].load(parts[position])
      } catch {
        // What an optimizer gave it takes.
        for loaded in 0..<position { try? optimizers[loaded].load(former[loaded]) }
        throw error
      }
    }
    self.proportions = proportions
    rates = optimizers.map(\.learningRate)
  }

  /// Takes note of rates that somebody set by themselves.
  private func updateProportions() {
    let current = optimizers.map(\.learningRate)
    if current == rates { return }
    rates = current
    let greatest = learningRate
    proportions = current.map { greatest == 0 ? 1 : $0 / greatest }
  }
}
