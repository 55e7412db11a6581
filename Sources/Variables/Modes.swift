import NeuronikaGraphs

extension Variable {
  /// Switches all that this is computed from to training: dropout drops, batch normalisation looks
  /// at the batch.
  ///
  /// Every ancestor is reached, and every part that shares its ``TrainingMode``. What is computed
  /// already stays until the next `forward()`, which takes the plan of the other mode.
  public func train() { setTraining(true) }

  /// Switches all that this is computed from to use: dropout does nothing, batch normalisation goes
  /// by its running statistics. As ``train()``.
  public func eval() { setTraining(false) }

  private func setTraining(_ isTraining: Bool) {
    for node in topologicalOrder(of: [node]) {
      node.operation.trainingMode?.isTraining = isTraining
    }
  }
}
