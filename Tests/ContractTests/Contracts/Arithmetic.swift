import NeuronikaGraphs
import NeuronikaTensors

let arithmeticContracts: [Contract] = [
  Contract(
    "+", covers: ["Add"],
    pairwiseSamples("+", -2...2, -2...2) { $0 + $1 }
      + elementwiseSamples("x + 1.5", -2...2) { $0 + 1.5 }
      + elementwiseSamples("1.5 + x", -2...2) { 1.5 + $0 },
    complaints: [.broadcasting(Add())],
    laws: [
      Law("a + b = b + a", [.real([2, 3]), .real([3])]) { ($0[0] + $0[1], $0[1] + $0[0]) }
    ],
    large: largeSample("+", [229, 301], [301]) { $0 + $1 }),
  Contract(
    "-", covers: ["Subtract"],
    pairwiseSamples("-", -2...2, -2...2) { $0 - $1 }
      + elementwiseSamples("x - 1.5", -2...2) { $0 - 1.5 }
      + elementwiseSamples("1.5 - x", -2...2) { 1.5 - $0 },
    complaints: [.broadcasting(Subtract())],
    laws: [
      Law("a - b = a + (-1) b", [.real([2, 3]), .real([2, 1])]) {
        ($0[0] - $0[1], $0[0] + -1 * $0[1])
      }
    ],
    large: largeSample("-", [229, 301], [301]) { $0 - $1 }),
  Contract(
    "*", covers: ["Multiply"],
    pairwiseSamples("*", -2...2, -2...2) { $0 * $1 }
      + elementwiseSamples("x * 1.5", -2...2) { $0 * 1.5 }
      + elementwiseSamples("1.5 * x", -2...2) { 1.5 * $0 },
    complaints: [.broadcasting(Multiply())],
    laws: [
      Law("a (b + c) = a b + a c", [.real([2, 3]), .real([3]), .real([2, 1])]) {
        ($0[0] * ($0[1] + $0[2]), $0[0] * $0[1] + $0[0] * $0[2])
      }
    ],
    large: largeSample("*", [229, 301], [301]) { $0 * $1 }),
  Contract(
    "/", covers: ["Divide"],
    pairwiseSamples("/", -2...2, 0.5...2) { $0 / $1 }
      + elementwiseSamples("x / 1.5", -2...2) { $0 / 1.5 }
      + elementwiseSamples("1.5 / x", 0.5...2) { 1.5 / $0 },
    complaints: [.broadcasting(Divide())],
    laws: [
      Law("(a / b) b = a", [.real([2, 3]), .real([2, 3], 0.5...2)]) {
        ($0[0] / $0[1] * $0[1], $0[0])
      }
    ],
    // The engine may multiply by a reciprocal where a quotient occurs in a longer chain.
    tolerance: 1,
    large: largeSample("/", [229, 301], [301]) { $0 / $1 }),
  Contract(
    "negate", covers: ["Negate"], elementwiseSamples("negate", -2...2) { -$0 },
    laws: [Law("-x = 0 - x", [.real([4])]) { (-$0[0], 0 - $0[0]) }],
    large: largeSample("negate") { -$0 }),
  Contract(
    "pow(Int)", covers: ["Power"],
    [-3, -2, -1, 0, 1, 2, 3, 4, 7, 10].flatMap { exponent in
      elementwiseSamples("pow(\(exponent))", 0.5...1.5) { $0.pow(exponent) }
    } + elementwiseSamples("pow(3) on both sides of 0", -2...2) { $0.pow(3) },
    laws: [
      Law("x³ = x x x", [.real([5])]) { ($0[0].pow(3), $0[0] * $0[0] * $0[0]) },
      Law("x⁻² = 1 / (x x)", [.real([5], 0.5...2)]) { ($0[0].pow(-2), 1 / ($0[0] * $0[0])) },
      Law("0⁰ = 1", [.given([0])]) { ($0[0].pow(0), $0[0] + 1) },
    ],
    kinks: [Kink(at: 0, slope: 0) { $0.pow(0) }, Kink(at: 0, slope: 1) { $0.pow(1) }],
    tolerance: 10,
    large: largeSample("pow(3)") { $0.pow(3) }),
  Contract(
    "pow(Float)", covers: ["RealPower"],
    [-1.5, -1, 0, 0.5, 1, 2, 2.5].flatMap { (exponent: Float) in
      elementwiseSamples("pow(\(exponent) as Float)", 0.5...2) { $0.pow(exponent) }
    },
    complaints: [
      .shapes(
        RealPower(order: 0), [2], [1], says: "the exponent is a scalar, but has shape [1]")
    ],
    laws: [
      Law("x to 2 as a Float = x x", [.real([5])]) { ($0[0].pow(2 as Float), $0[0] * $0[0]) },
      Law("x to 0.5 = √x", [.real([5], 0...2)]) { ($0[0].pow(0.5), $0[0].sqrt()) },
    ],
    kinks: [
      Kink(at: 0, slope: 0) { $0.pow(0 as Float) }, Kink(at: 0, slope: 1) { $0.pow(1 as Float) },
    ],
    tolerance: 4,
    large: largeSample("pow(1.5)") { $0.pow(1.5) }),
]
