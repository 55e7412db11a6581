import Neuronika

let lossFamily = Family(
  "Losses",
  [
    "crossEntropy": { draw in
      let (rows, classes) = (draw.length(), draw.length())
      let logits = draw.real(Shape(rows, classes), -6...6)
      let labels = draw.labels(draw.once(in: 4) ? Shape(rows, 1) : Shape(rows), below: classes)
      return logits.crossEntropy(labels, reduction: draw.reduction())
    },
    "mseLoss": { draw in
      let shape = draw.shape(ranks: 1...4)
      return mseLoss(draw.real(shape), draw.real(shape), reduction: draw.reduction())
    },
    "maeLoss": { draw in
      // No prediction is equal to its target.
      let shape = draw.shape(ranks: 1...4)
      let targets = draw.tensor(shape, -2...2)
      let errors = draw.tensor(shape, -2...2, kinks: [0])
      let predictions = zip(targets.elements, errors.elements).map { $0 + $1 }
      let prediction = draw.operand(Tensor(predictions, shape: shape))
      return maeLoss(prediction, draw.operand(targets), reduction: draw.reduction())
    },
  ])

nonisolated extension Drawing {
  fileprivate mutating func reduction() -> LossReduction {
    let reduction = pick(LossReduction.allCases)
    _ = tell("reduction", "\(reduction)")
    return reduction
  }
}
