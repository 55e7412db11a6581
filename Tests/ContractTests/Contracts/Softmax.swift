import NeuronikaGraphs
import NeuronikaTensors

/// The samples of an operation along an axis.
private func axisSamples(
  _ name: String, _ function: @escaping @Sendable (VarDiff, Int) -> VarDiff
) -> [Sample] {
  let cases: [(Shape, Int)] = [
    ([5], 0), ([1], 0), ([5, 3], 1), ([5, 3], 0), ([5, 3], -1), ([5, 1], 1), ([1, 4], 0),
    ([2, 3, 4], 0), ([2, 3, 4], 1), ([2, 3, 4], 2), ([2, 3, 2, 3], -3), ([0, 3], 1), ([3, 0], 1),
    ([3, 0], 0), ([131, 37], 1), ([131, 37], 0), ([3, 1100], 1),
  ]
  let build: @Sendable (Int) -> @Sendable ([VarDiff]) -> VarDiff = { axis in
    { function($0[0], axis) }
  }
  let infinity = Float.infinity
  return cases.map { shape, axis in
    Sample("\(name) \(shape) along \(axis)", [.real(shape, -3...3)], build(axis))
  } + [
    Sample("\(name) of a transpose", [.real([5, 3])], to: [3, 5]) { function($0[0].t(), 1) },
    Sample(
      "\(name) of huge scores", [.given([1e4, 1e4 - 1, -1e4, 3e38, 3e38, 1e30], [2, 3])],
      hasDerivatives: false, build(1)),
    Sample(
      "\(name) of infinities and NaN",
      [
        .given(
          [
            0, -infinity, 1, infinity, 1, 2, .nan, 1, 2, -infinity, -infinity, -infinity, 1, 2,
            .nan,
          ], [5, 3])
      ],
      hasDerivatives: false, build(1)),
  ]
}

/// The samples of the pullback of an operation along an axis.
private func gradientSamples<O: Operation>(
  _ name: String, _ operation: @escaping @Sendable (Int) -> O
) -> [Sample] {
  ([([5], 0), ([4, 3], 1), ([4, 3], 0), ([2, 3, 2], 1), ([0, 3], 1)] as [(Shape, Int)])
    .map { shape, axis in
      Sample("\(name) \(shape) along \(axis)", [.real(shape, -1...1), .real(shape, -1...1)]) {
        VarDiff(apply(operation(axis), $0[0].node, $0[1].node))
      }
    }
}

let softmaxContracts: [Contract] = [
  Contract(
    "softmax", covers: ["Softmax", "SoftmaxGradient"],
    axisSamples("softmax") { $0.softmax(axis: $1) }
      + gradientSamples("softmaxGradient") { SoftmaxGradient(axis: $0) },
    complaints: [
      .shapes(
        Softmax(axis: 2), [2, 3], says: "axis 2 does not exist in [2, 3]: axes go from -2 to 1"),
      .shapes(Softmax(axis: 0), [], says: "axis 0 does not exist in [], a scalar"),
      .shapes(SoftmaxGradient(axis: 0), [2], [3], says: "the shapes differ: [2] and [3]"),
    ],
    laws: [
      Law("softmax = eˣ / Σ eˣ", [.real([4, 3])]) {
        ($0[0].softmax(axis: 1), $0[0].exp() / $0[0].exp().sum(axes: 1, keepingAxes: true))
      },
      Law("along 0 = along 1 of the transpose", [.real([4, 3])]) {
        ($0[0].softmax(axis: 0), $0[0].t().softmax(axis: 1).t())
      },
      Law("a constant more changes nothing", [.real([4, 3])]) {
        (($0[0] + 1000).softmax(axis: 1), $0[0].softmax(axis: 1))
      },
    ],
    tolerance: 16, scale: .greatest,
    large: largeSample("softmax") { $0.softmax(axis: 1) + $0.softmax(axis: 0) }),
  Contract(
    "logSoftmax", covers: ["LogSoftmax", "LogSoftmaxGradient"],
    axisSamples("logSoftmax") { $0.logSoftmax(axis: $1) }
      + gradientSamples("logSoftmaxGradient") { LogSoftmaxGradient(axis: $0) },
    complaints: [
      .shapes(
        LogSoftmax(axis: -3), [2, 3], says: "axis -3 does not exist in [2, 3]: axes go from -2 to 1"
      ),
      .shapes(LogSoftmaxGradient(axis: 0), [2], [3], says: "the shapes differ: [2] and [3]"),
    ],
    laws: [
      Law("logSoftmax = ln softmax", [.real([4, 3])]) {
        ($0[0].logSoftmax(axis: 0), $0[0].softmax(axis: 0).ln())
      }
    ],
    tolerance: 16, scale: .greatest,
    large: largeSample("logSoftmax") { $0.logSoftmax(axis: 1) + $0.logSoftmax(axis: 0) }),
]
