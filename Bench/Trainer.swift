import Neuronika
import NeuronikaBenchmarking

/// Trains the model of a task, define-by-run: each step builds its graph anew and reads its loss.
final class Trainer {
  let task: TrainingTask
  private let network: Network
  var parameters: [VarDiff] { network.parameters }
  /// All learnables but the biases.
  private let weights: [VarDiff]
  private var optimizer: any Optimizer
  private let initial: [Tensor]
  private let batches: [(inputs: VarDiff, targets: Var)]

  init(_ task: TrainingTask, _ data: TrainingData) {
    self.task = task
    network = Network(task)
    weights = network.parameters.filter { $0.rank > 1 }
    optimizer = Trainer.optimizer(task, network)
    initial = task.weights.enumerated().flatMap { index, shape in
      let weight = Tensor(data.weights[index], shape: Shape(shape))
      return task.hasBias ? [weight, Tensor(data.biases[index], shape: Shape(shape[0]))] : [weight]
    }
    let targets = task.loss == .crossEntropy ? Shape(task.batch) : Shape(task.batch, task.outputs)
    batches = data.batches.map {
      (
        VarDiff(Var(Tensor($0.inputs, shape: Shape([task.batch] + task.input)))),
        Var(Tensor($0.targets, shape: targets))
      )
    }
  }

  private static func optimizer(_ task: TrainingTask, _ network: Network) -> any Optimizer {
    switch task.optimizer {
    case .sgd: SGD(network.parameters, learningRate: task.learningRate)
    case .adam: Adam(network.parameters, learningRate: task.learningRate)
    }
  }

  /// Goes back to the initial weights, and to an optimizer that remembers nothing.
  func reset() {
    for (parameter, value) in zip(network.parameters, initial) { parameter.data = value }
    optimizer = Trainer.optimizer(task, network)
  }

  /// One training step on the batch whose turn it is.
  ///
  /// - Returns: The loss before the step.
  func step(_ index: Int) -> Float {
    let loss = loss(on: index)
    loss.forward()
    loss.backward()
    update()
    return loss.item
  }

  /// Moves the parameters along their gradients, which are zeros then.
  func update() {
    optimizer.step()
    optimizer.zeroGrad()
  }

  /// The numbers of the batch whose turn it is.
  func tensors(_ index: Int) -> (inputs: Tensor, targets: Tensor) {
    let batch = batches[index % batches.count]
    return (batch.inputs.data, batch.targets.data)
  }

  /// Builds the loss of the batch whose turn it is.
  func loss(on index: Int) -> VarDiff {
    let batch = batches[index % batches.count]
    return loss(batch.inputs, batch.targets)
  }

  /// Builds the loss of a batch.
  func loss(_ inputs: VarDiff, _ targets: Var) -> VarDiff {
    let (scores, hidden) = network(inputs)
    var loss =
      switch task.loss {
      case .crossEntropy: scores.crossEntropy(targets)
      case .squaredError: mseLoss(scores, targets)
      }
    for term in task.terms {
      switch term.kind {
      case .weights:
        for weight in weights { loss = loss + weight.pow(2).sum() * term.factor }
      case .scores: loss = loss + scores.pow(2).mean() * term.factor
      case .activity: loss = loss + hidden.abs().mean() * term.factor
      }
    }
    return loss
  }

  /// The losses of the first steps from the initial weights.
  func losses(_ count: Int) -> [Float] {
    reset()
    return (0..<count).map(step)
  }

  /// The time of some steps from the initial weights.
  ///
  /// - Parameters:
  ///   - warmup: The steps before the clock starts.
  ///   - steps: The steps that are timed.
  /// - Returns: Nanoseconds a step.
  func time(warmup: Int, steps: Int) -> Double {
    reset()
    for index in 0..<warmup { _ = step(index) }
    let start = ContinuousClock.now
    for index in warmup..<warmup + steps { _ = step(index) }
    return (ContinuousClock.now - start).nanoseconds / Double(steps)
  }

  /// How many steps take about so many seconds: at least 3, at most 100,000.
  func steps(taking seconds: Double) -> Int {
    let calibration = Calibration(target: seconds * 1e9)
    let steps = calibration.iterations { time(warmup: 2, steps: $0) * Double($0) }
    return min(max(steps, 3), 100_000)
  }
}

extension Duration {
  var nanoseconds: Double {
    Double(components.seconds) * 1e9 + Double(components.attoseconds) * 1e-9
  }
}
