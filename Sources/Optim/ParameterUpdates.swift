import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// The formula of an optimizer, bound to parameters: what each number becomes, from the gradient
/// and from what is remembered of it.
///
/// A formula is compiled once to a tile program; a step runs it over all parameters, in place, in
/// one parallel region, so that it reads and writes every number once.
public final class ParameterUpdates {
  /// What is updated, each once.
  public let parameters: [VarDiff]
  private let bufferNames: [String]
  private let updates: LeafUpdates

  /// Binds a formula to parameters.
  ///
  /// - Parameters:
  ///   - parameters: Differentiable leaves, at least one. Anything else stops the program. One that
  ///     stands there twice is updated once.
  ///   - buffers: The names of what is remembered of each parameter: tensors of its shape, zeros at
  ///     first.
  ///   - numbers: How many numbers the formula takes that may change from step to step.
  ///   - penalty: What is added to each gradient.
  ///   - formula: From the weight, its gradient, the buffers and the numbers the new weight and the
  ///     new buffers. Elementwise: neither row reductions nor column indices.
  public init(
    _ parameters: [VarDiff], buffers: [String] = [], numbers: Int, penalty: (any Penalty)? = nil,
    _ formula: (_ weight: Tile, _ gradient: Tile, _ buffers: [Tile], _ numbers: [Tile]) -> [Tile]
  ) {
    guard !parameters.isEmpty else { stopProgram("optimizer: there is no parameter to optimize") }
    self.parameters = distinct(parameters)
    bufferNames = buffers
    let leaves = leafStates(of: self.parameters) {
      "optimizer: only a leaf that gets a gradient can be optimized, but one of the parameters, \($0)"
    }
    updates = LeafUpdates(leaves, buffers: buffers.count, numbers: numbers) {
      weight, gradient, buffers, numbers in
      let penalized = penalty.map { gradient + $0.penalty(weight) } ?? gradient
      let results = formula(weight, penalized, buffers, numbers)
      guard results.count == buffers.count + 1 else {
        stopProgram(
          "optimizer: the formula has to give the new weight and \(buffers.count) new buffers, but "
            + "gives \(results.count) results")
      }
      guard results.allSatisfy(\.isElementwise) else {
        stopProgram("optimizer: formulas and penalties can't use row reductions or column indices")
      }
      return results
    }
  }

  /// Updates each parameter that has a gradient.
  ///
  /// - Parameter numbers: Writes the numbers for a step. Steps are counted from 1 for each
  ///   parameter by itself; it is called once for all that have the same count in a row.
  public func step(
    _ numbers: (_ step: Int, _ numbers: UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    updates.run(numbers)
  }

  /// Sets the gradients of all parameters to zero.
  public func zeroGrad() { updates.zeroGradients() }

  /// How many steps a parameter has had, by its position.
  public func steps(of parameter: Int) -> Int { updates.steps[parameter] }

  /// What is remembered of a parameter, by its position, under the name of the buffer.
  public func buffer(_ name: String, of parameter: Int) -> Tensor? {
    bufferNames.firstIndex(of: name).map {
      updates.buffers[parameter * bufferNames.count + $0]
    }
  }

  /// Each parameter's buffers and `step`, under its name; one that has none, shares it, or has a
  /// number for a name stands under its position.
  public var state: State {
    var state = State()
    for (position, key) in keys.enumerated() {
      state[key + ".step"] = .integer(updates.steps[position])
      for (buffer, name) in bufferNames.enumerated() {
        state[key + "." + name] = .tensor(updates.buffers[position * bufferNames.count + buffer])
      }
    }
    return state
  }

  /// Goes on from a state. If it throws, nothing has changed.
  ///
  /// - Throws: `StateError`, with the whole path, if something is missing, superfluous, or of
  ///   another shape.
  public func load(_ state: State) throws(StateError) {
    var reader = state.reader()
    var steps: [Int] = []
    var buffers: [Tensor] = []
    for (key, parameter) in zip(keys, parameters) {
      steps.append(try reader.count(key + ".step"))
      for name in bufferNames {
        buffers.append(try reader.tensor(key + "." + name, shape: parameter.shape))
      }
    }
    try reader.finish()
    (updates.steps, updates.buffers) = (steps, buffers)
  }

  /// Takes over what another formula for the same parameters remembers of them, under the names of
  /// buffers that both have.
  func adopt(_ former: ParameterUpdates) {
    updates.steps = former.updates.steps
    for position in parameters.indices {
      for (buffer, name) in bufferNames.enumerated() {
        guard let remembered = former.buffer(name, of: position) else { continue }
        updates.buffers[position * bufferNames.count + buffer] = remembered
      }
    }
  }

  /// A name that is a number could be another parameter's position.
  private var keys: [String] {
    let uses = Dictionary(parameters.compactMap(\.name).map { ($0, 1) }, uniquingKeysWith: +)
    return parameters.enumerated().map { position, parameter in
      parameter.name.flatMap { uses[$0] == 1 && Int($0) == nil ? $0 : nil } ?? String(position)
    }
  }
}

extension Tile {
  /// Whether each element depends on nothing but the elements at its place.
  fileprivate var isElementwise: Bool {
    switch self {
    case .operand, .constant: true
    case .columnIndex, .rowReduction, .rowScan, .rowElement, .rowAdding: false
    case .unary(_, let x): x.isElementwise
    case .binary(_, let x, let y): x.isElementwise && y.isElementwise
    case .select(let x, let y, let z): x.isElementwise && y.isElementwise && z.isElementwise
    }
  }
}
