import NeuronikaTensors

extension Variable {
  /// The cross-entropy of class scores (logits) x and targets t, which are probabilities of classes:
  /// −Σ t · logSoftmax(x) over the classes, for each example.
  ///
  /// **Shape:** scores and targets `[N, C, …]` → `[N, …]` with `.none`, else `[]`.
  ///
  /// **Gradient:** upstream · (softmax(x) · Σ t − t); to a target that is a `VarDiff`,
  /// −upstream · logSoftmax(x). Weights get none.
  ///
  /// **Numerics:** as with labels. Where t is 0, nothing comes of the score, which may be −∞ there.
  /// About 25 flops an element.
  ///
  /// - Parameters:
  ///   - targets: Probabilities. They are meant to add up to 1 for each example, but need not.
  ///   - classWeights: A factor for each class, `[C]`, of its terms. A mean is the sum divided by the
  ///     number of examples all the same.
  ///   - labelSmoothing: From 0 to 1: how much of the targets is spread evenly over all classes.
  ///   - reduction: What becomes of the losses of the examples.
  public func crossEntropy(
    probabilities targets: Var, classWeights: Var? = nil, labelSmoothing: Float = 0,
    reduction: LossReduction = .mean
  ) -> Self {
    Self(softCrossEntropies(node, targets.node, classWeights, labelSmoothing).node)
      .reduced(reduction)
  }
  public func crossEntropy(
    probabilities targets: VarDiff, classWeights: Var? = nil, labelSmoothing: Float = 0,
    reduction: LossReduction = .mean
  ) -> VarDiff {
    softCrossEntropies(node, targets.node, classWeights, labelSmoothing).reduced(reduction)
  }
}

/// The shape rule of scores and probabilities.
package func probabilityShape(scores: Shape, probabilities: Shape) throws(ShapeError) {
  guard scores.rank >= 2, scores == probabilities else {
    throw ShapeError(
      "takes scores [N, C, ...] and as many probabilities. scores \(scores) · probabilities "
        + "\(probabilities)")
  }
}

private func softCrossEntropies(
  _ scores: Node, _ targets: Node, _ classWeights: Var?, _ smoothing: Float
) -> VarDiff {
  do throws(ShapeError) {
    try probabilityShape(scores: scores.shape, probabilities: targets.shape)
    if let classWeights {
      try checkClassWeights(classWeights.shape, classes: scores.shape[1])
    }
  } catch { stopProgram("crossEntropy: \(error.description)") }
  requireSmoothing("crossEntropy", smoothing)
  var targets = VarDiff(targets).classesLast
  if smoothing > 0 {
    targets = targets * (1 - smoothing) + smoothing / Float(scores.shape[1])
  }
  if let classWeights { targets = targets * classWeights }
  let rows = VarDiff(scores).classesLast
  return VarDiff(apply(SoftCrossEntropy(), rows.node, targets.node)).squeeze(-1)
}

/// The losses of rows as a column `[..., 1]`, from scores and targets `[..., C]`.
package struct SoftCrossEntropy: Operation {
  package static let name = "softCrossEntropy"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let rows = try equalShapes(operands, havingAxis: -1)
    return rows.replacing(axis: rows.rank - 1, with: 1)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    let last = shape.rank - 1
    let logarithms = LogSoftmax(axis: last).specification([x[0]], shape: x[0].shape)
    return ReferenceTensor(shape: shape) { index in
      (0..<x[0].shape[last]).reduce(0) { sum, place in
        let place = Array(index.dropLast()) + [place]
        return x[1][place] == 0 ? sum : sum - x[1][place] * logarithms[place]
      }
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let (x, t) = (x[0], x[1])
    let last = x.rank - 1
    let total = t.sum(axes: last, keepingAxes: true)
    return [
      upstream * (x.softmax(axis: last) * total - t), -(upstream * x.logSoftmax(axis: last)),
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let (x, t) = (Tile.operand(0), Tile.operand(1))
    let shifted = x - x.rowMax
    // All terms have the sign of t, so that they don't cancel.
    let term = t * (shifted.map(.exp).rowSum.map(.log) - shifted)
    return .rows(t.isEqual(to: 0).select(0, else: term).rowSum)
  }
}
