import Neuronika
import NeuronikaBenchmarking

/// Refuses a result that is not that of the operations' specifications in `Double`.
///
/// - Parameters:
///   - ours: What the engine computed.
///   - reference: What the specifications give.
///   - what: Which benchmark, and what of it.
func compare(_ ours: Tensor, with reference: ReferenceTensor, _ what: String) throws {
  let scale = reference.elements.reduce(0.01) { max($0, $1.magnitude) }
  for (index, (a, b)) in zip(ours.elements, reference.elements).enumerated()
  where !((Double(a) - b).magnitude <= 1e-4 * scale) {
    throw WrongResult("\(what) is \(a) at element \(index), but has to be \(b)")
  }
}

/// Refuses a step whose losses are wrong: they have to be finite and the same, bit for bit, the second
/// time, and a step has to lower the loss of its batch.
///
/// - Returns: The first 20 losses.
@discardableResult
func verify(_ trainer: Trainer) throws -> [Float] {
  let (first, second) = (trainer.losses(20), trainer.losses(20))
  func fail(_ what: String) -> WrongResult {
    WrongResult("\(trainer.task.id): \(what)\n  \(trainer.task.summary)")
  }
  if let step = first.firstIndex(where: { !$0.isFinite }) {
    throw fail("the loss of step \(step) is \(first[step])")
  }
  if let step = zip(first, second).enumerated().first(where: { $1.0 != $1.1 })?.offset {
    throw fail("step \(step) has a loss of \(first[step]), but \(second[step]) when run again")
  }
  trainer.reset()
  let (before, after) = (trainer.step(0), trainer.step(0))
  if after > before {
    throw fail("a step raised the loss of its own batch from \(before) to \(after)")
  }
  return first
}

/// Refuses a model whose loss or gradients are not those of the specifications, on one example and with
/// narrow layers: specifications are slow.
func verifyGradients(_ task: TrainingTask) throws {
  let task = task.narrowed
  let trainer = Trainer(task, TrainingData(task, seed: 1))
  trainer.reset()
  let loss = trainer.loss(on: 0)
  loss.backward()
  // All gradients in one number, so that the specifications compute the model once: what each is
  // along its own signs, as a share of what it has to be. Nothing cancels, and no parameter is too
  // small to count.
  let parameters = trainer.parameters
  let shares = zip(grad(of: loss, wrt: parameters), parameters).map { slope, parameter in
    let own = parameter.grad.elements
    let norm = max(own.reduce(0) { $0 + $1.magnitude }, .leastNormalMagnitude)
    let signs = Tensor(own.map { $0 < 0 ? -1 / norm : 1 / norm }, shape: slope.shape)
    return (slope * Var(signs)).sum()
  }
  let total = shares.dropFirst().reduce(shares[0], +)
  try compare(loss.data, with: loss.referenceValue(), "\(task.id): the loss of one example")
  try compare(
    Tensor(Float(shares.count)), with: total.referenceValue(),
    "\(task.id): the sum over all parameters of their gradients' shares")
}

nonisolated extension TrainingTask {
  /// The same layers with few units and channels, for one batch of one example.
  fileprivate var narrowed: TrainingTask {
    var task = self
    (task.batch, task.batches) = (1, 1)
    task.layers = layers.map { layer in
      switch layer {
      case .linear(let outputs): .linear(outputs: min(outputs, 16))
      case .convolution(let channels, let kernel, let padding):
        .convolution(channels: min(channels, 4), kernel: kernel, padding: padding)
      case .maxPool, .flatten, .activation: layer
      }
    }
    return task
  }
}
