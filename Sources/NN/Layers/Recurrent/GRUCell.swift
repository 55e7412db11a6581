import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// One step of a gated recurrent unit: reads an input, and changes what it remembers.
///
/// With h, the hidden values of the step before,
///
///     r = σ(W_r x + U_r h + b)          how much of the past is looked at
///     z = σ(W_z x + U_z h + b)          how much of it is kept
///     n = tanh(W_n x + b + r · (U_n h + b′))   what is new
///     h′ = (1 − z) · n + z · h
///
/// A sequence is a loop, as with ``LSTMCell``, and the state is one variable:
///
/// ```swift
/// let cell = GRUCell(3, 8)
/// let sequence = Var.rand(32, 20, 3)  // 32 series of 20 steps
/// var hidden: VarDiff?
/// for step in 0..<20 { hidden = cell(sequence[.all, step], hidden) }
/// print(hidden!.shape)  // [32, 8]
/// ```
///
/// **Shape:** input `[…, inputs]`, state and result `[…, hidden]`: `[N, inputs]` for a batch.
///
/// **Gradient:** to the input, the state and both maps.
///
/// **Initial values:** all weights and biases are drawn uniformly from −k up to k, k = √(1 / hidden).
///
/// **Complexity:** 6 N · hidden · (inputs + hidden) flops forwards, twice that backwards.
///
/// **Source:** Cho et al., *Learning phrase representations using RNN encoder–decoder*, 2014, equations
/// 5 to 8; with r applied after the product with U_n, as in cuDNN and PyTorch, so that all of a step is
/// two products.
public struct GRUCell: Module {
  /// The map of the input: a weight `[3 hidden, inputs]` and a bias, in the order r, z, n. PyTorch's
  /// `weight_ih` and `bias_ih`.
  public var input: Linear
  /// The map of the hidden values: a weight `[3 hidden, hidden]` and a bias, in the same order.
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
    (input, self.hidden) = recurrentMaps("GRUCell", inputs, hidden, gates: 3, bias: bias, source)
  }

  /// The maps of the input and of the hidden values.
  public var children: Children { ["input": input, "hidden": hidden] }

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - x: What comes in, a `Var` or `VarDiff` of shape `[…, inputs]`.
  ///   - state: What is remembered, `[…, hidden]`.
  public func callAsFunction(_ x: some Variable, _ state: Var) -> VarDiff {
    self(x, VarDiff(state))
  }

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - x: What comes in, a `Var` or `VarDiff` of shape `[…, inputs]`.
  ///   - state: What the step before has given, `[…, hidden]`; zeros at the beginning.
  public func callAsFunction(_ x: some Variable, _ state: VarDiff? = nil) -> VarDiff {
    let shape = recurrentState("GRUCell", x.shape, (input, hidden))
    let h = state ?? VarDiff(Var.zeros(shape))
    guard h.shape == shape else {
      stopProgram(
        "GRUCell: with an input of \(x.shape) the state is \(shape), but is \(h.shape)"
          + suffix(hidden.weight))
    }
    let (read, recalled) = (input(x), hidden(h))
    func part(_ number: Int) -> (read: VarDiff, recalled: VarDiff) {
      let width = shape[shape.rank - 1]
      return (gate(number, of: read, hidden: width), gate(number, of: recalled, hidden: width))
    }
    let (reset, update, new) = (part(0), part(1), part(2))
    let r = (reset.read + reset.recalled).sigmoid()
    let z = (update.read + update.recalled).sigmoid()
    let n = (new.read + r * new.recalled).tanh()
    return n + z * (h - n)
  }
}
