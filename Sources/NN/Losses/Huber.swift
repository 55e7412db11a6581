import NeuronikaGraphs

/// The Huber loss: d²/2 of differences d = prediction − target as far as ±δ, and δ (|d| − δ/2)
/// beyond: `prediction.huber(target)`.
///
/// **Shape:** two equal shapes → `[]`, or the same shape with `.none`.
///
/// **Gradient:** d, but at least −δ and at most δ, · upstream to the prediction, divided by the number
/// of elements with `.mean`; the negative of it to a target that is a `VarDiff`.
///
/// - Parameters:
///   - prediction: What the model says.
///   - target: What is right. Another shape, even one that would broadcast, stops the program.
///   - delta: δ, where the loss goes over from squares to absolute values; greater than 0.
///   - reduction: What becomes of the losses of the elements.
public func huberLoss<Prediction: Variable>(
  _ prediction: Prediction, _ target: Var, delta: Float = 1, reduction: LossReduction = .mean
) -> Prediction {
  prediction.huber(target, delta: delta, reduction: reduction)
}

/// The Huber loss with a target that may depend on learnables.
public func huberLoss(
  _ prediction: some Variable, _ target: VarDiff, delta: Float = 1,
  reduction: LossReduction = .mean
) -> VarDiff {
  prediction.huber(target, delta: delta, reduction: reduction)
}

/// The absolute error with its tip rounded off: `prediction.smoothL1(target)`, the Huber loss with
/// δ = β, divided by β.
///
/// **Shape:** two equal shapes → `[]`, or the same shape with `.none`.
///
/// - Parameters:
///   - prediction: What the model says.
///   - target: What is right. Another shape, even one that would broadcast, stops the program.
///   - beta: β, as far as the loss is a square; greater than 0.
///   - reduction: What becomes of the losses of the elements.
public func smoothL1Loss<Prediction: Variable>(
  _ prediction: Prediction, _ target: Var, beta: Float = 1, reduction: LossReduction = .mean
) -> Prediction {
  prediction.smoothL1(target, beta: beta, reduction: reduction)
}

/// The rounded absolute error with a target that may depend on learnables.
public func smoothL1Loss(
  _ prediction: some Variable, _ target: VarDiff, beta: Float = 1,
  reduction: LossReduction = .mean
) -> VarDiff {
  prediction.smoothL1(target, beta: beta, reduction: reduction)
}
