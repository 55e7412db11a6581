import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// An affine map of rows: y = x · weightᵀ + bias.
///
/// **Shape:** `[N, inputs]` → `[N, outputs]`.
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
public struct Linear: Module {
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
    let bound = Float((1 / Double(inputs)).squareRoot())
    func learnable(_ shape: Shape, _ name: String) -> VarDiff {
      let variable = Var(source.draw().uniform(shape, in: -bound..<bound)).requiresGrad()
      variable.name = name
      return variable
    }
    weight = learnable(Shape(outputs, inputs), "weight")
    self.bias = bias ? learnable(Shape(outputs), "bias") : nil
  }

  /// The weight, then the bias.
  public var children: Children { ["weight": weight, "bias": bias] }

  /// Applies the map to the rows of a matrix.
  ///
  /// - Parameter input: A `Var` or `VarDiff` of shape `[N, inputs]`.
  public func callAsFunction(_ input: some Variable) -> VarDiff {
    guard input.rank == 2, input.shape[1] == weight.shape[1] else {
      let name = weight.name.map { " (its weight is \"\($0)\")" } ?? ""
      stopProgram("Linear: takes [N, \(weight.shape[1])], but got \(input.shape)\(name)")
    }
    let product = input.mmT(weight)
    guard let bias else { return product }
    return product + bias
  }
}

extension Linear: CustomStringConvertible {
  /// The layer in a word, like `Linear(784 → 10)`.
  public var description: String {
    "Linear(\(weight.shape[1]) → \(weight.shape[0])\(bias == nil ? ", no bias" : ""))"
  }
}
