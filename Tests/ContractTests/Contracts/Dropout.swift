import NeuronikaGraphs
import NeuronikaTensors

let dropoutContracts: [Contract] = [
  Contract(
    "dropout", covers: ["Dropout"],
    ([0, 0.25, 0.5, 1] as [Float]).flatMap { probability in
      ([[], [0], [7], [5, 3], [131, 37]] as [Shape]).map { shape in
        Sample(
          "dropout(\(probability)) \(shape)", [.real(shape), .constant(shape, 0...0.999)]
        ) {
          VarDiff(
            apply(Dropout(mode: TrainingMode()), [$0[0].node, $0[1].node, scalar(probability)]))
        }
      }
    } + [
      Sample("dropout in use", [.real([5, 3]), .constant([5, 3], 0...0.999)]) {
        let mode = TrainingMode()
        mode.isTraining = false
        return VarDiff(apply(Dropout(mode: mode), [$0[0].node, $0[1].node, scalar(0.5)]))
      }
    ],
    complaints: [
      .shapes(
        Dropout(mode: TrainingMode()), [2], [3], [],
        says: "takes two equal shapes and a scalar, not [2], [3] and []")
    ],
    tolerance: 2)
]
