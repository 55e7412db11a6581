import Neuronika

let elementwiseFamily = Family(
  "Elementwise",
  [
    "abs": unary(kinks: [0]) { $0.abs() },
    "sign": unary(kinks: [0]) { $0.sign() },
    "square": unary { $0.square() },
    "sqrt": unary(0.1...4) { $0.sqrt() },
    "rsqrt": unary(0.1...4) { $0.rsqrt() },
    "reciprocal": unary(0.1...4) { $0.reciprocal() },
    "exp": unary(-4...4) { $0.exp() },
    "expm1": unary(-4...4) { $0.expm1() },
    "ln": unary(0.05...9) { $0.ln() },
    "log1p": unary(-0.9...9) { $0.log1p() },
    "sin": unary(-9...9) { $0.sin() },
    "cos": unary(-9...9) { $0.cos() },
    "tanh": unary(-4...4) { $0.tanh() },
    "erf": unary(-4...4) { $0.erf() },
    "floor": unary(-3...3, kinks: halves) { $0.floor() },
    "ceil": unary(-3...3, kinks: halves) { $0.ceil() },
    "round": unary(-3...3, kinks: halves) { $0.round() },
    "relu": unary(kinks: [0]) { $0.relu() },
    "selu": unary(-4...4, kinks: [0]) { $0.selu() },
    "sigmoid": unary(-9...9) { $0.sigmoid() },
    "silu": unary(-9...9) { $0.silu() },
    "softplus": unary(-9...9) { $0.softplus() },
    "softsign": unary(-4...4) { $0.softsign() },
    "hardtanh": unary(kinks: [-1, 1]) { $0.hardtanh() },
    "gelu": { draw in
      let form = draw.tell("form", draw.pick(["exact", "tanh"]))
      return draw.real(draw.shape(), -4...4).gelu(form == "exact" ? .exact : .tanh)
    },
    "leakyRelu": { draw in
      let slope = draw.tell("slope", draw.float(-0.5...0.5))
      return draw.real(draw.shape(), kinks: [0]).leakyRelu(slope: slope)
    },
    "elu": { draw in
      let alpha = draw.tell("alpha", draw.float(0.2...2))
      return draw.real(draw.shape(), -4...4, kinks: [0]).elu(alpha: alpha)
    },
    "clamp": { draw in
      let lower = draw.tell("min", draw.float(-1.5...0))
      let upper = draw.tell("max", draw.float(0...1.5))
      return draw.real(draw.shape(), kinks: [lower, upper]).clamp(min: lower, max: upper)
    },
    "maximum": { draw in
      draw.untied({ $0.maximum($1) }, { $0.maximum($1) })
    },
    "minimum": { draw in
      draw.untied({ $0.minimum($1) }, { $0.minimum($1) })
    },
    "where": { draw in
      let whole = draw.shape()
      let condition = draw.labels(draw.part(of: whole), below: 2)
      let chosen = draw.real(draw.part(of: whole))
      if draw.once(in: 4) {
        return chosen.where(condition, else: draw.tell("else", draw.float(-2...2)))
      }
      return chosen.where(condition, else: draw.real(draw.part(of: whole)))
    },
    ".<": { draw in
      draw.compared({ $0 .< $1 }, { $0 .< $1 })
    },
    ".<=": { draw in
      draw.compared({ $0 .<= $1 }, { $0 .<= $1 })
    },
    ".>": { draw in
      draw.compared({ $0 .> $1 }, { $0 .> $1 })
    },
    ".>=": { draw in
      draw.compared({ $0 .>= $1 }, { $0 .>= $1 })
    },
    ".==": { draw in
      draw.compared({ $0 .== $1 }, { $0 .== $1 })
    },
    ".!=": { draw in
      draw.compared({ $0 .!= $1 }, { $0 .!= $1 })
    },
  ])

/// Where rounding jumps.
private nonisolated let halves: [Float] = (-6...6).map { Float($0) / 2 }

private nonisolated func unary(
  _ range: ClosedRange<Float> = -2...2, kinks: [Float] = [],
  _ function: @escaping (VarDiff) -> VarDiff
) -> Family.Draw {
  { draw in function(draw.real(draw.shape(), range, kinks: kinks)) }
}

nonisolated extension Drawing {
  /// A choice between a variable and another one or a number. They don't tie: one has whole multiples
  /// of 1/32, the other odd ones of 1/64.
  fileprivate mutating func untied(
    _ variables: (VarDiff, VarDiff) -> VarDiff, _ withNumber: (VarDiff, Float) -> VarDiff
  ) -> VarDiff {
    let whole = shape()
    let left = multiples(part(of: whole), offset: 0)
    if once(in: 4) { return withNumber(left, tell("right", (Float(int(-64...63)) + 0.5) / 32)) }
    return variables(left, multiples(part(of: whole), offset: 0.5))
  }

  private mutating func multiples(_ shape: Shape, offset: Float) -> VarDiff {
    operand(
      Tensor((0..<shape.count).map { _ in (Float(int(-64...63)) + offset) / 32 }, shape: shape))
  }

  /// A comparison of small whole numbers, many of which are equal.
  fileprivate mutating func compared(
    _ variables: (Var, Var) -> Var, _ withNumber: (Var, Float) -> Var
  ) -> VarDiff {
    let whole = shape()
    let left = labels(part(of: whole), below: 4)
    if once(in: 4) { return VarDiff(withNumber(left, tell("right", Float(int(0...3))))) }
    return VarDiff(variables(left, labels(part(of: whole), below: 4)))
  }
}
