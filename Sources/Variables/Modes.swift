import NeuronikaGraphs

extension Variable {
  /// Switches all that this is computed from to training: dropout drops.
  ///
  /// Every ancestor is reached, and every part that shares its ``TrainingMode``. What is computed
  /// already stays until the next `forward()`, which takes the plan of the other mode.
  public func train() { setTraining(true) }

  /// Switches all that this is computed from to use: dropout does nothing. As ``train()``.
  public func eval() { setTraining(false) }

  private func setTraining(_ isTraining: Bool) {
    for node in topologicalOrder(of: [node]) {
      node.operation.trainingMode?.isTraining = isTraining
    }
  }
}
