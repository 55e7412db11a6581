import NeuronikaGraphs
import NeuronikaTensors

/// The absolute error: |prediction − target|, reduced.
///
/// **Shape:** two equal shapes → `[]`, or the same shape with `.none`.
///
/// **Gradient:** sign(prediction − target) · upstream to the prediction, 0 where they are equal,
/// divided by the number of elements with `.mean`; the negative of it to a target that is a
/// `VarDiff`.
///
/// - Parameters:
///   - prediction: What the model says.
///   - target: What is right. Another shape, even one that would broadcast, stops the program.
///   - reduction: What becomes of the errors of the elements.
public func maeLoss<Prediction: Variable>(
  _ prediction: Prediction, _ target: Var, reduction: LossReduction = .mean
) -> Prediction {
  requirePair("maeLoss", prediction, target)
  return (prediction - target).abs().reduced(reduction)
}

public func maeLoss(
  _ prediction: some Variable, _ target: VarDiff, reduction: LossReduction = .mean
) -> VarDiff {
  requirePair("maeLoss", prediction, target)
  return (prediction - target).abs().reduced(reduction)
}
