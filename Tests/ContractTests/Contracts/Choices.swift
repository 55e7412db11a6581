import NeuronikaGraphs
import NeuronikaTensors

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
