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

/// The negative log-likelihood of labels, from logarithms of probabilities:
/// `logarithms.negativeLogLikelihood(labels)`, where weights and labels that don't count are
/// described.
///
/// **Shape:** logarithms `[N, C, …]`, labels `[N, …]` → `[]`, or the labels' shape with `.none`.
///
/// **Gradient:** −upstream at the label, divided by the number of labels with `.mean`, and 0 elsewhere.
///
/// - Parameters:
///   - logarithms: What `logSoftmax(axis: 1)` gives. Of scores take
///     ``crossEntropyLoss(_:_:reduction:)``.
///   - labels: Whole numbers from 0 to C − 1. Anything else stops the program with its position.
///   - reduction: What becomes of the losses of the labels.
public func nllLoss<Logarithms: Variable>(
  _ logarithms: Logarithms, _ labels: Var, reduction: LossReduction = .mean
) -> Logarithms {
  logarithms.negativeLogLikelihood(labels, reduction: reduction)
}
