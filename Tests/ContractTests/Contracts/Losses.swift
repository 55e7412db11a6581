import NeuronikaGraphs
import NeuronikaTensors

private let crossEntropySamples: [Sample] =
  ([(5, 3), (1, 1), (1, 4), (4, 1), (0, 3), (131, 10), (3, 1100)] as [(Int, Int)]).map { n, c in
    Sample(
      "crossEntropy [\(n), \(c)]", [.real([n, c], -3...3), .labels([n], below: c)], to: [n]
    ) { $0[0].crossEntropy($0[1], reduction: .none) }
  } + [
    Sample("crossEntropy, summed", [.real([5, 3]), .labels([5], below: 3)], to: []) {
      $0[0].crossEntropy($0[1], reduction: .sum)
    },
    Sample("crossEntropy, averaged", [.real([5, 3]), .labels([5], below: 3)], to: []) {
      $0[0].crossEntropy($0[1])
    },
    Sample(
      "crossEntropy of labels in a column", [.real([5, 3]), .labels([5, 1], below: 3)], to: []
    ) { $0[0].crossEntropy($0[1]) },
    Sample("crossEntropy of a transpose", [.real([3, 5]), .labels([5], below: 3)], to: [5]) {
      $0[0].t().crossEntropy($0[1], reduction: .none)
    },
    Sample(
      "crossEntropy averaged over nothing", [.real([0, 3]), .labels([0], below: 3)], to: [],
      hasDerivatives: false
    ) { $0[0].crossEntropy($0[1]) },
    Sample(
      "crossEntropy of huge scores",
      [.given([1e4, 1e4 - 1, -1e4, 3e38, 3e38, 1e30], [2, 3]), .given([1, 0])], to: [2],
      hasDerivatives: false
    ) { $0[0].crossEntropy($0[1], reduction: .none) },
    Sample(
      "crossEntropy of infinities and NaN",
      [
        .given([0, -.infinity, 1, 0, -.infinity, 1, 1, 2, .nan, .infinity, 1, 1], [4, 3]),
        .given([0, 1, 0, 0]),
      ],
      to: [4], hasDerivatives: false
    ) { $0[0].crossEntropy($0[1], reduction: .none) },
    Sample(
      "crossEntropyGradient",
      [.real([5, 3]), .labels([5, 1], below: 3), .real([5, 1])], to: [5, 3]
    ) { VarDiff(apply(CrossEntropyGradient(classes: 3), $0.map(\.node))) },
    Sample("crossEntropy of images", [.real([2, 3, 4, 5]), .labels([2, 4, 5], below: 3)], to: []) {
      $0[0].crossEntropy($0[1])
    },
    Sample(
      "crossEntropy of images, per example", [.real([2, 3, 4]), .labels([2, 4], below: 3)], to: []
    ) { $0[0].crossEntropy($0[1], reduction: .batchMean) },
  ]

/// A loss of labels with weights, and with labels that don't count, in all reductions.
private func labelSamples(
  _ name: String,
  _ loss: @escaping @Sendable (VarDiff, VarDiff, Var?, Int?, LossReduction) -> VarDiff
) -> [Sample] {
  LossReduction.allCases.flatMap { (reduction: LossReduction) in
    let result: Shape = reduction == .none ? [5] : []
    return [
      Sample(
        "\(name) with weights, \(reduction)",
        [.real([5, 3]), .labels([5], below: 3), .constant([3], 0.5...2)], to: result
      ) { loss($0[0], $0[1], Var($0[2].node), nil, reduction) },
      Sample(
        "\(name) without some, \(reduction)",
        [.real([5, 3]), .given([2, -100, 0, 1, -100]).constant], to: result
      ) { loss($0[0], $0[1], nil, -100, reduction) },
      Sample(
        "\(name) with weights, without a class, \(reduction)",
        [.real([5, 3]), .given([2, 1, 0, 1, 0]).constant, .constant([3], 0.5...2)], to: result
      ) { loss($0[0], $0[1], Var($0[2].node), 1, reduction) },
    ]
  } + [
    Sample(
      "\(name) of images with weights",
      [.real([2, 3, 2, 2]), .labels([2, 2, 2], below: 3), .constant([3], 0.5...2)], to: [2, 2, 2]
    ) { loss($0[0], $0[1], Var($0[2].node), 2, .none) },
    Sample(
      "\(name) where no label counts", [.real([2, 3]), .given([7, 7]).constant], to: [],
      hasDerivatives: false
    ) { loss($0[0], $0[1], nil, 7, .mean) },
    Sample(
      "\(name) of an infinite score that doesn't count",
      [.given([-.infinity, 1, 2, 0, 1, 2], [2, 3]), .given([-1, 1])], to: [], hasDerivatives: false
    ) { loss($0[0], $0[1], nil, -1, .mean) },
  ]
}

