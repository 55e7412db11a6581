import NeuronikaTensors

extension Variable {
  /// The cross-entropy of class scores (logits) and labels: ln Σⱼ e^xⱼ − x_label for each label.
  ///
  /// **Shape:** scores `[N, C, …]`, labels `[N, …]` (or `[N, 1]`) → `[N, …]` with `.none`, else `[]`.
  ///
  /// **Gradient:** upstream · (softmax(x) − one-hot(label)), in one pass that needs only the scores;
  /// labels and weights get none.
  ///
  /// **Numerics:** the row's greatest score is subtracted before exponentials are taken, so that
  /// nothing overflows; a score of −∞ excludes its class. About 20 flops an element. Smoothing, which
  /// needs all scores, makes it 30, and axes after that of the classes are brought before it first.
  ///
  /// **Source:** for smoothing, Szegedy et al., *Rethinking the Inception architecture for computer
  /// vision*, CVPR 2016, section 7.
  ///
  /// - Parameters:
  ///   - labels: The classes: whole numbers from 0 to C − 1. A fraction, a negative or a greater one
  ///     stops the program with its position when the loss is computed.
  ///   - classWeights: A factor for each class, `[C]`: the loss of a label is multiplied by that of
  ///     its class, and a mean is the sum divided by the sum of the labels' factors.
  ///   - labelSmoothing: From 0 to 1: how much of each label is spread evenly over all classes.
  ///   - ignored: A label that doesn't count, which may be none of the classes: its loss is 0,
  ///     and so is its gradient as long as no score is +∞ or NaN; a mean leaves it out. If no label
  ///     counts, the mean is NaN.
  ///   - reduction: What becomes of the losses of the labels.
  public func crossEntropy(
    _ labels: Var, classWeights: Var? = nil, labelSmoothing: Float = 0,
    ignoring ignored: Int? = nil, reduction: LossReduction = .mean
  ) -> Self {
    Self(
      crossEntropies(node, labels.node, classWeights, labelSmoothing, ignored, reduction))
  }
  public func crossEntropy(
    _ labels: VarDiff, classWeights: Var? = nil, labelSmoothing: Float = 0,
    ignoring ignored: Int? = nil, reduction: LossReduction = .mean
  ) -> VarDiff {
    VarDiff(
      crossEntropies(node, labels.node, classWeights, labelSmoothing, ignored, reduction))
  }
}

private func crossEntropies(
  _ scores: Node, _ labels: Node, _ classWeights: Var?, _ smoothing: Float, _ ignored: Int?,
  _ reduction: LossReduction
) -> Node {
  let labels = ClassLabels(
    CrossEntropy.name, scores: scores, labels: labels, classWeights: classWeights,
    ignoring: ignored)
  requireSmoothing(CrossEntropy.name, smoothing)
  var losses = VarDiff(
    apply(CrossEntropy(classes: labels.classes), labels.rows.node, labels.labels.node))
  if let weights = labels.weights { losses = losses * weights }
  if smoothing > 0 {
    let spread = (classWeights?.node ?? scalar(1))
    let targets = VarDiff(spread).broadcast(to: labels.rows.shape)
    let others = VarDiff(apply(SoftCrossEntropy(), labels.rows.node, targets.node))
    losses = losses * (1 - smoothing) + others * (smoothing / Float(labels.classes))
  }
  return labels.reduced(losses, reduction)
}

/// The losses of rows as a column `[..., 1]`, from scores `[..., C]` and labels `[..., 1]`.
package struct CrossEntropy: Operation {
  package static let name = "crossEntropy"
  let classes: Int

  package init(classes: Int) { self.classes = classes }

  package var wholeNumberOperand: (operand: Int, bound: Int)? { (1, classes) }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    try labelColumnShape(operands, classes: classes)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { index in
      let row = (0..<classes).map { x[0][Array(index.dropLast()) + [$0]] }
      let greatest = row.greatest
      let sum = row.reduce(0) { $0 + Exact.exp($1 - greatest) }
      return Exact.ln(sum) - (row[Int(x[1][index])] - greatest)
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [
      VarDiff(
        apply(CrossEntropyGradient(classes: classes), [x[0].node, x[1].node, upstream.node])), nil,
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let greatest = Tile.operand(0).rowMax
    let exponentials = (Tile.operand(0) - greatest).map(.exp)
    let score = Tile.operand(0).rowElement(at: .operand(1))
    return .rows(exponentials.rowSum.map(.log) - (score - greatest))
  }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(classes) }
}

/// The pullback of `crossEntropy` to the scores: (softmax(x) − one-hot(label)) · g, from scores
/// `[..., C]`, labels `[..., 1]` and the upstream gradient `[..., 1]`.
package struct CrossEntropyGradient: Operation {
  package static let name = "crossEntropyGradient"
  let classes: Int

  package init(classes: Int) { self.classes = classes }

  package var wholeNumberOperand: (operand: Int, bound: Int)? { (1, classes) }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    _ = try CrossEntropy(classes: classes).shape(of: Shapes(operands[0], operands[1]))
    guard operands[2] == operands[1] else {
      throw ShapeError("an upstream gradient of \(operands[2]) for losses of \(operands[1])")
    }
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    let last = shape.rank - 1
    let softmax = Softmax(axis: last).specification([x[0]], shape: shape)
    return ReferenceTensor(shape: shape) { index in
      let row = Array(index.dropLast()) + [0]
      return (softmax[index] - (index[last] == Int(x[1][row]) ? 1 : 0)) * x[2][row]
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let one = VarDiff(scalar(1)).broadcast(to: x[2].shape)
    let slope = VarDiff(
      apply(CrossEntropyGradient(classes: classes), [x[0].node, x[1].node, one.node]))
    let last = x[0].rank - 1
    let softmax = x[0].softmax(axis: last)
    return [
      VarDiff(apply(SoftmaxGradient(axis: last), softmax.node, (upstream * x[2]).node)),
      nil,
      (upstream * slope).sum(axes: last, keepingAxes: true),
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let exponentials = (Tile.operand(0) - Tile.operand(0).rowMax).map(.exp)
    let share = Tile.operand(2) / exponentials.rowSum
    return .rows((exponentials * share).rowAdding(-Tile.operand(2), at: .operand(1)))
  }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(classes) }
}
