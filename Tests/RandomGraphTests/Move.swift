import NeuronikaGraphs
import NeuronikaVariables

/// What a step of a random graph does. A few are short compositions that keep functions in a domain
/// where they neither blow up nor lose all digits.
struct Move: Sendable {
  /// The file, without its extension, that declares the public method, under `Operations`.
  let name: String
  private let template: String
  private let body: @Sendable ([VarDiff]) -> VarDiff

  /// - Parameters:
  ///   - template: The step as Swift, its operands written `$0`, `$1` and so on.
  ///   - body: The same.
  init(_ name: String, _ template: String, _ body: @escaping @Sendable ([VarDiff]) -> VarDiff) {
    (self.name, self.template, self.body) = (name, template, body)
  }

  /// Builds the step's nodes.
  func callAsFunction(_ operands: [VarDiff]) -> VarDiff { body(operands) }

  /// The step as a line of Swift.
  func code(_ operands: [String]) -> String {
    operands.indices.reduce(template) { $0.replacing("$\($1)", with: operands[$1]) }
  }
}

extension Move {
  static let relu = Move("Relu", "$0.relu()") { $0[0].relu() }
  static let tanh = Move("HyperbolicTangent", "$0.tanh()") { $0[0].tanh() }
  static let softplus = Move("Softplus", "$0.softplus()") { $0[0].softplus() }
  static let add = Move("Add", "$0 + $1") { $0[0] + $0[1] }
  static let transpose = Move("Transpose", "$0.t()") { $0[0].t() }
  static let total = Move("Sum", "$0.sum()") { $0[0].sum() }
  static let average = Move("Mean", "$0.mean()") { $0[0].mean() }

  static func timesNumber(_ number: Float) -> Move {
    Move("Multiply", "\(number) * $0") { number * $0[0] }
  }
  static func unsqueeze(_ axis: Int) -> Move {
    Move("Squeeze", "$0.unsqueeze(\(axis))") { $0[0].unsqueeze(axis) }
  }
}
