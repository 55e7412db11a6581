import CNeuronikaTiles
import Foundation

/// What an operand of an elementwise kernel is: a tile, or one float.
enum Kind: Sendable { case tile, scalar }

/// An elementwise kernel, what it should compute, and how far off it may be.
struct Contract: Sendable, CustomStringConvertible {
  let name: String
  let opcode: nk_opcode
  let operands: [Kind]
  /// Units in the last place of the result, for results that are normal numbers.
  let tolerance: Double
  let specification: @Sendable ([Double]) -> Double

  var description: String { name }
}

let unaryContracts: [Contract] = [
  unary("copy", NK_COPY) { $0 },
  unary("neg", NK_NEG) { -$0 },
  unary("abs", NK_ABS) { abs($0) },
  unary("sqrt", NK_SQRT, 0.501) { $0.squareRoot() },
  unary("rsqrt", NK_RSQRT, 1.5) { 1 / $0.squareRoot() },
  unary("reciprocal", NK_RECIPROCAL, 0.501) { 1 / $0 },
  unary("square", NK_SQUARE, 0.501) { $0 * $0 },
  unary("exp", NK_EXP, 1.2) { exp($0) },
  unary("expm1", NK_EXPM1, 2) { expm1($0) },
  unary("log", NK_LOG, 1.2) { log($0) },
  unary("log1p", NK_LOG1P, 1.2) { log1p($0) },
  unary("tanh", NK_TANH, 2.5) { tanh($0) },
  unary("sigmoid", NK_SIGMOID, 2.5) { 1 / (1 + exp(-$0)) },
  unary("softplus", NK_SOFTPLUS, 2) { $0 > 0 ? $0 + log1p(exp(-$0)) : log1p(exp($0)) },
  unary("relu", NK_RELU) { $0 < 0 ? 0 : $0 },
  unary("sign", NK_SIGN) { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 },
  unary("floor", NK_FLOOR) { $0.rounded(.down) },
  unary("ceil", NK_CEIL) { $0.rounded(.up) },
  unary("round", NK_ROUND) { $0.rounded(.toNearestOrEven) },
  unary("sin", NK_SIN, 1.6) { sin($0) },
  unary("cos", NK_COS, 1.6) { cos($0) },
  unary("erf", NK_ERF, 1.2) { erf($0) },
]

let binaryContracts: [Contract] =
  binary("add", [NK_ADD_VV, NK_ADD_VS, NK_ADD_SV], 0.501) { $0 + $1 }
  + binary("sub", [NK_SUB_VV, NK_SUB_VS, NK_SUB_SV], 0.501) { $0 - $1 }
  + binary("mul", [NK_MUL_VV, NK_MUL_VS, NK_MUL_SV], 0.501) { $0 * $1 }
  + binary("div", [NK_DIV_VV, NK_DIV_VS, NK_DIV_SV], 0.501) { $0 / $1 }
  + binary("max", [NK_MAX_VV, NK_MAX_VS, NK_MAX_SV]) { Double.maximumOrNaN($0, $1) }
  + binary("min", [NK_MIN_VV, NK_MIN_VS, NK_MIN_SV]) { -Double.maximumOrNaN(-$0, -$1) }
  + binary("pow", [NK_POW_VV, NK_POW_VS, NK_POW_SV], 1.5) { pow($0, $1) }
  + binary("lt", [NK_LT_VV, NK_LT_VS, NK_LT_SV]) { $0 < $1 ? 1 : 0 }
  + binary("le", [NK_LE_VV, NK_LE_VS, NK_LE_SV]) { $0 <= $1 ? 1 : 0 }
  + binary("eq", [NK_EQ_VV, NK_EQ_VS, NK_EQ_SV]) { $0 == $1 ? 1 : 0 }
  + binary("ne", [NK_NE_VV, NK_NE_VS, NK_NE_SV]) { $0 != $1 ? 1 : 0 }

let selectContracts: [Contract] = [
  select("select vvv", NK_SELECT_VVV, [.tile, .tile, .tile]),
  select("select vvs", NK_SELECT_VVS, [.tile, .tile, .scalar]),
  select("select vsv", NK_SELECT_VSV, [.tile, .scalar, .tile]),
  select("select vss", NK_SELECT_VSS, [.tile, .scalar, .scalar]),
]

let fillContract = Contract(
  name: "fill", opcode: NK_FILL, operands: [.scalar], tolerance: 0, specification: { $0[0] })

let elementwiseContracts = unaryContracts + binaryContracts + selectContracts + [fillContract]

private func unary(
  _ name: String, _ opcode: nk_opcode, _ tolerance: Double = 0,
  _ specification: @escaping @Sendable (Double) -> Double
) -> Contract {
  Contract(name: name, opcode: opcode, operands: [.tile], tolerance: tolerance) {
    specification($0[0])
  }
}

private func binary(
  _ name: String, _ opcodes: [nk_opcode], _ tolerance: Double = 0,
  _ specification: @escaping @Sendable (Double, Double) -> Double
) -> [Contract] {
  let kinds: [(String, [Kind])] = [
    ("vv", [.tile, .tile]), ("vs", [.tile, .scalar]), ("sv", [.scalar, .tile]),
  ]
  return zip(opcodes, kinds).map { opcode, kind in
    Contract(
      name: "\(name) \(kind.0)", opcode: opcode, operands: kind.1, tolerance: tolerance
    ) { specification($0[0], $0[1]) }
  }
}

private func select(_ name: String, _ opcode: nk_opcode, _ operands: [Kind]) -> Contract {
  Contract(name: name, opcode: opcode, operands: operands, tolerance: 0) {
    $0[0] != 0 ? $0[1] : $0[2]
  }
}

extension Double {
  static func maximumOrNaN(_ a: Double, _ b: Double) -> Double {
    a.isNaN || b.isNaN ? .nan : Swift.max(a, b)
  }
}
