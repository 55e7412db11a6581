import Neuronika

let lossFamily = Family(
  "Losses",
  [
    "binaryCrossEntropy": { draw in
      let (x, target) = draw.probabilityPair()
      return x.binaryCrossEntropy(target, reduction: draw.reduction())
    },
    "binaryCrossEntropyWithLogits": { draw in
      let (x, target) = draw.predicted(-9...9, 0...1)
      return x.binaryCrossEntropyWithLogits(target, reduction: draw.reduction())
    },
    "klDivergence": { draw in
      let (x, target) = draw.divergencePair()
      return x.klDivergence(target, reduction: draw.reduction())
    },
    "huber": { draw in
      let (x, target) = draw.predicted()
      let delta = draw.tell("delta", draw.float(0.2...2))
      return x.huber(target, delta: delta, reduction: draw.reduction())
    },
    "smoothL1": { draw in
      let (x, target) = draw.predicted()
      let beta = draw.tell("beta", draw.float(0.2...2))
      return x.smoothL1(target, beta: beta, reduction: draw.reduction())
    },
    "negativeLogLikelihood": { draw in
      let logarithms = draw.real(draw.scores(), -6...0)
      let (labels, ignored) = draw.scoredLabels(logarithms.shape)
      return logarithms.negativeLogLikelihood(
        labels, classWeights: draw.classWeights(logarithms.shape), ignoring: ignored,
        reduction: draw.reduction())
    },
    "crossEntropy(labels)": { draw in
      let logits = draw.real(draw.scores(), -6...6)
      let (labels, ignored) = draw.scoredLabels(logits.shape)
      return logits.crossEntropy(
        labels, classWeights: draw.classWeights(logits.shape), labelSmoothing: draw.smoothing(),
        ignoring: ignored, reduction: draw.reduction())
    },
    "crossEntropy(probabilities:)": { draw in
      let logits = draw.real(draw.scores(), -6...6)
      let targets = draw.real(logits.shape, 0...1)
      return logits.crossEntropy(
        probabilities: targets, classWeights: draw.classWeights(logits.shape),
        labelSmoothing: draw.smoothing(), reduction: draw.reduction())
    },
  ])

/// The same by the names of NN, and two that have no other.
let lossFunctionFamily = Family(
  "Loss functions",
  [
    "bceLoss": { draw in
      let (x, target) = draw.probabilityPair()
      return bceLoss(x, target, reduction: draw.reduction())
    },
    "bceWithLogitsLoss": { draw in
      let (x, target) = draw.predicted(-9...9, 0...1)
      return bceWithLogitsLoss(x, target, reduction: draw.reduction())
    },
    "klDivLoss": { draw in
      let (x, target) = draw.divergencePair()
      return klDivLoss(x, target, reduction: draw.reduction())
    },
    "huberLoss": { draw in
      let (x, target) = draw.predicted()
      let delta = draw.tell("delta", draw.float(0.2...2))
      return huberLoss(x, target, delta: delta, reduction: draw.reduction())
    },
    "smoothL1Loss": { draw in
      let (x, target) = draw.predicted()
      let beta = draw.tell("beta", draw.float(0.2...2))
      return smoothL1Loss(x, target, beta: beta, reduction: draw.reduction())
    },
    "nllLoss": { draw in
      let logarithms = draw.real(draw.scores(), -6...0)
      let labels = draw.labels(logarithms.shape.removing(axis: 1), below: logarithms.shape[1])
      return nllLoss(logarithms, labels, reduction: draw.reduction())
    },
    "crossEntropyLoss": { draw in
      let logits = draw.real(draw.scores(), -6...6)
      let labels = draw.labels(logits.shape.removing(axis: 1), below: logits.shape[1])
      return crossEntropyLoss(logits, labels, reduction: draw.reduction())
    },
    "mseLoss": { draw in
      let (x, target) = draw.predicted()
      return mseLoss(x, target, reduction: draw.reduction())
    },
    "maeLoss": { draw in
      // No prediction is equal to its target.
      let shape = draw.shape()
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

  /// Predictions and as many targets.
  fileprivate mutating func predicted(
    _ predictions: ClosedRange<Float> = -2...2, _ targets: ClosedRange<Float> = -2...2
  ) -> (VarDiff, VarDiff) {
    let shape = shape()
    return (real(shape, predictions), real(shape, targets))
  }

  /// Probabilities that aren't certain, where the gradient is a choice, and targets that may be.
  fileprivate mutating func probabilityPair() -> (VarDiff, VarDiff) {
    let uncertain: ClosedRange<Float> = 0.02...0.98
    if once(in: 2) { return predicted(uncertain, 0...1) }
    let shape = shape()
    return (real(shape, uncertain), VarDiff(labels(shape, below: 2)))
  }

  /// Logarithms and targets, some of which are zeros if they are constant: the peer's gradient to a
  /// target of zero is NaN.
  fileprivate mutating func divergencePair() -> (VarDiff, VarDiff) {
    if once(in: 2) { return predicted(-5...0, 0.05...1) }
    let shape = shape()
    let x = real(shape, -5...0)
    let targets = (0..<shape.count).map { _ in once(in: 3) ? 0 : float(0...1) }
    return (x, VarDiff(constant(Tensor(targets, shape: shape))))
  }

  /// The shape of scores of classes; half of the time with axes after that of the classes.
  fileprivate mutating func scores() -> Shape {
    if once(in: 2) { return Shape(length(), length()) }
    return Shape([int(1...5), int(1...9)] + shape(ranks: 1...3, extents: 1...6).extents)
  }

  /// Labels for scores, and once in three times one that doesn't count and may be none of the
  /// classes.
  fileprivate mutating func scoredLabels(_ scores: Shape) -> (labels: Var, ignored: Int?) {
    let shape =
      scores.rank == 2 && once(in: 4) ? Shape(scores[0], 1) : scores.removing(axis: 1)
    let classes = scores[1]
    guard once(in: 3) else { return (labels(shape, below: classes), nil) }
    var elements = (0..<shape.count).map { _ in int(0...classes - 1) }
    // The first label counts: if none did, a mean would be NaN.
    let isClass = classes > 1 && once(in: 2)
    let ignored = tell(
      "ignored", isClass ? (elements[0] + 1) % classes : pick([-100, -1, classes]))
    for place in elements.indices.dropFirst() where once(in: 4) { elements[place] = ignored }
    return (constant(Tensor(elements.map(Float.init), shape: shape)), ignored)
  }

  /// Half of the time a factor for each class.
  fileprivate mutating func classWeights(_ scores: Shape) -> Var? {
    once(in: 2) ? constant(tensor(Shape(scores[1]), 0.2...2)) : nil
  }

  fileprivate mutating func smoothing() -> Float {
    tell("smoothing", once(in: 2) ? 0 : pick([1, float(0...1)]))
  }
}
