import NeuronikaTensors

/// What becomes of a loss' values, one for each example or element.
public enum LossReduction: Sendable, CaseIterable {
  /// They stay.
  case none
  /// Their sum.
  case sum
  /// Their mean; NaN if there are none.
  case mean
}

extension Variable {
  /// The values of a loss, reduced.
  package func reduced(_ reduction: LossReduction) -> Self {
    switch reduction {
    case .none: self
    case .sum: sum()
    case .mean: mean()
    }
  }
}
