import Neuronika

let activationFamily = Family(
  "Activations",
  [
    "Relu": { draw in draw.activated(Relu(), kinks: [0]) },
    "LeakyRelu": { draw in draw.activated(LeakyRelu(slope: draw.slope()), kinks: [0]) },
    "Elu": { draw in draw.activated(Elu(alpha: draw.tell("alpha", draw.float(0.2...2)))) },
    "Selu": { draw in draw.activated(Selu(), kinks: [0]) },
    "Gelu": { draw in
      let isExact = draw.tell("form", draw.pick(["none", "tanh"])) == "none"
      return draw.activated(Gelu(isExact ? .exact : .tanh))
    },
    "Silu": { draw in draw.activated(Silu()) },
    "Sigmoid": { draw in draw.activated(Sigmoid()) },
    "Tanh": { draw in draw.activated(Tanh()) },
    "Hardtanh": { draw in draw.activated(Hardtanh(), kinks: [-1, 1]) },
    "Softplus": { draw in draw.activated(Softplus()) },
    "Softsign": { draw in draw.activated(Softsign()) },
    "Softmax": { draw in
      let shape = draw.shape(ranks: 1...4)
      return draw.applied(Softmax(axis: draw.axis(of: shape)), to: shape)
    },
    "LogSoftmax": { draw in
      let shape = draw.shape(ranks: 1...4)
      return draw.applied(LogSoftmax(axis: draw.axis(of: shape)), to: shape)
    },
  ])

nonisolated extension Drawing {
  fileprivate mutating func slope() -> Float { tell("slope", float(-0.5...0.5)) }

  /// A layer without learnables, of elements that aren't near a kink.
  fileprivate mutating func activated(_ layer: some Layer, kinks: [Float] = []) -> VarDiff {
    layer(real(shape(), -4...4, kinks: kinks))
  }
}
