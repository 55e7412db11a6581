import NeuronikaTensors

/// What becomes of a loss' values, one for each example or element.
public enum LossReduction: Sendable, CaseIterable {
  /// They stay.
  case none
  /// Their sum.
  case sum
  /// Their mean; NaN if there are none. Of weighted labels, their sum divided by the weights' sum.
  case mean
  /// Their sum divided by the extent of the first axis: the mean over examples of what each adds up
  /// to. Of one number, the number.
  case batchMean
}

extension Variable {
  /// The values of a loss, reduced.
  package func reduced(_ reduction: LossReduction) -> Self {
    switch reduction {
    case .none: self
    case .sum: sum()
    case .mean: mean()
    case .batchMean: rank == 0 ? self : sum() / Float(shape[0])
    }
  }
}

/// The shape rule of losses that compare element by element. Broadcasting would turn predictions
/// `[N, 1]` and targets `[N]` into N² pairs without a word.
@discardableResult
package func pairedShape(_ prediction: Shape, _ target: Shape) throws(ShapeError) -> Shape {
  guard prediction == target else {
    throw ShapeError(
      "prediction and target differ in shape. prediction \(prediction) · target \(target)")
  }
  return prediction
}
