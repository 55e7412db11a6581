import Neuronika

/// A network of linear layers, as a user would write it.
struct Perceptron: Module {
  var layers: [Linear]
  var activation: TrainingTask.Activation

  var children: Children { ["layers": layers] }

  /// - Returns: The last layer's outputs and the last hidden layer, if there is one.
  func callAsFunction(_ input: Var) -> (scores: VarDiff, hidden: VarDiff?) {
    var hidden: VarDiff?
    var scores = layers[0](input)
    for layer in layers.dropFirst() {
      let activated =
        switch activation {
        case .relu: scores.relu()
        case .tanh: scores.tanh()
        case .softplus: scores.softplus()
        }
      hidden = activated
      scores = layer(activated)
    }
    return (scores, hidden)
  }
}

/// Trains the model of a task, define-by-run: each step builds its graph anew and reads its loss.
final class Trainer {
  let task: TrainingTask
  private let network: Perceptron
  private let optimizer: SGD
  private let initial: [Tensor]
  private let batches: [(inputs: Var, targets: Var)]

  init(_ task: TrainingTask, _ data: TrainingData) {
    self.task = task
    network = Perceptron(
      layers: task.layers.map { Linear($0.inputs, $0.outputs, bias: task.hasBias) },
      activation: task.activation)
    optimizer = SGD(network.parameters, learningRate: task.learningRate)
    initial = task.layers.enumerated().flatMap { index, layer in
      let weight = Tensor(data.weights[index], shape: Shape(layer.outputs, layer.inputs))
      return task.hasBias
        ? [weight, Tensor(data.biases[index], shape: Shape(layer.outputs))] : [weight]
    }
    let targets =
      task.loss == .crossEntropy ? Shape(task.batch) : Shape(task.batch, task.widths.last!)
    batches = data.batches.map {
      (
        Var(Tensor($0.inputs, shape: Shape(task.batch, task.widths[0]))),
        Var(Tensor($0.targets, shape: targets))
      )
    }
  }

  /// Goes back to the initial weights.
  func reset() {
    for (parameter, value) in zip(network.parameters, initial) { parameter.data = value }
  }

  /// One training step on the batch whose turn it is.
  ///
  /// - Returns: The loss before the step.
  func step(_ index: Int) -> Float {
    let batch = batches[index % batches.count]
    let loss = loss(batch.inputs, batch.targets)
    loss.forward()
    loss.backward()
    optimizer.step()
    optimizer.zeroGrad()
    return loss.item
  }

  private func loss(_ inputs: Var, _ targets: Var) -> VarDiff {
    let (scores, hidden) = network(inputs)
    var loss =
      switch task.loss {
      case .crossEntropy: scores.crossEntropy(targets)
      case .squaredError: mseLoss(scores, targets)
      }
    for term in task.terms {
      switch term.kind {
      case .weights:
        for layer in network.layers { loss = loss + layer.weight.pow(2).sum() * term.factor }
      case .scores: loss = loss + scores.pow(2).mean() * term.factor
      case .activity: if let hidden { loss = loss + hidden.abs().mean() * term.factor }
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
}

extension Duration {
  var nanoseconds: Double {
    Double(components.seconds) * 1e9 + Double(components.attoseconds) * 1e-9
  }
}
