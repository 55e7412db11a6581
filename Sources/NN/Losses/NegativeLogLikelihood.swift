import NeuronikaGraphs

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
///     `crossEntropyLoss`.
///   - labels: Whole numbers from 0 to C − 1. Anything else stops the program with its position.
///   - reduction: What becomes of the losses of the labels.
public func nllLoss<Logarithms: Variable>(
  _ logarithms: Logarithms, _ labels: Var, reduction: LossReduction = .mean
) -> Logarithms {
  logarithms.negativeLogLikelihood(labels, reduction: reduction)
}

/// The negative log-likelihood of labels that are a `VarDiff`, which get no gradient.
public func nllLoss(
  _ logarithms: some Variable, _ labels: VarDiff, reduction: LossReduction = .mean
) -> VarDiff {
  logarithms.negativeLogLikelihood(labels, reduction: reduction)
}
