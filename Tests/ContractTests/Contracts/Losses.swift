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
  ]

let lossContracts: [Contract] = [
  Contract(
    "crossEntropy", covers: ["CrossEntropy", "CrossEntropyGradient"], crossEntropySamples,
    complaints: [
      .shapes(
        CrossEntropy(classes: 3), [2, 3], [4, 1],
        says: "takes logits [N, C] and labels [N]. logits [2, 3] · labels [4]"),
      .shapes(
        CrossEntropy(classes: 3), [2, 3], [2, 3],
        says: "takes logits [N, C] and labels [N]. logits [2, 3] · labels [2, 3]"),
      .shapes(
        CrossEntropy(classes: 3), [3], [3, 1],
        says: "takes logits [N, C] and labels [N]. logits [3] · labels [3]"),
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
    ],
    tolerance: 16, scale: .greatest,
    large: Sample(
      "crossEntropy, large", [.real([10_007, 10], -3...3), .labels([10_007], below: 10)], to: []
    ) { $0[0].crossEntropy($0[1]) })
]
