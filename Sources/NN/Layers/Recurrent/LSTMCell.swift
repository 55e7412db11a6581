import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// One step of a long short-term memory: reads an input, and changes what it remembers.
///
/// With h and c, the hidden values and the memory cells of the step before,
///
///     i = σ(Wᵢ x + Uᵢ h + b)     how much is written
///     f = σ(W_f x + U_f h + b)   how much is kept
///     g = tanh(W_g x + U_g h + b)   what is written
///     o = σ(Wₒ x + Uₒ h + b)     how much is shown
///     c′ = f · c + i · g
///     h′ = o · tanh c′
///
/// A sequence is a loop. Its graph is as long as the sequence, and gradients flow back through all of
/// it:
///
/// ```swift
/// let cell = LSTMCell(3, 8)
/// let sequence = Var.rand(32, 20, 3)  // 32 series of 20 steps
/// var state: LSTMState?
/// for step in 0..<20 { state = cell(sequence[.all, step], state) }
/// print(state!.hidden.shape)  // [32, 8]
/// ```
///
/// To go on from where a batch ended, without gradients through it, begin with `state.detached()`.
///
/// **Shape:** input `[…, inputs]`, state and result `[…, hidden]`: `[N, inputs]` for a batch.
///
/// **Gradient:** to the input, the state and both maps. What c passes back is multiplied by f alone at
/// each step, which is why memories last.
///
/// **Initial values:** all weights and biases are drawn uniformly from −k up to k, k = √(1 / hidden).
/// Where memories have to last, greater biases of f help from the start; for 8 hidden values:
/// `for place in 8..<16 { cell.hidden.bias!.data[place] = 1 }`.
///
/// **Complexity:** 8 N · hidden · (inputs + hidden) flops forwards, twice that backwards.
///
/// **Source:** Hochreiter and Schmidhuber, *Long short-term memory*, 1997; with the gate f of Gers,
/// Schmidhuber and Cummins, *Learning to forget*, 2000; without peepholes. Two biases, and the order i,
/// f, g, o of the blocks, as in cuDNN and PyTorch.
public struct LSTMCell: Module {
  /// The map of the input: a weight `[4 hidden, inputs]` and a bias, in the order i, f, g, o. PyTorch's
  /// `weight_ih` and `bias_ih`.
  public var input: Linear
  /// The map of the hidden values: a weight `[4 hidden, hidden]` and a bias, in the same order.
  /// PyTorch's `weight_hh` and `bias_hh`.
  public var hidden: Linear

  /// A cell with random values.
  ///
  /// - Parameters:
  ///   - inputs: How many numbers come in at a step, at least 1.
  ///   - hidden: How many are remembered, at least 1.
  ///   - bias: Whether both maps have biases.
  ///   - source: Where the values come from. Takes one draw for each weight and bias, the input's first.
  public init(
    _ inputs: Int, _ hidden: Int, bias: Bool = true, using source: RandomSource = .current
  ) {
    (input, self.hidden) = recurrentMaps(
      "LSTMCell", inputs, hidden, gates: 4, bias: bias, source)
  }

  /// The maps of the input and of the hidden values.
  public var children: Children { ["input": input, "hidden": hidden] }

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - x: What comes in, a `Var` or `VarDiff` of shape `[…, inputs]`.
  ///   - state: What the step before has left, `[…, hidden]`; zeros at the beginning.
  public func callAsFunction(_ x: some Variable, _ state: LSTMState? = nil) -> LSTMState {
    let shape = recurrentState("LSTMCell", x.shape, (input, hidden))
    let state = state ?? LSTMState(hidden: Var.zeros(shape), cell: Var.zeros(shape))
    guard state.hidden.shape == shape, state.cell.shape == shape else {
      stopProgram(
        "LSTMCell: with an input of \(x.shape) the state's hidden and cell are \(shape), but are "
          + "\(state.hidden.shape) and \(state.cell.shape)\(suffix(hidden.weight))")
    }
    let (read, recalled) = (input(x), hidden(state.hidden))
    func argument(_ number: Int) -> VarDiff {
      let width = shape[shape.rank - 1]
      return gate(number, of: read, hidden: width) + gate(number, of: recalled, hidden: width)
    }
    let (i, f, o) = (argument(0).sigmoid(), argument(1).sigmoid(), argument(3).sigmoid())
    let cell = f * state.cell + i * argument(2).tanh()
    return LSTMState(hidden: o * cell.tanh(), cell: cell)
  }
}

/// What an ``LSTMCell`` remembers from step to step.
public struct LSTMState {
  /// The hidden values h, which the cell shows: its output, of shape `[…, hidden]`.
  public var hidden: VarDiff
  /// The memory cells c, of the same shape.
  public var cell: VarDiff

  /// A state of two variables of either kind.
  public init(hidden: some Variable, cell: some Variable) {
    (self.hidden, self.cell) = (VarDiff(hidden.node), VarDiff(cell.node))
  }

  /// The same values without their history: gradients end here.
  public func detached() -> LSTMState {
    LSTMState(hidden: hidden.detached(), cell: cell.detached())
  }
}
