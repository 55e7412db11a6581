import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// An affine map of rows: y = x · weightᵀ + bias.
///
/// **Shape:** `[N, inputs]` → `[N, outputs]`; with more or fewer axes before the last, `[…, inputs]` →
/// `[…, outputs]`.
///
/// **Initial values:** weight and bias are drawn uniformly from −k up to k, k = √(1 / inputs).
/// **Source:** Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller: *Efficient BackProp* (1998), section
/// 4.6, with a third of the variance proposed there, as Torch had it from its beginning.
///
/// **Complexity:** 2 N · inputs · outputs flops forwards, twice that backwards.
///
/// ```swift
/// let layer = Linear(13, 1)
/// let prediction = layer(Var.rand(64, 13))  // a VarDiff of shape [64, 1]
/// ```
public struct Linear: Layer {
  /// The matrix, of shape `[outputs, inputs]`.
  public var weight: VarDiff
  /// What is added to each row, of shape `[outputs]`; `nil` for a linear map.
  public var bias: VarDiff?

  /// A layer with random values.
  ///
  /// - Parameters:
  ///   - inputs: The length of a row, at least 1.
  ///   - outputs: The length of a row of the result, at least 1.
  ///   - bias: Whether a bias is added.
  ///   - source: Where the values come from. Takes one draw for the weight and then one for the bias.
  public init(
    _ inputs: Int, _ outputs: Int, bias: Bool = true, using source: RandomSource = .current
  ) {
    guard inputs > 0, outputs > 0 else {
      stopProgram("Linear: inputs and outputs are at least 1, but \(inputs) and \(outputs)")
    }
    self.init(inputs, outputs, bias: bias, fan: inputs, using: source)
  }

  /// The same with values from −√(1 / fan) up to √(1 / fan).
  init(_ inputs: Int, _ outputs: Int, bias: Bool, fan: Int, using source: RandomSource) {
    weight = learnable("weight", Shape(outputs, inputs), fan: fan, source)
    self.bias = bias ? learnable("bias", Shape(outputs), fan: fan, source) : nil
  }

  /// The weight, then the bias.
  public var children: Children { ["weight": weight, "bias": bias] }

  /// Applies the map to rows.
  ///
  /// - Parameter input: A `Var` or `VarDiff` of shape `[…, inputs]`.
  public func callAsFunction(_ input: some Variable) -> VarDiff {
    let (inputs, outputs) = (weight.shape[1], weight.shape[0])
    guard input.rank > 0, input.shape[input.rank - 1] == inputs else {
      stopProgram("Linear: takes [..., \(inputs)], but got \(input.shape)\(suffix(weight))")
    }
    let rows = input.rank == 2 ? input : input.reshape([input.shape.count / inputs, inputs])
    let product = rows.mmT(weight)
    let result = bias.map { product + $0 } ?? product
    if input.rank == 2 { return result }
    return result.reshape(Shape(input.shape.extents.dropLast() + [outputs]))
  }
}

extension Linear {
  /// The layer in a word, like `Linear(784 → 10)`.
  public var description: String {
    "Linear(\(weight.shape[1]) → \(weight.shape[0])\(bias == nil ? ", no bias" : ""))"
  }
}
