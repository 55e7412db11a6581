import NeuronikaGraphs
import NeuronikaTensors

let elementwiseContracts: [Contract] = [
  Contract(
    "relu", covers: ["Relu", "WherePositive"],
    elementwiseSamples("relu", -2...2, kinks: [0]) { $0.relu() } + [
      Sample("wherePositive", [.constant([2, 9]), .real([2, 9])]) {
        VarDiff(apply(WherePositive(), $0[0].node, $0[1].node))
      }
    ],
    complaints: [.shapes(WherePositive(), [2], [3], says: "the shapes differ: [2] and [3]")],
    laws: [Law("2 relu(x) = x + |x|", [.real([9])]) { (2 * $0[0].relu(), $0[0] + $0[0].abs()) }],
    kinks: [Kink(at: 0, slope: 0) { $0.relu() }],
    large: largeSample("relu") { $0.relu() }),
  Contract(
    "leakyRelu", covers: ["LeakyRelu", "ScaleUnlessPositive"],
    elementwiseSamples("leakyRelu", -2...2, kinks: [0]) { $0.leakyRelu() }
      + elementwiseSamples("leakyRelu(slope: -0.25)", -2...2, kinks: [0]) {
        $0.leakyRelu(slope: -0.25)
      } + [
        Sample("scaleUnlessPositive", [.constant([2, 9]), .real([2, 9]), .constant([])]) {
          VarDiff(apply(ScaleUnlessPositive(), $0.map(\.node)))
        }
      ],
    complaints: [
      .shapes(LeakyRelu(), [2], [1], says: "the slope is a scalar, but has shape [1]"),
      .shapes(
        ScaleUnlessPositive(), [2], [3], [],
        says: "takes two equal shapes and a scalar, not [2], [3] and []"),
    ],
    laws: [
      Law("leakyRelu = relu(x) − slope relu(−x)", [.real([9])]) {
        ($0[0].leakyRelu(slope: 0.25), $0[0].relu() - 0.25 * (-$0[0]).relu())
      }
    ],
    kinks: [
      Kink(at: 0, slope: 0.01) { $0.leakyRelu() },
      Kink(at: 0, slope: 0.5) { $0.leakyRelu(slope: 0.5) },
    ],
    large: largeSample("leakyRelu") { $0.leakyRelu() }),
  Contract(
    "abs", covers: ["Absolute", "Sign"],
    elementwiseSamples("abs", -2...2, kinks: [0]) { $0.abs() }
      + elementwiseSamples("sign", -2...2, kinks: [0]) { $0.sign() },
    laws: [Law("|x| = √x²", [.real([9])]) { ($0[0].abs(), $0[0].pow(2).sqrt()) }],
    kinks: [Kink(at: 0, slope: 0) { $0.abs() }],
    large: largeSample("abs") { $0.abs() }),
  Contract(
    "sqrt", covers: ["SquareRoot"], elementwiseSamples("sqrt", 0.25...4) { $0.sqrt() },
    laws: [Law("√x √x = x", [.real([9], 0...4)]) { ($0[0].sqrt() * $0[0].sqrt(), $0[0]) }],
    kinks: [Kink(at: 0, slope: .infinity) { $0.sqrt() }],
    tolerance: 1,
    large: largeSample("sqrt") { $0.sqrt() }),
  Contract(
    "exp", covers: ["Exponential"],
    elementwiseSamples("exp", -3...3) { $0.exp() }
      + elementwiseSamples("exp far out", -80...80, specials: [0]) { $0.exp() }
      .map { $0.withoutDerivatives },
    laws: [
      Law("exp(x + y) = exp x exp y", [.real([9]), .real([9])]) {
        (($0[0] + $0[1]).exp(), $0[0].exp() * $0[1].exp())
      }
    ],
    tolerance: 4,
    large: largeSample("exp") { $0.exp() }),
  Contract(
    "ln", covers: ["Logarithm"],
    elementwiseSamples("ln", 0.25...4) { $0.ln() },
    laws: [Law("ln exp x = x", [.real([9])]) { ($0[0].exp().ln(), $0[0]) }],
    tolerance: 4,
    large: largeSample("ln") { $0.ln() }),
  Contract(
    "sigmoid", covers: ["Sigmoid"],
    elementwiseSamples("sigmoid", -4...4) { $0.sigmoid() }
      + elementwiseSamples("sigmoid far out", -80...80, specials: [0]) { $0.sigmoid() }
      .map { $0.withoutDerivatives },
    laws: [
      Law("σ(x) + σ(−x) = 1", [.real([9])]) {
        ($0[0].sigmoid() + (-$0[0]).sigmoid(), 0 * $0[0] + 1)
      }
    ],
    tolerance: 4,
    large: largeSample("sigmoid") { $0.sigmoid() }),
  Contract(
    "tanh", covers: ["HyperbolicTangent"],
    elementwiseSamples("tanh", -3...3) { $0.tanh() }
      + elementwiseSamples("tanh near 0", -0.01...0.01, specials: [0]) { $0.tanh() },
    laws: [
      Law("tanh x = 2 σ(2x) − 1", [.real([9])]) {
        ($0[0].tanh(), 2 * (2 * $0[0]).sigmoid() - 1)
      }
    ],
    tolerance: 4,
    large: largeSample("tanh") { $0.tanh() }),
  Contract(
    "softplus", covers: ["Softplus"],
    elementwiseSamples("softplus", -4...4) { $0.softplus() }
      + elementwiseSamples("softplus far out", -80...80, specials: [0]) { $0.softplus() }
      .map { $0.withoutDerivatives },
    laws: [
      Law("softplus x = ln(1 + eˣ)", [.real([9])]) {
        ($0[0].softplus(), (1 + $0[0].exp()).ln())
      },
      Law("softplus x − softplus(−x) = x", [.real([9], -100...100)]) {
        ($0[0].softplus() - (-$0[0]).softplus(), $0[0])
      },
    ],
    tolerance: 4,
    large: largeSample("softplus") { $0.softplus() }),
]

extension Sample {
  var withoutDerivatives: Sample {
    var copy = self
    copy.hasDerivatives = false
    return copy
  }
}
