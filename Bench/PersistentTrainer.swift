import Neuronika

/// Trains like ``Trainer``, but on a graph that was built once: the batches are put into its leaves.
final class PersistentTrainer {
  private let trainer: Trainer
  private let inputs: Var
  private let targets: Var
  private let loss: VarDiff

  init(_ trainer: Trainer) {
    self.trainer = trainer
    let first = trainer.tensors(0)
    (inputs, targets) = (Var(first.inputs), Var(first.targets))
    loss = trainer.loss(VarDiff(inputs), targets)
  }

  func reset() { trainer.reset() }

  /// One training step on the batch whose turn it is.
  ///
  /// - Returns: The loss before the step.
  func step(_ index: Int) -> Float {
    let batch = trainer.tensors(index)
    (inputs.data, targets.data) = (batch.inputs, batch.targets)
    loss.forward()
    loss.backward()
    trainer.update()
    return loss.item
  }
}
