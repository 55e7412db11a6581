import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// What a step of a random graph does. A few are short compositions that keep the functions in a
/// domain where they neither blow up nor lose all digits.
enum Move: Hashable {
  case relu, leakyRelu(Float), exp, softplus, sigmoid, tanh, ln, sqrt, abs, negate
  case power(Int), realPower(Float)
  case plusNumber(Float), numberMinus(Float), timesNumber(Float), overNumber(Float), numberOver(
    Float)
  case add, subtract, multiply, divide
  case mm, mmT, mv, vm, vv
  case affine
  case sum([Int], keeping: Bool), mean([Int], keeping: Bool), total, average
  case softmax(Int), logSoftmax(Int), crossEntropy(LossReduction)
  case t, permute([Int]), reshape(Shape), unsqueeze(Int), squeeze(Int), broadcast(Shape), detached

  /// Builds the step's nodes.
  func callAsFunction(_ x: [VarDiff]) -> VarDiff {
    switch self {
    case .relu: x[0].relu()
    case .leakyRelu(let slope): x[0].leakyRelu(slope: slope)
    case .exp: x[0].exp()
    case .softplus: x[0].softplus()
    case .sigmoid: x[0].sigmoid()
    case .tanh: x[0].tanh()
    case .ln: (x[0].softplus() + 0.5).ln()
    case .sqrt: (x[0].abs() + 0.25).sqrt()
    case .abs: x[0].abs()
    case .negate: -x[0]
    case .power(let n): n < 0 ? (x[0].sigmoid() + 0.5).pow(n) : x[0].pow(n)
    case .realPower(let e): (x[0].softplus() + 0.5).pow(e)
    case .plusNumber(let c): x[0] + c
    case .numberMinus(let c): c - x[0]
    case .timesNumber(let c): c * x[0]
    case .overNumber(let c): x[0] / c
    case .numberOver(let c): c / (x[0].softplus() + 0.5)
    case .add: x[0] + x[1]
    case .subtract: x[0] - x[1]
    case .multiply: x[0] * x[1]
    case .divide: x[0] / (x[1].softplus() + 0.5)
    case .mm: x[0].mm(x[1])
    case .mmT: x[0].mmT(x[1])
    case .mv: x[0].mv(x[1])
    case .vm: x[0].vm(x[1])
    case .vv: x[0].vv(x[1])
    case .affine: x[0].mm(x[1]) + x[2]
    case .sum(let axes, let keeping): x[0].sum(axes: axes, keepingAxes: keeping)
    case .mean(let axes, let keeping): x[0].mean(axes: axes, keepingAxes: keeping)
    case .total: x[0].sum()
    case .average: x[0].mean()
    case .softmax(let axis): x[0].softmax(axis: axis)
    case .logSoftmax(let axis): x[0].logSoftmax(axis: axis)
    case .crossEntropy(let reduction): x[0].crossEntropy(x[1], reduction: reduction)
    case .t: x[0].t()
    case .permute(let axes): x[0].permute(axes)
    case .reshape(let shape): x[0].reshape(shape)
    case .unsqueeze(let axis): x[0].unsqueeze(axis)
    case .squeeze(let axis): x[0].squeeze(axis)
    case .broadcast(let shape): x[0].broadcast(to: shape)
    case .detached: VarDiff(x[0].detached())
    }
  }

  /// The step as a line of Swift.
  func code(_ x: [String]) -> String {
    switch self {
    case .relu: "\(x[0]).relu()"
    case .leakyRelu(let slope): "\(x[0]).leakyRelu(slope: \(slope))"
    case .exp: "\(x[0]).exp()"
    case .softplus: "\(x[0]).softplus()"
    case .sigmoid: "\(x[0]).sigmoid()"
    case .tanh: "\(x[0]).tanh()"
    case .ln: "(\(x[0]).softplus() + 0.5).ln()"
    case .sqrt: "(\(x[0]).abs() + 0.25).sqrt()"
    case .abs: "\(x[0]).abs()"
    case .negate: "-\(x[0])"
    case .power(let n): n < 0 ? "(\(x[0]).sigmoid() + 0.5).pow(\(n))" : "\(x[0]).pow(\(n))"
    case .realPower(let e): "(\(x[0]).softplus() + 0.5).pow(\(e) as Float)"
    case .plusNumber(let c): "\(x[0]) + (\(c))"
    case .numberMinus(let c): "\(c) - \(x[0])"
    case .timesNumber(let c): "\(c) * \(x[0])"
    case .overNumber(let c): "\(x[0]) / \(c)"
    case .numberOver(let c): "\(c) / (\(x[0]).softplus() + 0.5)"
    case .add: "\(x[0]) + \(x[1])"
    case .subtract: "\(x[0]) - \(x[1])"
    case .multiply: "\(x[0]) * \(x[1])"
    case .divide: "\(x[0]) / (\(x[1]).softplus() + 0.5)"
    case .mm: "\(x[0]).mm(\(x[1]))"
    case .mmT: "\(x[0]).mmT(\(x[1]))"
    case .mv: "\(x[0]).mv(\(x[1]))"
    case .vm: "\(x[0]).vm(\(x[1]))"
    case .vv: "\(x[0]).vv(\(x[1]))"
    case .affine: "\(x[0]).mm(\(x[1])) + \(x[2])"
    case .sum(let axes, let keeping): "\(x[0]).sum(axes: \(axes), keepingAxes: \(keeping))"
    case .mean(let axes, let keeping): "\(x[0]).mean(axes: \(axes), keepingAxes: \(keeping))"
    case .total: "\(x[0]).sum()"
    case .average: "\(x[0]).mean()"
    case .softmax(let axis): "\(x[0]).softmax(axis: \(axis))"
    case .logSoftmax(let axis): "\(x[0]).logSoftmax(axis: \(axis))"
    case .crossEntropy(let reduction): "\(x[0]).crossEntropy(\(x[1]), reduction: .\(reduction))"
    case .t: "\(x[0]).t()"
    case .permute(let axes): "\(x[0]).permute(\(axes))"
    case .reshape(let shape): "\(x[0]).reshape(\(shape))"
    case .unsqueeze(let axis): "\(x[0]).unsqueeze(\(axis))"
    case .squeeze(let axis): "\(x[0]).squeeze(\(axis))"
    case .broadcast(let shape): "\(x[0]).broadcast(to: \(shape))"
    case .detached: "VarDiff(\(x[0]).detached())"
    }
  }

  /// Whether the slope jumps somewhere.
  var hasKink: Bool {
    switch self {
    case .relu, .leakyRelu, .abs, .sqrt: true
    default: false
    }
  }
}