private let softSamples: [Sample] =
  ([[5, 3], [1, 1], [0, 3], [131, 10], [3, 1100], [2, 3, 4]] as [Shape]).map { shape in
    Sample(
      "crossEntropy(probabilities) \(shape)", [.real(shape, -3...3), .real(shape, 0.1...1)],
      to: shape.removing(axis: 1)
    ) { $0[0].crossEntropy(probabilities: $0[1], reduction: .none) }
  }
  + LossReduction.allCases.map { (reduction: LossReduction) in
    Sample(
      "crossEntropy(probabilities), weighted, \(reduction)",
      [.real([5, 3]), .real([5, 3], 0.1...1), .constant([3], 0.5...2)],
      to: reduction == .none ? [5] : []
    ) {
      $0[0].crossEntropy(
        probabilities: $0[1], classWeights: Var($0[2].node), labelSmoothing: 0.25,
        reduction: reduction)
    }
  } + [
    Sample(
      "crossEntropy(probabilities) where some are 0",
      [.real([2, 3]), .given([0, 1, 0, 0.5, 0, 0.5], [2, 3]).constant], to: []
    ) { $0[0].crossEntropy(probabilities: $0[1]) },
    Sample(
      "crossEntropy(probabilities) of excluded classes and NaN",
      [
        .given([-.infinity, 1, 2, -.infinity, 1, 2, .nan, 1, 2], [3, 3]),
        .given([0, 0.5, 0.5, 0.5, 0.5, 0, 0, 0.5, 0.5], [3, 3]),
      ], to: [3], hasDerivatives: false
    ) { $0[0].crossEntropy(probabilities: $0[1], reduction: .none) },
  ]

private let likelihoodSamples: [Sample] =
  ([
    ([5, 3], [5]), ([1, 1], [1]), ([0, 3], [0]), ([131, 37], [131]), ([2, 3, 4], [2, 4]),
    ([2, 3, 4, 5], [2, 4, 5]), ([2, 1100], [2]), ([2, 3, 0], [2, 0]),
  ] as [(Shape, Shape)]).map { scores, labels in
    Sample(
      "negativeLogLikelihood \(scores)", [.real(scores), .labels(labels, below: scores[1])],
      to: labels
    ) { $0[0].negativeLogLikelihood($0[1], reduction: .none) }
  } + [
    Sample(
      "negativeLogLikelihood, averaged over images",
      [.real([2, 3, 4]), .labels([2, 4], below: 3)], to: []
    ) { $0[0].negativeLogLikelihood($0[1]) },
    Sample(
      "negativeLogLikelihood of infinities and NaN",
      [
        .given([-.infinity, 1, 2, 0, -.infinity, .nan, .nan, 1, .infinity], [3, 3]),
        .given([0, 0, 0]),
      ], to: [3], hasDerivatives: false
    ) { $0[0].negativeLogLikelihood($0[1], reduction: .none) },
  ]

private let labelComplaints: [Complaint] =
  ([
    ([2, 3], [4]), ([2, 3], [2, 3]), ([3], [3, 1]), ([2, 3, 4], [2, 3]), ([2, 3, 4], [2, 1]),
  ] as [(Shape, Shape)])
  .map { scores, labels in
    Complaint(
      "takes scores [N, C, ...] and labels [N, ...]. scores \(scores) · labels \(labels)"
    ) { () throws(ShapeError) in _ = try labelShape(scores: scores, labels: labels) }
  } + [
    Complaint("a weight for each of the 3 classes is needed, but there are [4]") {
      () throws(ShapeError) in try checkClassWeights([4], classes: 3)
    }
  ]

