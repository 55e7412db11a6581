import CNeuronikaTiles
import NeuronikaGraphs

// Which kernel runs which instruction.

/// Whether an operand is a tile or one number.
enum OperandKind { case vector, scalar }

private func kernel(_ opcode: nk_opcode) -> nk_kernel { nk_kernel_for(Int32(opcode.rawValue)) }

extension TileUnary {
  var kernel: nk_kernel {
    let opcode =
      switch self {
      case .negate: NK_NEG
      case .absolute: NK_ABS
      case .squareRoot: NK_SQRT
      case .reciprocalSquareRoot: NK_RSQRT
      case .reciprocal: NK_RECIPROCAL
      case .square: NK_SQUARE
      case .exp: NK_EXP
      case .expMinusOne: NK_EXPM1
      case .log: NK_LOG
      case .logOnePlus: NK_LOG1P
      case .tanh: NK_TANH
      case .sigmoid: NK_SIGMOID
      case .softplus: NK_SOFTPLUS
      case .relu: NK_RELU
      case .sign: NK_SIGN
      case .floor: NK_FLOOR
      case .ceil: NK_CEIL
      case .round: NK_ROUND
      case .sin: NK_SIN
      case .cos: NK_COS
      case .erf: NK_ERF
      }
    return NeuronikaExecution.kernel(opcode)
  }

  /// How many additions take as long.
  var cost: Int {
    switch self {
    case .exp, .expMinusOne, .sigmoid, .tanh: 7
    case .log, .logOnePlus, .softplus, .sin, .cos, .erf: 12
    case .squareRoot, .reciprocalSquareRoot, .reciprocal: 3
    case .negate, .absolute, .square, .relu, .sign, .floor, .ceil, .round: 1
    }
  }
}

extension TileBinary {
  /// The kernel for a left and a right operand, not both of them one number.
  func kernel(_ left: OperandKind, _ right: OperandKind) -> nk_kernel {
    let vectors: nk_opcode =
      switch self {
      case .add: NK_ADD_VV
      case .subtract: NK_SUB_VV
      case .multiply: NK_MUL_VV
      case .divide: NK_DIV_VV
      case .maximum: NK_MAX_VV
      case .minimum: NK_MIN_VV
      case .power: NK_POW_VV
      case .less: NK_LT_VV
      case .lessOrEqual: NK_LE_VV
      case .equal: NK_EQ_VV
      case .notEqual: NK_NE_VV
      }
    // The three variants of a kernel stand one after the other.
    let variant: Int32 = right == .scalar ? 1 : left == .scalar ? 2 : 0
    return nk_kernel_for(Int32(vectors.rawValue) + variant)
  }

  /// The kernel for rows and a number for each of them.
  var numberedKernel: nk_kernel? {
    switch self {
    case .add: NeuronikaExecution.kernel(NK_ADD_VR)
    case .subtract: NeuronikaExecution.kernel(NK_SUB_VR)
    case .multiply: NeuronikaExecution.kernel(NK_MUL_VR)
    case .divide: NeuronikaExecution.kernel(NK_DIV_VR)
    default: nil
    }
  }

  var isCommutative: Bool { self == .add || self == .multiply }
}

extension Reduction {
  /// Whether reducing what its pieces are reduced to gives the reduction of the whole.
  var isThatOfItsPieces: Bool { self == .sum || self == .max || self == .min }

  var rowKernel: nk_kernel {
    let opcode =
      switch self {
      case .sum: NK_ROW_SUM
      case .max: NK_ROW_MAX
      case .min: NK_ROW_MIN
      case .argMax: NK_ROW_ARGMAX
      case .argMin: NK_ROW_ARGMIN
      }
    return NeuronikaExecution.kernel(opcode)
  }

  /// The reduction of nothing.
  var initial: Float {
    switch self {
    case .sum, .argMax, .argMin: 0
    case .max: -.infinity
    case .min: .infinity
    }
  }
}

enum Kernels {
  static let add = kernel(NK_ADD_VV)
  static let copy = kernel(NK_COPY)
  static let copyPast = kernel(NK_COPY_PAST)
  static let expOfDifference = kernel(NK_EXP_SUB_VS)
  static let expOfNumberedDifference = kernel(NK_EXP_SUB_VR)
  static let fill = kernel(NK_FILL)
  static let relu = kernel(NK_RELU)
  static let expand = kernel(NK_EXPAND)
  static let column = kernel(NK_COLUMN)
  static let scan = kernel(NK_ROW_SCAN)
  static let pick = kernel(NK_ROW_PICK)
  static let rowAdd = kernel(NK_ROW_ADD)
  static let columnSum = kernel(NK_COLUMN_SUM)

  /// The kernel of a choice by a tile between tiles or numbers.
  static func select(_ yes: OperandKind, _ no: OperandKind) -> nk_kernel {
    let opcode =
      switch (yes, no) {
      case (.vector, .vector): NK_SELECT_VVV
      case (.vector, .scalar): NK_SELECT_VVS
      case (.scalar, .vector): NK_SELECT_VSV
      case (.scalar, .scalar): NK_SELECT_VSS
      }
    return kernel(opcode)
  }
}
