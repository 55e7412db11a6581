import NeuronikaGraphs

/// The cross-entropy of class scores and labels: `scores.crossEntropy(labels)`, where weights,
/// smoothing, labels that don't count and targets that are probabilities are described.
///
/// **Shape:** scores `[N, C, …]`, labels `[N, …]` → `[]`, or the labels' shape with `.none`.
///
/// **Gradient:** (softmax(x) − one-hot(label)) · upstream to the scores x, divided by the number of
/// labels with `.mean`.
///
/// - Parameters:
///   - scores: Logits: any numbers.
///   - labels: Whole numbers from 0 to C − 1. Anything else stops the program with its position.
///   - reduction: What becomes of the losses of the labels.
public func crossEntropyLoss<Scores: Variable>(
  _ scores: Scores, _ labels: Var, reduction: LossReduction = .mean
) -> Scores {
  scores.crossEntropy(labels, reduction: reduction)
}

/// The cross-entropy of class scores and labels that are a `VarDiff`, which get no gradient.
public func crossEntropyLoss(
  _ scores: some Variable, _ labels: VarDiff, reduction: LossReduction = .mean
) -> VarDiff {
  scores.crossEntropy(labels, reduction: reduction)
}
