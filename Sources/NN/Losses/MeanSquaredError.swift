import NeuronikaGraphs
import NeuronikaTensors

/// The squared error: (prediction − target)², reduced.
///
/// **Shape:** two equal shapes → `[]`, or the same shape with `.none`.
///
/// **Gradient:** 2 (prediction − target) · upstream to the prediction, divided by the number of
/// elements with `.mean`; the negative of it to a target that is a `VarDiff`.
///
/// **Numerics:** differences are rounded before they are squared; the sum is kept in `Double`
/// between tiles.
///
/// - Parameters:
///   - prediction: What the model says.
///   - target: What is right. Another shape, even one that would broadcast, stops the program.
///   - reduction: What becomes of the errors of the elements.
public func mseLoss<Prediction: Variable>(
  _ prediction: Prediction, _ target: Var, reduction: LossReduction = .mean
) -> Prediction {
  requirePair("mseLoss", prediction, target)
  return (prediction - target).pow(2).reduced(reduction)
}

public func mseLoss(
  _ prediction: some Variable, _ target: VarDiff, reduction: LossReduction = .mean
) -> VarDiff {
  requirePair("mseLoss", prediction, target)
  return (prediction - target).pow(2).reduced(reduction)
}