let lossContracts: [Contract] = [
  Contract(
    "crossEntropy", covers: ["CrossEntropy", "CrossEntropyGradient"],
    crossEntropySamples
      + labelSamples("crossEntropy") {
        $0.crossEntropy($1, classWeights: $2, ignoring: $3, reduction: $4)
      }
      + labelSamples("smoothed crossEntropy") {
        $0.crossEntropy($1, classWeights: $2, labelSmoothing: 0.25, ignoring: $3, reduction: $4)
      },
    complaints: labelComplaints + [
      .shapes(
        CrossEntropy(classes: 3), [2, 3], [2],
        says: "takes rows [..., 3] and labels [..., 1]. rows [2, 3] · labels [2]"),
      .shapes(
        CrossEntropyGradient(classes: 3), [2, 3], [2, 1], [2],
        says: "an upstream gradient of [2] for losses of [2, 1]"),
    ],
    laws: [
      Law(
        "crossEntropy = −Σ one-hot · logSoftmax",
        [.real([2, 3], -5...5), .given([2, 0]), .given([0, 0, 1, 1, 0, 0], [2, 3])]
      ) {
        (
          $0[0].crossEntropy($0[1], reduction: .none),
          -($0[2] * $0[0].logSoftmax(axis: 1)).sum(axes: 1)
        )
      },
      Law("of equal scores it is ln C", [.real([4, 1]), .labels([4], below: 8)]) {
        (
          ($0[0] + 0).broadcast(to: [4, 8]).crossEntropy($0[1]), (0 * $0[0].sum() + 8).ln()
        )
      },
      Law("the mean is the sum / N", [.real([4, 3]), .labels([4], below: 3)]) {
        ($0[0].crossEntropy($0[1]), $0[0].crossEntropy($0[1], reduction: .sum) / 4)
      },
      Law(
        "a weighted mean divides by the labels' weights",
        [.real([4, 3]), .labels([4], below: 3), .real([3], 0.5...2)]
      ) {
        let shares = $0[1].oneHot(classes: 3).mv($0[2])
        return (
          $0[0].crossEntropy($0[1], classWeights: Var($0[2].node)),
          ($0[0].crossEntropy($0[1], reduction: .none) * shares).sum() / shares.sum()
        )
      },
      Law(
        "what doesn't count might as well be absent",
        [.real([4, 3]), .given([2, -100, -100, 1]), .given([2, 1]), .given([0, 3])]
      ) {
        (
          $0[0].crossEntropy($0[1], labelSmoothing: 0.25, ignoring: -100),
          $0[0].indexSelect(Var($0[3].node)).crossEntropy($0[2], labelSmoothing: 0.25)
        )
      },
      Law(
        "smoothed labels are probabilities",
        [.real([5, 4]), .labels([5], below: 4), .real([4], 0.5...2)]
      ) {
        let weights = Var($0[2].node)
        return (
          $0[0].crossEntropy(
            $0[1], classWeights: weights, labelSmoothing: 0.25, reduction: .none),
          $0[0].crossEntropy(
            probabilities: 0.75 * $0[1].oneHot(classes: 4) + 0.0625, classWeights: weights,
            reduction: .none)
        )
      },
      Law("images are rows of another order", [.real([2, 3, 4]), .labels([2, 4], below: 3)]) {
        (
          $0[0].crossEntropy($0[1]),
          $0[0].permute(0, 2, 1).reshape([8, 3]).crossEntropy($0[1].reshape([8]))
        )
      },
    ],
    tolerance: 16, scale: .greatest,
    large: Sample(
      "crossEntropy, large", [.real([10_007, 10], -3...3), .labels([10_007], below: 10)], to: []
    ) { $0[0].crossEntropy($0[1]) }),
  Contract(
    "crossEntropy(probabilities)", covers: ["SoftCrossEntropy"], softSamples,
    complaints: [
      Complaint(
        "takes scores [N, C, ...] and as many probabilities. scores [2, 3] · probabilities [2]"
      ) { () throws(ShapeError) in try probabilityShape(scores: [2, 3], probabilities: [2]) },
      .shapes(SoftCrossEntropy(), [2, 3], [2], says: "the shapes differ: [2, 3] and [2]"),
    ],
    laws: [
      Law("certain probabilities are labels", [.real([4, 3]), .labels([4], below: 3)]) {
        (
          $0[0].crossEntropy(probabilities: $0[1].oneHot(classes: 3)),
          $0[0].crossEntropy($0[1])
        )
      },
      Law("it is −Σ t logSoftmax", [.real([2, 3, 4]), .real([2, 3, 4], 0...1)]) {
        (
          $0[0].crossEntropy(probabilities: $0[1], reduction: .none),
          -($0[1] * $0[0].logSoftmax(axis: 1)).sum(axes: 1)
        )
      },
      Law("all smoothed away, targets don't matter", [.real([2, 4]), .real([2, 4], 0...1)]) {
        (
          $0[0].crossEntropy(probabilities: $0[1], labelSmoothing: 1),
          $0[0].crossEntropy(probabilities: 0 * $0[1] + 0.25)
        )
      },
    ],
    tolerance: 16, scale: .greatest,
    large: Sample(
      "crossEntropy(probabilities), large",
      [.real([10_007, 10], -3...3), .real([10_007, 10], 0...1)], to: []
    ) { $0[0].crossEntropy(probabilities: $0[1]) }),
  Contract(
    "negativeLogLikelihood", covers: ["NegativeLogLikelihood"],
    likelihoodSamples
      + labelSamples("negativeLogLikelihood") {
        $0.negativeLogLikelihood($1, classWeights: $2, ignoring: $3, reduction: $4)
      },
    complaints: [
      .shapes(
        NegativeLogLikelihood(classes: 3), [2, 4], [2, 1],
        says: "takes rows [..., 3] and labels [..., 1]. rows [2, 4] · labels [2, 1]")
    ],
    laws: [
      Law(
        "of logSoftmax it is crossEntropy",
        [.real([2, 3, 4]), .labels([2, 4], below: 3), .real([3], 0.5...2)]
      ) {
        let weights = Var($0[2].node)
        return (
          $0[0].logSoftmax(axis: 1).negativeLogLikelihood(
            $0[1], classWeights: weights, ignoring: 2),
          $0[0].crossEntropy($0[1], classWeights: weights, ignoring: 2)
        )
      },
      Law(
        "the mean divides by the number of labels", [.real([2, 3, 4]), .labels([2, 4], below: 3)]
      ) {
        (
          $0[0].negativeLogLikelihood($0[1]),
          $0[0].negativeLogLikelihood($0[1], reduction: .sum) / 8
        )
      },
    ],
    tolerance: 16, scale: .greatest),
]
