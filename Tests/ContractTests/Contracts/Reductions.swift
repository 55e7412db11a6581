import NeuronikaGraphs
import NeuronikaTensors

/// The samples of a reduction: of everything, and along axes.
private func reductionSamples(
  _ name: String, all: @escaping @Sendable (VarDiff) -> VarDiff,
  along: @escaping @Sendable (VarDiff, [Int], Bool) -> VarDiff
) -> [Sample] {
  let ofAll = ([[], [1], [7], [5, 3], [2, 3, 4], [131, 37]] as [Shape]).map { shape in
    // Positive, so that the sum's own error is not magnified by cancellation.
    Sample("\(name) \(shape)", [.real(shape, 0...2)], to: []) { all($0[0]) }
  }
  let cases: [(Shape, [Int], Bool, Shape)] = [
    ([5, 3], [0], false, [3]), ([5, 3], [1], false, [5]), ([5, 3], [0, 1], false, []),
    ([5, 3], [-1], true, [5, 1]), ([5, 3], [0], true, [1, 3]), ([5, 3], [0, 1], true, [1, 1]),
    ([2, 3, 4], [0], false, [3, 4]), ([2, 3, 4], [1], false, [2, 4]),
    ([2, 3, 4], [2], false, [2, 3]), ([2, 3, 4], [0, 2], false, [3]),
    ([2, 3, 4], [0, 1], false, [4]), ([2, 3, 4], [2, 1], true, [2, 1, 1]),
    ([2, 3, 4, 2], [1, 3], false, [2, 4]), ([2, 3, 4, 2], [0, 2], false, [3, 2]),
    ([2, 1, 4], [1], false, [2, 4]), ([3], [], false, [3]), ([0, 3], [1], false, [0]),
    ([7], [0], false, []), ([131, 37], [0], false, [37]), ([131, 37], [1], false, [131]),
    ([3, 0, 2], [0], false, [0, 2]), ([300, 7], [0], false, [7]),
  ]
  let alongAxes = cases.map { shape, axes, keeping, result in
    Sample(
      "\(name) \(shape) along \(axes)\(keeping ? " keeping" : "")", [.real(shape, 0...2)],
      to: result
    ) { along($0[0], axes, keeping) }
  }
  return ofAll + alongAxes + [
    Sample("\(name) of a transpose along 0", [.real([5, 3], 0...2)], to: [5]) {
      along($0[0].t(), [0], false)
    },
    Sample("\(name) of a broadcast", [.real([3], 0...2)], to: []) {
      all($0[0].broadcast(to: [4, 3]))
    },
    Sample("\(name) with NaN", [.given([1, .nan, 2, 3], [2, 2])], to: [2], hasDerivatives: false) {
      along($0[0], [1], false)
    },
    Sample(
      "\(name) with infinities", [.given([1, .infinity, -.infinity, .infinity], [2, 2])], to: [2],
      hasDerivatives: false
    ) { along($0[0], [1], false) },
  ]
}

private let axisComplaints: [Complaint] = [
  Complaint("axis 2 does not exist in [2, 3]: axes go from -2 to 1") { () throws(ShapeError) in
    _ = try resolvedAxes([2], in: [2, 3])
  },
  Complaint("axis -3 does not exist in [2, 3]: axes go from -2 to 1") { () throws(ShapeError) in
    _ = try resolvedAxes([0, -3], in: [2, 3])
  },
  Complaint("axis -1 is given twice for [2, 3]") { () throws(ShapeError) in
    _ = try resolvedAxes([1, -1], in: [2, 3])
  },
  Complaint("axis 0 does not exist in [], a scalar") { () throws(ShapeError) in
    _ = try resolvedAxes([0], in: [])
  },
]

let reductionContracts: [Contract] = [
  Contract(
    "sum", covers: ["Sum"],
    reductionSamples(
      "sum", all: { $0.sum() }, along: { $0.sum(axes: $1, keepingAxes: $2) }) + [
        Sample("sum of nothing", [.real([0])], to: []) { $0[0].sum() },
        Sample("sum of nothing along an axis", [.real([0, 3])], to: [3]) { $0[0].sum(axes: 0) },
        Sample("sum of empty rows", [.real([2, 0])], to: [2, 1]) {
          $0[0].sum(axes: 1, keepingAxes: true)
        },
      ],
    complaints: axisComplaints,
    laws: [
      Law("Σ = Σ of row sums", [.real([3, 4, 2])]) { ($0[0].sum(), $0[0].sum(axes: 1, 2).sum()) },
      Law("Σ of ones = n", [.real([3, 4])]) { ((0 * $0[0] + 1).sum(), 0 * $0[0].sum() + 12) },
    ],
    tolerance: 16, scale: .greatest,
    large: largeSample("sum") { $0.sum(axes: 0) + $0.sum() }),
  Contract(
    "mean", covers: ["Mean"],
    reductionSamples(
      "mean", all: { $0.mean() }, along: { $0.mean(axes: $1, keepingAxes: $2) }) + [
        Sample("mean of nothing", [.real([0])], to: [], hasDerivatives: false) { $0[0].mean() },
        Sample("mean of empty rows", [.real([2, 0])], to: [2], hasDerivatives: false) {
          $0[0].mean(axes: 1)
        },
      ],
    complaints: axisComplaints,
    laws: [
      Law("mean = Σ / n", [.real([2, 4])]) { ($0[0].mean(), $0[0].sum() / 8) },
      Law("mean along an axis = Σ / n", [.real([2, 5])]) {
        ($0[0].mean(axes: 1), $0[0].sum(axes: -1) / 5)
      },
    ],
    tolerance: 16, scale: .greatest,
    large: largeSample("mean") { $0.mean(axes: 1) + $0.mean() }),
]
