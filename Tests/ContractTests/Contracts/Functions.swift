import NeuronikaGraphs
import NeuronikaTensors

/// Whole numbers and halves, where the rounding functions jump.
private let jumps: [Float] = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2]

let functionContracts: [Contract] = [
  Contract(
    "sin", covers: ["Sine"],
    elementwiseSamples("sin", -7...7) { $0.sin() } + [
      Sample("sin far out", [.real([50], -1e5...1e5)], hasDerivatives: false) { $0[0].sin() }
    ],
    laws: [
      Law("sin² + cos² = 1", [.real([9])]) {
        ($0[0].sin().square() + $0[0].cos().square(), 0 * $0[0] + 1)
      }
    ],
    tolerance: 4,
    large: largeSample("sin") { $0.sin() }),
  Contract(
    "cos", covers: ["Cosine"], elementwiseSamples("cos", -7...7) { $0.cos() },
    laws: [
      Law("cos 2x = 1 − 2 sin² x", [.real([9])]) {
        ((2 * $0[0]).cos(), 1 - 2 * $0[0].sin().square())
      }
    ],
    tolerance: 4,
    large: largeSample("cos") { $0.cos() }),
  Contract(
    "erf", covers: ["ErrorFunction"],
    elementwiseSamples("erf", -3...3) { $0.erf() }
      + elementwiseSamples("erf near 0", -0.01...0.01, specials: [0]) { $0.erf() },
    laws: [Law("erf is odd", [.real([9])]) { ($0[0].erf(), -(-$0[0]).erf()) }],
    tolerance: 4,
    large: largeSample("erf") { $0.erf() }),
  Contract(
    "log1p", covers: ["LogarithmOnePlus"],
    elementwiseSamples("log1p", -0.5...4) { $0.log1p() }
      + elementwiseSamples("log1p near 0", -1e-4...1e-4, specials: [0]) { $0.log1p() },
    laws: [Law("log1p expm1 x = x", [.real([9])]) { ($0[0].expm1().log1p(), $0[0]) }],
    tolerance: 4,
    large: largeSample("log1p") { $0.log1p() }),
  Contract(
    "expm1", covers: ["ExponentialMinusOne"],
    elementwiseSamples("expm1", -3...3) { $0.expm1() }
      + elementwiseSamples("expm1 near 0", -1e-4...1e-4, specials: [0]) { $0.expm1() },
    laws: [Law("expm1 x = eˣ − 1", [.real([9])]) { ($0[0].expm1(), $0[0].exp() - 1) }],
    tolerance: 4,
    large: largeSample("expm1") { $0.expm1() }),
  Contract(
    "rsqrt", covers: ["ReciprocalSquareRoot"],
    elementwiseSamples("rsqrt", 0.25...4) { $0.rsqrt() },
    laws: [Law("rsqrt x = 1/√x", [.real([9], 0.1...4)]) { ($0[0].rsqrt(), 1 / $0[0].sqrt()) }],
    tolerance: 2,
    large: largeSample("rsqrt") { $0.rsqrt() }),
  Contract(
    "reciprocal", covers: ["Reciprocal"],
    elementwiseSamples("reciprocal", 0.25...4) { $0.reciprocal() },
    laws: [
      Law("reciprocal x = 1/x", [.real([9], 0.1...4)]) { ($0[0].reciprocal(), 1 / $0[0]) }
    ],
    large: largeSample("reciprocal") { $0.reciprocal() }),
  Contract(
    "square", covers: ["Square"], elementwiseSamples("square", -2...2) { $0.square() },
    laws: [Law("square x = x x", [.real([9])]) { ($0[0].square(), $0[0] * $0[0]) }],
    large: largeSample("square") { $0.square() }),
  Contract(
    "floor", covers: ["Floor"],
    elementwiseSamples("floor", -2...2, kinks: jumps) { $0.floor() },
    kinks: [Kink(at: 1, slope: 1) { $0.floor() + $0 }],
    large: largeSample("floor") { $0.floor() * $0 }),
  Contract(
    "ceil", covers: ["Ceiling"],
    elementwiseSamples("ceil", -2...2, kinks: jumps) { $0.ceil() },
    laws: [Law("ceil x = −floor(−x)", [.real([9])]) { ($0[0].ceil(), -(-$0[0]).floor()) }],
    kinks: [Kink(at: 1, slope: 1) { $0.ceil() + $0 }],
    large: largeSample("ceil") { $0.ceil() * $0 }),
  Contract(
    "round", covers: ["Round"],
    elementwiseSamples("round", -2...2, kinks: jumps) { $0.round() },
    laws: [
      Law("halves go to the even neighbour", [.given([0.5, 1.5, -2.5]), .given([0, 2, -2])]) {
        ($0[0].round(), $0[1])
      }
    ],
    kinks: [Kink(at: 0.5, slope: 1) { $0.round() + $0 }],
    large: largeSample("round") { $0.round() * $0 }),
]
