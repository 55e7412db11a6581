import NeuronikaGraphs

/// The cross-entropy of probabilities of the one of two classes and targets:
/// `prediction.binaryCrossEntropy(target)`.
///
/// **Shape:** two equal shapes → `[]`, or the same shape with `.none`.
///
/// **Gradient:** (x − t) / max(x (1 − x), 2⁻²³) · upstream to the prediction x, divided by the number
/// of elements with `.mean`; also to a target t that is a `VarDiff`.
///
/// **Numerics:** logarithms are at least −100. Where the prediction is a sigmoid, take
/// `bceWithLogitsLoss` of what that is of.
///
/// - Parameters:
///   - prediction: Probabilities, from 0 to 1.
///   - target: The probabilities that are right. Another shape, even one that would broadcast, stops
///     the program.
///   - reduction: What becomes of the losses of the elements.
public func bceLoss<Prediction: Variable>(
  _ prediction: Prediction, _ target: Var, reduction: LossReduction = .mean
) -> Prediction {
  prediction.binaryCrossEntropy(target, reduction: reduction)
}

/// The cross-entropy of two classes with a target that may depend on learnables.
public func bceLoss(
  _ prediction: some Variable, _ target: VarDiff, reduction: LossReduction = .mean
) -> VarDiff {
  prediction.binaryCrossEntropy(target, reduction: reduction)
}
