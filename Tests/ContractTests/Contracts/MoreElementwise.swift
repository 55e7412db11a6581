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

let choiceContracts: [Contract] = [
  Contract(
    "maximum", covers: ["Maximum"],
    // Apart, so that the differences see no kink.
    pairwiseSamples("maximum, right", -2 ... -0.1, 0...2) { $0.maximum($1) }
      + pairwiseSamples("maximum, left", 0...2, -2 ... -0.1) { $0.maximum($1) }
      + elementwiseSamples("maximum(0.5)", -2...2, kinks: [0.5]) { $0.maximum(0.5) },
    complaints: [.broadcasting(Maximum())],
    laws: [
      Law("2 max = a + b + |a − b|", [.real([2, 3]), .real([3])]) {
        (2 * $0[0].maximum($0[1]), $0[0] + $0[1] + ($0[0] - $0[1]).abs())
      }
    ],
    kinks: [
      Kink(at: 1, slope: 1) { $0.maximum($0 * 3 - 2) },
      Kink(at: 1, slope: 3) { ($0 * 3 - 2).maximum($0) }, Kink(at: 1, slope: 1) { $0.maximum($0) },
    ],
    large: largeSample("maximum", [229, 301], [301]) { ($0 - 1).maximum($1) }),
  Contract(
    "minimum", covers: ["Minimum"],
    pairwiseSamples("minimum, left", -2 ... -0.1, 0...2) { $0.minimum($1) }
      + pairwiseSamples("minimum, right", 0...2, -2 ... -0.1) { $0.minimum($1) }
      + elementwiseSamples("minimum(0.5)", -2...2, kinks: [0.5]) { $0.minimum(0.5) },
    complaints: [.broadcasting(Minimum())],
    laws: [
      Law("min(a, b) = −max(−a, −b)", [.real([2, 3]), .real([3])]) {
        ($0[0].minimum($0[1]), -(-$0[0]).maximum(-$0[1]))
      }
    ],
    kinks: [
      Kink(at: 1, slope: 1) { $0.minimum($0 * 3 - 2) },
      Kink(at: 1, slope: 3) { ($0 * 3 - 2).minimum($0) },
    ],
    large: largeSample("minimum", [229, 301], [301]) { ($0 - 1).minimum($1) }),
  Contract(
    "comparisons", covers: ["Compare"],
    pairwiseSamples(".<", -2...2, -2...2) { VarDiff($0 .< $1) }.map(\.withoutDerivatives)
      + pairwiseSamples(".<=", -2...2, -2...2) { VarDiff($0 .<= $1) }.map(\.withoutDerivatives)
      + pairwiseSamples(".>", -2...2, -2...2) { VarDiff($0 .> $1) }.map(\.withoutDerivatives)
      + pairwiseSamples(".>=", -2...2, -2...2) { VarDiff($0 .>= $1) }.map(\.withoutDerivatives)
      + pairwiseSamples(".==", -2...2, -2...2) { VarDiff($0 .== $1) }.map(\.withoutDerivatives)
      + pairwiseSamples(".!=", -2...2, -2...2) { VarDiff($0 .!= $1) }.map(\.withoutDerivatives)
      + elementwiseSamples(".> 0.5", -2...2) { VarDiff($0 .> 0.5) }.map(\.withoutDerivatives),
    complaints: [.broadcasting(Compare(.less))],
    laws: [
      Law("less, equal or greater", [.real([9]), .real([9])]) {
        let all = ($0[0] .< $0[1]) + ($0[0] .== $0[1]) + ($0[0] .> $0[1])
        return (VarDiff(all), 0 * $0[0] + 1)
      },
      Law("≠ is not =", [.given([1, 2, .nan]), .given([1, 3, .nan])]) {
        (VarDiff($0[0] .!= $0[1]), VarDiff(1 - ($0[0] .== $0[1])))
      },
    ],
    kinks: [Kink(at: 1, slope: 1) { ($0 .<= 1) * $0 }]),
  Contract(
    "where", covers: ["Where"],
    ([
      ([5, 3], [5, 3], [5, 3], [5, 3]), ([3], [5, 3], [], [5, 3]), ([5, 1], [3], [5, 3], [5, 3]),
      ([], [4], [4], [4]), ([4], [], [1], [4]), ([], [], [], []), ([0], [1], [0], [0]),
      ([2, 1, 3], [4, 1], [2, 1, 1], [2, 4, 3]), ([131, 37], [37], [131, 1], [131, 37]),
    ] as [(Shape, Shape, Shape, Shape)]).map { condition, left, right, result in
      Sample(
        "where \(condition) \(left) \(right)",
        [.labels(condition, below: 2), .real(left), .real(right)], to: result
      ) { $0[1].where($0[0], else: $0[2]) }
    } + [
      Sample("where, else a number", [.labels([5], below: 2), .real([5])]) {
        $0[1].where($0[0], else: -1.5)
      },
      Sample(
        "where among NaN",
        [.given([1, 0, .nan, -0.0]), .given([1, .nan, 3, .nan]), .given([.nan, 2, .nan, 4])],
        hasDerivatives: false
      ) { $0[1].where($0[0], else: $0[2]) },
    ],
    complaints: [
      .shapes(
        Where(), [2], [3], [3],
        says: "the shapes don't broadcast. condition [2] · variable [3] · else [3]")
    ],
    laws: [
      Law("relu = x where x > 0", [.real([9])]) { ($0[0].where($0[0] .> 0, else: 0), $0[0].relu()) }
    ],
    large: Sample(
      "where, large", [.labels([229, 301], below: 2), .real([229, 301]), .real([301])],
      to: [229, 301]
    ) { $0[1].where($0[0], else: $0[2]) }),
]
