import NeuronikaGraphs
import NeuronikaTensors

let activationContracts: [Contract] = [
  Contract(
    "gelu", covers: ["Gelu"],
    elementwiseSamples("gelu", -3...3) { $0.gelu() }
      + elementwiseSamples("gelu far out", -12...12, specials: [0]) { $0.gelu() }
      .map { $0.withoutDerivatives },
    laws: [
      Law("gelu x − gelu(−x) = x", [.real([9])]) { ($0[0].gelu() - (-$0[0]).gelu(), $0[0]) }
    ],
    kinks: [Kink(at: 0, slope: 0.5) { $0.gelu() }],
    tolerance: 4, scale: .greatest,
    large: largeSample("gelu") { $0.gelu() }),
  Contract(
    "gelu(.tanh)", covers: ["Gelu"],
    elementwiseSamples("gelu(.tanh)", -3...3) { $0.gelu(.tanh) },
    laws: [
      Law("gelu x − gelu(−x) = x, by tanh", [.real([9])]) {
        ($0[0].gelu(.tanh) - (-$0[0]).gelu(.tanh), $0[0])
      }
    ],
    kinks: [Kink(at: 0, slope: 0.5) { $0.gelu(.tanh) }],
    // The second derivative's terms cancel where it changes its sign.
    tolerance: 8, scale: .greatest, gradientTolerance: 1024,
    large: largeSample("gelu(.tanh)") { $0.gelu(.tanh) }),
  Contract(
    "silu", covers: ["Silu"], elementwiseSamples("silu", -4...4) { $0.silu() },
    laws: [Law("silu x = x σ(x)", [.real([9])]) { ($0[0].silu(), $0[0] * $0[0].sigmoid()) }],
    kinks: [Kink(at: 0, slope: 0.5) { $0.silu() }],
    tolerance: 4, scale: .greatest,
    large: largeSample("silu") { $0.silu() }),
  Contract(
    "elu", covers: ["Elu"],
    elementwiseSamples("elu", -3...3, kinks: [0]) { $0.elu() }
      + elementwiseSamples("elu(alpha: 0.5)", -3...3, kinks: [0]) { $0.elu(alpha: 0.5) }
      + elementwiseSamples("selu", -3...3, kinks: [0]) { $0.selu() },
    complaints: [.shapes(Elu(), [2], [1], says: "alpha is a scalar, but has shape [1]")],
    laws: [
      Law("elu = relu(x) + expm1(−relu(−x))", [.real([9])]) {
        ($0[0].elu(), $0[0].relu() + (-(-$0[0]).relu()).expm1())
      }
    ],
    kinks: [
      Kink(at: 0, slope: 1) { $0.elu() }, Kink(at: 0, slope: 0.5) { $0.elu(alpha: 0.5) },
      Kink(at: 200, slope: 1) { $0.elu() },
    ],
    tolerance: 4,
    large: largeSample("elu") { $0.elu() }),
  Contract(
    "softsign", covers: [], elementwiseSamples("softsign", -3...3, kinks: [0]) { $0.softsign() },
    laws: [
      Law("softsign is odd", [.real([9])]) { ($0[0].softsign(), -(-$0[0]).softsign()) }
    ],
    kinks: [Kink(at: 0, slope: 1) { $0.softsign() }],
    tolerance: 2,
    large: largeSample("softsign") { $0.softsign() }),
  Contract(
    "clamp", covers: ["Clamp"],
    elementwiseSamples("clamp", -2...2, kinks: [-0.5, 1]) { $0.clamp(min: -0.5, max: 1) }
      + elementwiseSamples("clamp(min:)", -2...2, kinks: [0.25]) { $0.clamp(min: 0.25) }
      + elementwiseSamples("clamp(max:)", -2...2, kinks: [0.25]) { $0.clamp(max: 0.25) }
      + elementwiseSamples("hardtanh", -2...2, kinks: [-1, 1]) { $0.hardtanh() },
    complaints: [
      .shapes(Clamp(), [2], [1], [], says: "bounds are scalars, but have shapes [1] and []")
    ],
    laws: [
      Law("clamp = maximum, then minimum", [.real([9])]) {
        ($0[0].clamp(min: -1, max: 1), $0[0].maximum(-1).minimum(1))
      }
    ],
    kinks: [
      Kink(at: 1, slope: 1) { $0.clamp(min: -1, max: 1) },
      Kink(at: -1, slope: 1) { $0.clamp(min: -1, max: 1) }, Kink(at: 1, slope: 1) { $0.hardtanh() },
      Kink(at: 1.5, slope: 0) { $0.hardtanh() },
    ],
    large: largeSample("clamp") { $0.clamp(min: 0.75, max: 1.5) }),
]
