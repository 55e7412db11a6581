import NeuronikaGraphs
import NeuronikaTensors

private let axisComplaints: [Complaint] = [
  Complaint("axis 2 does not exist in [2, 3]: axes go from -2 to 1") { () throws(ShapeError) in
    _ = try resolvedAxes([2], in: [2, 3])
  }
]

private let cases: [(Shape, [Int], Bool, Shape)] = [
  ([5, 3], [0], false, [3]), ([5, 3], [1], false, [5]), ([5, 3], [0, 1], false, []),
  ([5, 3], [-1], true, [5, 1]), ([5, 3], [0], true, [1, 3]), ([2, 3, 4], [0], false, [3, 4]),
  ([2, 3, 4], [1], false, [2, 4]), ([2, 3, 4], [0, 2], false, [3]),
  ([2, 3, 4], [0, 1], false, [4]), ([2, 3, 4], [2, 1], true, [2, 1, 1]),
  ([2, 3, 4, 2], [1, 3], false, [2, 4]), ([2, 2, 4], [1], false, [2, 4]), ([7], [0], false, []),
  ([131, 37], [0], false, [37]), ([131, 37], [1], false, [131]), ([3, 0, 2], [0], false, [0, 2]),
  ([300, 7], [0], false, [7]), ([2, 2500], [1], false, [2]),
]

/// Samples of reductions of signed numbers.
private func samples(
  _ name: String, _ along: @escaping @Sendable (VarDiff, [Int], Bool) -> VarDiff
) -> [Sample] {
  cases.map { shape, axes, keeping, result in
    Sample("\(name) \(shape) along \(axes)\(keeping ? " keeping" : "")", [.real(shape)], to: result)
    {
      along($0[0], axes, keeping)
    }
  } + [
    Sample("\(name) of a transpose along 0", [.real([5, 3])], to: [5]) {
      along($0[0].t(), [0], false)
    },
    Sample("\(name) of a slice", [.real([5, 6])], to: [3]) {
      along($0[0][1..<4, 1..<5], [1], false)
    },
  ]
}

/// Of numbers that are not finite, and of single ones.
private func extremeSamples(
  _ name: String, _ along: @escaping @Sendable (VarDiff, [Int], Bool) -> VarDiff
) -> [Sample] {
  [
    Sample("\(name) of ones along 1", [.real([3, 1])], to: [3]) { along($0[0], [1], false) },
    Sample("\(name) [1] along 0", [.real([1])], to: []) { along($0[0], [0], false) },
    Sample(
      "\(name) with NaN and infinities",
      [
        .given(
          [1, .nan, 3, .infinity, -.infinity, 0, -.infinity, -.infinity, -.infinity, 2, 2, 2],
          [4, 3])
      ],
      to: [4], hasDerivatives: false
    ) { along($0[0], [1], false) },
  ]
}

