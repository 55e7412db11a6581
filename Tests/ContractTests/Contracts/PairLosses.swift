import NeuronikaGraphs
import NeuronikaTensors

private let shapes: [Shape] = [[], [0], [1], [7], [5, 3], [2, 0, 3], [2, 3, 1, 2], [131, 37]]

/// The samples of a loss of pairs: no reduction on all shapes, and each reduction once.
private func pairSamples(
  _ name: String, _ left: ClosedRange<Float>, _ right: ClosedRange<Float>,
  _ loss: @escaping @Sendable (VarDiff, VarDiff, LossReduction) -> VarDiff
) -> [Sample] {
  shapes.map { shape in
    Sample("\(name) \(shape)", [.real(shape, left), .real(shape, right)]) {
      loss($0[0], $0[1], .none)
    }
  }
    + [.sum, .mean, .batchMean].map { (reduction: LossReduction) in
      Sample("\(name), \(reduction)", [.real([4, 3], left), .real([4, 3], right)], to: []) {
        loss($0[0], $0[1], reduction)
      }
    } + [
      Sample("\(name) of a number, batchMean", [.real([], left), .real([], right)], to: []) {
        loss($0[0], $0[1], .batchMean)
      },
      Sample(
        "\(name) of nothing, mean", [.real([0, 3], left), .real([0, 3], right)], to: [],
        hasDerivatives: false
      ) { loss($0[0], $0[1], .mean) },
      Sample(
        "\(name) of nothing, batchMean", [.real([0, 3], left), .real([0, 3], right)], to: [],
        hasDerivatives: false
      ) { loss($0[0], $0[1], .batchMean) },
      Sample("\(name) of a transpose", [.real([4, 3], left), .real([3, 4], right)], to: [3, 4]) {
        loss($0[0].t(), $0[1], .none)
      },
    ]
}

extension Complaint {
  /// A prediction and a target of shapes that would broadcast.
  fileprivate static func pairing(_ operation: some Operation) -> Complaint {
    .shapes(
      operation, [64, 1], [64],
      says: "prediction and target differ in shape. prediction [64, 1] · target [64]")
  }
}

private let infinity = Float.infinity

