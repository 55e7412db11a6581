import NeuronikaGraphs
import NeuronikaTensors

let normalizationContracts: [Contract] = [
  Contract(
    "batchNorm", covers: ["BatchNorm", "BatchNormGradient"],
    ([[5, 3], [4, 1], [3, 2, 4], [2, 3, 4, 3], [2, 17, 3, 3], [1, 2, 2, 3, 2]] as [Shape]).map {
      shape in Sample("batchNorm \(shape)", [.real(shape)]) { $0[0].batchNorm() }
    } + [
      Sample("batchNorm with another epsilon", [.real([2, 3, 4])]) {
        $0[0].batchNorm(epsilon: 0.1)
      },
      Sample("batchNorm of a transpose", [.real([4, 3, 5])], to: [5, 3, 4]) {
        $0[0].t().batchNorm()
      },
      Sample(
        "batchNorm after convolution", [.real([2, 3, 6, 6]), .real([4, 3, 3, 3])],
        to: [2, 4, 4, 4]
      ) { $0[0].convolution($0[1]).batchNorm().relu() },
      Sample("batchNormGradient", [.real([3, 2, 4]), .real([24])]) {
        VarDiff(
          apply(BatchNormGradient(epsilon: 1e-5), $0[0].node, $0[1].reshape([3, 2, 4]).node))
      },
      Sample("batchNorm of no channels", [.real([2, 0, 3])]) { $0[0].batchNorm() },
      Sample(
        "batchNorm of equal elements", [.given([2, 2, 2, 2], [2, 1, 2])], hasDerivatives: false
      ) { $0[0].batchNorm() },
    ],
    complaints: [
      .shapes(BatchNorm(epsilon: 1e-5), [3], says: "takes [N, C, …], not [3]"),
      .shapes(
        BatchNormGradient(epsilon: 1e-5), [2, 3], [3, 2],
        says: "takes two [N, C, …] of one shape, not [2, 3] and [3, 2]"),
    ],
    laws: [
      Law("channels are rows of the transpose", [.real([5, 3])]) {
        ($0[0].batchNorm(), $0[0].t().layerNorm().t())
      }
    ], tolerance: 16, scale: .greatest, gradientTolerance: 128,
    large: Sample("batchNorm, large", [.real([8, 24, 28, 28])]) { $0[0].batchNorm() }),
  Contract(
    "groupNorm", covers: [],
    ([([2, 6], 2), ([2, 4, 5], 2), ([2, 4, 3, 3], 1), ([2, 4, 3, 3], 4)] as [(Shape, Int)]).map {
      shape, groups in
      Sample("groupNorm \(shape) \(groups)", [.real(shape)]) { $0[0].groupNorm(groups: groups) }
    },
    complaints: [
      Complaint("takes [N, C, …], not [3]") { () throws(ShapeError) in
        _ = try groupedShape([3], 1)
      },
      Complaint("the 4 channels of [2, 4, 5] can't be parted into 3 groups") {
        () throws(ShapeError) in _ = try groupedShape([2, 4, 5], 3)
      },
    ],
    laws: [
      Law("one group of rows is layerNorm", [.real([3, 5])]) {
        ($0[0].groupNorm(groups: 1), $0[0].layerNorm())
      }
    ], tolerance: 16, scale: .greatest, gradientTolerance: 128),
  Contract(
    "batchStatistics", covers: ["BatchStatistics"],
    ([[5, 3], [1, 4], [3, 2, 4], [2, 3, 4, 3], [1, 2, 2, 3, 2], [2, 0, 3]] as [Shape]).map {
      shape in
      Sample("batchStatistics \(shape)", [.constant(shape)], to: Shape(2, shape[1])) {
        VarDiff(
          BatchStatistics.node(of: $0[0].node, BatchObserver(mode: TrainingMode()) { _, _ in }))
      }
    },
    complaints: [
      .shapes(
        BatchStatistics(BatchObserver(mode: TrainingMode()) { _, _ in }, of: [3]), [3],
        says: "takes [N, C, …], not [3]")
    ], tolerance: 16, scale: .greatest),
  Contract(
    "modeSwitch", covers: ["ModeSwitch"],
    [true, false].flatMap { isTraining in
      ([[], [7], [5, 3], [2, 3, 4, 4]] as [Shape]).map { shape in
        Sample(
          "modeSwitch \(isTraining) \(shape)", [.real(shape), .real(shape), .constant([2])],
          to: shape
        ) {
          let mode = TrainingMode()
          mode.isTraining = isTraining
          return VarDiff(apply(ModeSwitch(mode), $0.map(\.node)))
        }
      }
    },
    complaints: [
      .shapes(
        ModeSwitch(TrainingMode()), [2], [3],
        says: "takes two equal shapes to choose from, not [2] and [3]")
    ]),
]