let statisticContracts: [Contract] = [
  Contract(
    "max", covers: ["Extreme", "SpreadExtreme", "PickExtreme"],
    samples("max") { $0.max(axes: $1, keepingAxes: $2) }
      + extremeSamples("max") { $0.max(axes: $1, keepingAxes: $2) } + [
        Sample("max of all", [.real([5, 3])], to: []) { $0[0].max() },
        Sample("max of a scalar", [.real([])], to: []) { $0[0].max() },
        Sample("max along no axes", [.real([3])], to: [3]) { $0[0].max(axes: []) },
        Sample("max of nothing along 1", [.real([0, 3])], to: [0]) { $0[0].max(axes: 1) },
        Sample("spreadExtreme", [.constant([4, 3]), .real([4, 1])]) {
          VarDiff(apply(SpreadExtreme(.max), $0[0].node, $0[1].node))
        },
        Sample("pickExtreme", [.constant([4, 3]), .real([4, 3])], to: [4, 1]) {
          VarDiff(apply(PickExtreme(.max), $0[0].node, $0[1].node))
        },
      ],
    complaints: axisComplaints + [
      .shapes(
        Extreme(.max, axes: AxisSet([1])), [2, 0],
        says: "of no elements there is none, but [2, 0] has none along the axes"),
      .shapes(
        SpreadExtreme(.max), [2, 3], [2], says: "takes [..., N] and [..., 1], not [2, 3] and [2]"),
      .shapes(
        PickExtreme(.max), [2, 3], [2], says: "takes two of [..., N], not [2, 3] and [2]"),
    ],
    laws: [
      Law("max of all = max of row maxima", [.real([3, 4])]) {
        ($0[0].max(), $0[0].max(axes: 1).max())
      },
      Law("max picks what argmax finds", [.real([7])]) {
        ($0[0].max(), $0[0].indexSelect($0[0].argmax()))
      },
    ],
    kinks: [
      // Of equals the first.
      Kink(at: 1, slope: 3) { stack([3 * $0 - 2, $0, 5 * $0 - 4]).max(axes: 0) },
      Kink(at: 0, slope: 1) { stack([$0, $0 * 2]).max(axes: 0) },
    ],
    large: largeSample("max") { $0.max(axes: 0) + $0.max() }),
  Contract(
    "min", covers: ["Extreme", "SpreadExtreme"],
    samples("min") { $0.min(axes: $1, keepingAxes: $2) }
      + extremeSamples("min") { $0.min(axes: $1, keepingAxes: $2) } + [
        Sample("min of all", [.real([5, 3])], to: []) { $0[0].min() },
        Sample("spreadExtreme of min", [.constant([4, 3]), .real([4, 1])]) {
          VarDiff(apply(SpreadExtreme(.min), $0[0].node, $0[1].node))
        },
      ],
    laws: [
      Law("min = −max(−x)", [.real([3, 4])]) { ($0[0].min(axes: 0), -(-$0[0]).max(axes: 0)) }
    ],
    kinks: [Kink(at: 1, slope: 3) { stack([3 * $0 - 2, $0, 5 * $0 - 4]).min(axes: 0) }],
    large: largeSample("min") { $0.min(axes: 1) }),
  Contract(
    "argmax", covers: ["ArgExtreme"],
    [
      ([5, 3], 0, [3]), ([5, 3], 1, [5]), ([2, 3, 4], 1, [2, 4]), ([7], 0, []), ([1, 4], 0, [4]),
      ([0, 3], 1, [0]), ([131, 37], -1, [131]), ([131, 37], 0, [37]), ([2, 2500], 1, [2]),
    ].flatMap { (shape: Shape, axis: Int, result: Shape) in
      [
        Sample("argmax \(shape) along \(axis)", [.real(shape)], to: result) {
          VarDiff($0[0].argmax(axis: axis))
        },
        Sample("argmin \(shape) along \(axis)", [.real(shape)], to: result) {
          VarDiff($0[0].argmin(axis: axis))
        },
      ]
    }.map(\.withoutDerivatives) + [
      Sample("argmax of all", [.real([5, 3])], to: [], hasDerivatives: false) {
        VarDiff($0[0].argmax())
      },
      Sample("argmax keeping", [.real([5, 3])], to: [5, 1], hasDerivatives: false) {
        VarDiff($0[0].argmax(axis: 1, keepingAxes: true))
      },
      Sample(
        "argmax of equals", [.given([1, 3, 3, 2, 2, 2], [2, 3])], to: [2], hasDerivatives: false
      ) {
        VarDiff($0[0].argmax(axis: 1))
      },
    ]
      + extremeSamples("argmax") { x, axes, _ in VarDiff(x.argmax(axis: axes[0])) }
      .map(\.withoutDerivatives)
      + extremeSamples("argmin") { x, axes, _ in VarDiff(x.argmin(axis: axes[0])) }
      .map(\.withoutDerivatives),
    complaints: [
      .shapes(ArgExtreme(.argMax, axis: 1), [2, 0], says: "axis 1 of [2, 0] has no elements")
    ]),
  Contract(
    "logSumExp", covers: ["LogSumExp"],
    samples("logSumExp") { $0.logSumExp(axes: $1, keepingAxes: $2) } + [
      Sample("logSumExp of all", [.real([5, 3])], to: []) { $0[0].logSumExp() },
      Sample("logSumExp of nothing", [.real([2, 0])], to: [2], hasDerivatives: false) {
        $0[0].logSumExp(axes: 1)
      },
      Sample(
        "logSumExp of huge and infinite numbers",
        [
          .given(
            [
              1e30, 1e30, 1000, 999, -1000, -1001, .infinity, 1, -.infinity, 1, .nan, 1, -.infinity,
              -.infinity,
            ], [7, 2])
        ],
        to: [7], hasDerivatives: false
      ) { $0[0].logSumExp(axes: 1) },
    ],
    complaints: [.shapes(LogSumExp(), [], says: "takes rows [..., N], not a scalar")],
    laws: [
      Law("logSumExp = ln Σ exp", [.real([3, 4])]) {
        ($0[0].logSumExp(axes: 1), $0[0].exp().sum(axes: 1).ln())
      },
      Law("logSoftmax = x − logSumExp", [.real([3, 4])]) {
        ($0[0].logSoftmax(axis: 0), $0[0] - $0[0].logSumExp(axes: 0, keepingAxes: true))
      },
    ],
    tolerance: 16, scale: .greatest,
    large: largeSample("logSumExp") { $0.logSumExp(axes: 1) }),
  Contract(
    "cumsum", covers: ["CumulativeSum"],
    ([
      ([5], 0), ([5, 3], 0), ([5, 3], 1), ([2, 3, 4], 1), ([1], 0), ([0], 0), ([2, 0], 1),
      ([131, 37], -1), ([2, 2500], 1),
    ] as [(Shape, Int)]).map { shape, axis in
      Sample("cumsum \(shape) along \(axis)", [.real(shape, 0...1)]) { $0[0].cumsum(axis: axis) }
    } + [
      Sample("cumsum of NaN", [.given([1, .nan, 2])], hasDerivatives: false) {
        $0[0].cumsum(axis: 0)
      }
    ],
    complaints: [
      .shapes(
        CumulativeSum(axis: 2), [2, 3],
        says: "axis 2 does not exist in [2, 3]: axes go from -2 to 1")
    ],
    laws: [
      Law("the last is the sum", [.real([3, 4])]) {
        ($0[0].cumsum(axis: 1)[.all, 3], $0[0].sum(axes: 1))
      }
    ],
    tolerance: 1,
    large: largeSample("cumsum") { $0.cumsum(axis: 1) }),
  Contract(
    "variance", covers: [],
    samples("variance") { $0.variance(axes: $1, keepingAxes: $2) } + [
      Sample("variance of all", [.real([5, 3])], to: []) { $0[0].variance() },
      Sample("variance of a population", [.real([5, 3])], to: [3]) {
        $0[0].variance(axes: 0, correction: 0)
      },
      Sample("variance of nothing", [.real([0])], to: [], hasDerivatives: false) {
        $0[0].variance()
      },
      Sample("variance of one", [.real([3, 1])], to: [3], hasDerivatives: false) {
        $0[0].variance(axes: 1)
      },
      Sample("variance far from 0", [.real([40], 1000...1001)], to: []) { $0[0].variance() },
      Sample("standardDeviation", [.real([5, 3])], to: [3]) { $0[0].standardDeviation(axes: 0) },
      Sample("standardDeviation of all", [.real([5, 3])], to: []) { $0[0].standardDeviation() },
    ],
    laws: [
      Law("variance = mean square − squared mean", [.real([3, 4])]) {
        (
          $0[0].variance(axes: 1, correction: 0),
          $0[0].square().mean(axes: 1) - $0[0].mean(axes: 1).square()
        )
      }
    ],
    tolerance: 64, scale: .greatest, gradientTolerance: 4096,
    large: largeSample("variance") { $0.variance(axes: 1) }),
  Contract(
    "norm", covers: ["EuclideanNorm"],
    samples("norm") { $0.norm(axes: $1, keepingAxes: $2) } + [
      Sample("norm of all", [.real([5, 3])], to: []) { $0[0].norm() },
      Sample("norm of order 1", [.real([5, 3], kinks: [0])], to: [3]) {
        $0[0].norm(axes: 0, order: 1)
      },
      Sample("norm of order ∞", [.real([5, 3], kinks: [0])], to: [3]) {
        $0[0].norm(axes: 0, order: .infinity)
      },
      Sample("norm of order 3", [.real([5, 3], 0.5...2)], to: [3]) {
        $0[0].norm(axes: 0, order: 3)
      },
    ],
    laws: [
      Law("norm = √Σ x²", [.real([3, 4])]) {
        ($0[0].norm(axes: 1), $0[0].square().sum(axes: 1).sqrt())
      }
    ],
    kinks: [Kink(at: 0, slope: 0) { $0.norm() }],
    tolerance: 16, scale: .greatest,
    large: largeSample("norm") { $0.norm(axes: 1) }),
  Contract(
    "layerNorm", covers: ["LayerNorm", "LayerNormGradient"],
    ([[5, 3], [7], [2, 3, 4], [0, 3], [131, 37], [2, 2500]] as [Shape]).map { shape in
      Sample("layerNorm \(shape)", [.real(shape)]) { $0[0].layerNorm(epsilon: 0.01) }
    } + [
      Sample("layerNorm of a transpose", [.real([5, 3])], to: [3, 5]) { $0[0].t().layerNorm() },
      Sample("layerNorm of ones", [.real([4, 1])]) { $0[0].layerNorm(epsilon: 0.01) },
      Sample("layerNorm, scaled", [.real([5, 4]), .real([4]), .real([4])]) {
        $0[0].layerNorm() * $0[1] + $0[2]
      },
      Sample("layerNorm of NaN", [.given([1, .nan, 2, 3], [2, 2])], hasDerivatives: false) {
        $0[0].layerNorm()
      },
      Sample("layerNormGradient", [.real([5, 4]), .real([5, 4])]) {
        VarDiff(apply(LayerNormGradient(epsilon: 0.01), $0[0].node, $0[1].node))
      },
    ],
    complaints: [
      .shapes(LayerNorm(epsilon: 1), [], says: "takes rows [..., N], not a scalar"),
      .shapes(
        LayerNormGradient(epsilon: 1), [2, 3], [3, 2],
        says: "the shapes differ: [2, 3] and [3, 2]"),
    ],
    laws: [
      Law("layerNorm = (x − mean) / √(variance + ε)", [.real([3, 5])]) {
        let x = $0[0]
        let centred = x - x.mean(axes: 1, keepingAxes: true)
        let variance = x.variance(axes: 1, correction: 0, keepingAxes: true)
        return (x.layerNorm(epsilon: 0.5), centred / (variance + 0.5).sqrt())
      }
    ],
    tolerance: 32, scale: .greatest, gradientTolerance: 256,
    large: largeSample("layerNorm") { $0.layerNorm() }),
]