let pairLossContracts: [Contract] = [
  Contract(
    "binaryCrossEntropy", covers: ["BinaryCrossEntropy"],
    pairSamples("binaryCrossEntropy", 0.05...0.95, 0...1) {
      $0.binaryCrossEntropy($1, reduction: $2)
    } + [
      Sample(
        "binaryCrossEntropy of certainties and nonsense",
        [
          .given([0, 0, 0, 1, 1, 1, 1e-30, 1e-37, -0.1, 1.1, .nan, infinity]),
          .given([0, 1, 0.5, 0, 1, 0.5, 1, 1, 1, 0, 1, 0]),
        ], hasDerivatives: false
      ) { $0[0].binaryCrossEntropy($0[1], reduction: .none) }
    ],
    complaints: [.pairing(BinaryCrossEntropy())],
    laws: [
      Law("certain and wrong costs 100", [.given([0, 1]), .given([1, 0])]) {
        ($0[0].binaryCrossEntropy($0[1], reduction: .none), 0 * $0[0] + 100)
      },
      Law("one class is as the other", [.real([9], 0.1...0.9), .real([9], 0...1)]) {
        ($0[0].binaryCrossEntropy($0[1]), (1 - $0[0]).binaryCrossEntropy(1 - $0[1]))
      },
      Law("batchMean = sum / N", [.real([4, 3], 0.1...0.9), .real([4, 3], 0...1)]) {
        (
          $0[0].binaryCrossEntropy($0[1], reduction: .batchMean),
          $0[0].binaryCrossEntropy($0[1], reduction: .sum) / 4
        )
      },
    ],
    // (x − t) / max(x (1 − x), 2⁻²³)
    kinks: [
      Kink(at: 0, slope: -8_388_608) { $0.binaryCrossEntropy($0 .>= 0, reduction: .none) },
      Kink(at: 1, slope: 8_388_608) { $0.binaryCrossEntropy($0 .< 0, reduction: .none) },
      Kink(at: 0, slope: 0) { $0.binaryCrossEntropy($0 .< 0, reduction: .none) },
    ],
    tolerance: 16, scale: .greatest,
    large: Sample(
      "binaryCrossEntropy, large", [.real([229, 301], 0.05...0.95), .real([229, 301], 0...1)],
      to: []
    ) { $0[0].binaryCrossEntropy($0[1]) }),
  Contract(
    "binaryCrossEntropyWithLogits", covers: ["BinaryCrossEntropyWithLogits"],
    pairSamples("binaryCrossEntropyWithLogits", -4...4, 0...1) {
      $0.binaryCrossEntropyWithLogits($1, reduction: $2)
    } + [
      Sample(
        "binaryCrossEntropyWithLogits of special values",
        [.given(specialValues, Shape(specialValues.count, 1)), .given([0, 0.25, 0.5, 1])],
        to: Shape(specialValues.count, 4), hasDerivatives: false
      ) {
        let shape = Shape(specialValues.count, 4)
        return $0[0].broadcast(to: shape)
          .binaryCrossEntropyWithLogits($0[1].broadcast(to: shape), reduction: .none)
      }
    ],
    complaints: [.pairing(BinaryCrossEntropyWithLogits())],
    laws: [
      Law("it is binaryCrossEntropy of the sigmoid", [.real([9], -9...9), .real([9], 0...1)]) {
        (
          $0[0].binaryCrossEntropyWithLogits($0[1]),
          $0[0].sigmoid().binaryCrossEntropy($0[1])
        )
      },
      Law("a logit far on the right side still costs e⁻ˣ", [.given([80]), .given([1])]) {
        ($0[0].binaryCrossEntropyWithLogits($0[1], reduction: .none), (-$0[0]).exp())
      },
    ],
    // Smooth there, although it is made of pieces.
    kinks: [
      Kink(at: 0, slope: 0.5) { $0.binaryCrossEntropyWithLogits($0 .> 0, reduction: .none) },
      Kink(at: 0, slope: -0.5) { $0.binaryCrossEntropyWithLogits($0 .>= 0, reduction: .none) },
    ],
    tolerance: 8,
    large: Sample(
      "binaryCrossEntropyWithLogits, large", [.real([229, 301]), .real([229, 301], 0...1)], to: []
    ) { $0[0].binaryCrossEntropyWithLogits($0[1]) }),
  Contract(
    "klDivergence", covers: ["KLDivergence"],
    pairSamples("klDivergence", -3...0, 0.05...1) { $0.klDivergence($1, reduction: $2) } + [
      Sample("klDivergence by default", [.real([4, 3], -3...0), .real([4, 3], 0.1...1)], to: []) {
        $0[0].klDivergence($0[1])
      },
      Sample(
        "klDivergence where nothing is likely",
        [.real([4], -3...0), .given([0, -0.5, 0.5, 0]).constant]
      ) { $0[0].klDivergence($0[1], reduction: .none) },
      Sample(
        "klDivergence of infinities and NaN",
        [
          .given([-infinity, -infinity, 1, .nan, .nan, infinity, -1]),
          .given([0, 0.5, .nan, 0, 0.5, -1, infinity]),
        ], hasDerivatives: false
      ) { $0[0].klDivergence($0[1], reduction: .none) },
    ],
    complaints: [.pairing(KLDivergence())],
    laws: [
      Law("of a distribution from itself it is 0", [.real([3, 4])]) {
        (
          $0[0].logSoftmax(axis: 1).klDivergence($0[0].softmax(axis: 1)), 0 * $0[0].sum()
        )
      },
      Law("it is cross-entropy less entropy", [.real([3, 4]), .real([3, 4])]) {
        let t = $0[1].softmax(axis: 1)
        let entropy = -(t * $0[1].logSoftmax(axis: 1)).sum() / 3
        return (
          $0[0].logSoftmax(axis: 1).klDivergence(t),
          $0[0].crossEntropy(probabilities: t) - entropy
        )
      },
    ],
    kinks: [
      Kink(at: 0, slope: 0) { $0.klDivergence($0 * 1, reduction: .none) },
      Kink(at: -1, slope: 0) { ($0 * 0).klDivergence($0, reduction: .none) },
    ],
    tolerance: 16, scale: .greatest,
    large: Sample(
      "klDivergence, large", [.real([229, 301], -3...0), .real([229, 301], 0.05...1)], to: []
    ) { $0[0].klDivergence($0[1]) }),
  Contract(
    "huber", covers: [],
    pairSamples("huber within", -0.4...0.4, -0.4...0.4) { $0.huber($1, reduction: $2) }
      + pairSamples("huber above", 1...2, -1...0) { $0.huber($1, delta: 0.5, reduction: $2) }
      + pairSamples("huber below", -2 ... -1, 0...1) { $0.huber($1, delta: 0.5, reduction: $2) }
      + pairSamples("smoothL1", 1...2, -1...0) { $0.smoothL1($1, beta: 0.5, reduction: $2) } + [
        Sample(
          "huber of infinities and NaN",
          [.given([infinity, -infinity, .nan, 3e38, 1e30]), .given([0, 0, 0, -3e38, 0])],
          hasDerivatives: false
        ) { $0[0].huber($0[1], reduction: .none) }
      ],
    laws: [
      Law("in the middle it is half the square", [.real([9]), .real([9])]) {
        ($0[0].huber($0[1], delta: 8, reduction: .none), ($0[0] - $0[1]).square() / 2)
      },
      Law("far out it is δ (|d| − δ/2)", [.real([9], 1...2), .real([9], -2 ... -1)]) {
        (
          $0[0].huber($0[1], delta: 0.5, reduction: .none),
          0.5 * (($0[0] - $0[1]).abs() - 0.25)
        )
      },
      Law("smoothL1 = huber / β", [.real([9]), .real([9])]) {
        ($0[0].smoothL1($0[1], beta: 0.5), $0[0].huber($0[1], delta: 0.5) / 0.5)
      },
    ],
    kinks: [
      Kink(at: 1, slope: 1) { $0.huber(0 * $0, reduction: .none) },
      Kink(at: -1, slope: -1) { $0.huber(0 * $0, reduction: .none) },
      Kink(at: 9, slope: 1) { $0.smoothL1(0 * $0, beta: 2, reduction: .none) },
    ],
    tolerance: 16, scale: .greatest),
]
