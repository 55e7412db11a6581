import NeuronikaGraphs

/// The cross-entropy of two classes, from logits: `logits.binaryCrossEntropyWithLogits(target)`.
///
/// **Shape:** two equal shapes → `[]`, or the same shape with `.none`.
///
/// **Gradient:** (σ(x) − t) · upstream to the logits x, divided by the number of elements with
/// `.mean`; also to a target t that is a `VarDiff`.
///
/// **Numerics:** nothing overflows and nothing cancels.
///
/// - Parameters:
///   - logits: Any numbers; their `sigmoid()` is the probability.
///   - target: The probabilities that are right. Another shape, even one that would broadcast, stops
///     the program.
///   - reduction: What becomes of the losses of the elements.
public func bceWithLogitsLoss<Prediction: Variable>(
  _ logits: Prediction, _ target: Var, reduction: LossReduction = .mean
) -> Prediction {
  logits.binaryCrossEntropyWithLogits(target, reduction: reduction)
}

/// The cross-entropy of two classes, from logits, with a target that may depend on learnables.
public func bceWithLogitsLoss(
  _ logits: some Variable, _ target: VarDiff, reduction: LossReduction = .mean
) -> VarDiff {
  logits.binaryCrossEntropyWithLogits(target, reduction: reduction)
}
