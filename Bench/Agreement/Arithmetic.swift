import Neuronika

let arithmeticFamily = Family(
  "Arithmetic",
  [
    "-x": { draw in -draw.real(draw.shape()) },
    "+": { draw in
      draw.operands({ $0 + $1 }, { $0 + $1 }, { $0 + $1 })
    },
    "-": { draw in
      draw.operands({ $0 - $1 }, { $0 - $1 }, { $0 - $1 })
    },
    "*": { draw in
      draw.operands({ $0 * $1 }, { $0 * $1 }, { $0 * $1 })
    },
    "/": { draw in
      draw.operands(kinks: [0], { $0 / $1 }, { $0 / $1 }, { $0 / $1 })
    },
    "pow(Int)": { draw in
      let exponent = draw.tell("exponent", draw.int(-3...5))
      return draw.real(draw.shape(), exponent < 0 ? 0.4...2 : -2...2).pow(exponent)
    },
    "pow(Float)": { draw in
      let exponent = draw.tell("exponent", draw.float(-3...3))
      return draw.real(draw.shape(), 0.4...2).pow(exponent)
    },
  ])

nonisolated extension Drawing {
  /// Two variables half of the time, else a variable and a number.
  fileprivate mutating func operands(
    kinks: [Float] = [], _ variables: (VarDiff, VarDiff) -> VarDiff,
    _ withNumber: (VarDiff, Float) -> VarDiff, _ ofNumber: (Float, VarDiff) -> VarDiff
  ) -> VarDiff {
    switch int(0...3) {
    case 0: return withNumber(real(shape()), tell("right", float(0.3...2)))
    case 1: return ofNumber(tell("left", float(-2...2)), real(shape(), kinks: kinks))
    default:
      let (left, right) = pair(kinks: kinks)
      return variables(left, right)
    }
  }
}
