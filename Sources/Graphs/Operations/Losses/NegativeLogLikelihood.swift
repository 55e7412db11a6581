import NeuronikaTensors

extension Variable {
  /// The negative log-likelihood of labels, from logarithms x of probabilities: −x_label for each
  /// label. Of `logSoftmax(axis: 1)` it is the cross-entropy, which `crossEntropy` has in one pass.
  ///
  /// **Shape:** logarithms `[N, C, …]`, labels `[N, …]` (or `[N, 1]`) → `[N, …]` with `.none`, else
  /// `[]`.
  ///
  /// **Gradient:** −upstream at the label and 0 elsewhere; with `.mean` divided by the number of
  /// labels, or by the sum of their weights. Labels and weights get none.
  ///
  /// **Numerics:** exact but for the reduction; scores of other classes leave no trace. About 3 flops
  /// an element.
  ///
  /// - Parameters:
  ///   - labels: The classes: whole numbers from 0 to C − 1. A fraction, a negative or a greater one
  ///     stops the program with its position when the loss is computed.
  ///   - classWeights: A factor for each class, `[C]`: the loss of a label is multiplied by that of
  ///     its class, and a mean is the sum divided by the sum of the labels' factors.
  ///   - ignored: A label that doesn't count, which may be none of the classes: its loss and its
  ///     gradient are 0, and a mean leaves it out. If no label counts, the mean is NaN.
  ///   - reduction: What becomes of the losses of the labels.
  public func negativeLogLikelihood(
    _ labels: Var, classWeights: Var? = nil, ignoring ignored: Int? = nil,
    reduction: LossReduction = .mean
  ) -> Self {
    Self(likelihoods(node, labels.node, classWeights, ignored, reduction))
  }
  public func negativeLogLikelihood(
    _ labels: VarDiff, classWeights: Var? = nil, ignoring ignored: Int? = nil,
    reduction: LossReduction = .mean
  ) -> VarDiff {
    VarDiff(likelihoods(node, labels.node, classWeights, ignored, reduction))
  }
}

private func likelihoods(
  _ scores: Node, _ labels: Node, _ classWeights: Var?, _ ignored: Int?,
  _ reduction: LossReduction
) -> Node {
  let labels = ClassLabels(
    NegativeLogLikelihood.name, scores: scores, labels: labels, classWeights: classWeights,
    ignoring: ignored)
  let losses = VarDiff(
    apply(NegativeLogLikelihood(classes: labels.classes), labels.rows.node, labels.labels.node))
  return labels.reduced(labels.weights.map { losses * $0 } ?? losses, reduction)
}

/// The losses of rows as a column `[..., 1]`, from logarithms `[..., C]` and labels `[..., 1]`.
package struct NegativeLogLikelihood: Operation {
  package static let name = "negativeLogLikelihood"
  let classes: Int

  package init(classes: Int) { self.classes = classes }

  package var wholeNumberOperand: (operand: Int, bound: Int)? { (1, classes) }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    try labelColumnShape(operands, classes: classes)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { -x[0][Array($0.dropLast()) + [Int(x[1][$0])]] }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let chosen = VarDiff(applyWithoutGradient(OneHot(classes: classes), x[1].node))
    // Chosen, not multiplied: an infinite upstream gradient of a row stays at its label.
    return [(-upstream).broadcast(to: x[0].shape).where(chosen, else: 0), nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .rows(-Tile.operand(0).rowElement(at: .operand(1)))
  }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(classes) }
}
