import Neuronika

/// Layers in a row, as a user would write them.
nonisolated struct Network: Module {
  let layers: [any NetworkLayer]

  var children: Children { ["layers": layers] }

  init(_ task: TrainingTask) {
    layers = task.stages.map { stage in
      switch stage.layer {
      case .linear(let outputs): Linear(stage.input[0], outputs, bias: task.hasBias)
      case .convolution(let channels, let kernel, let padding):
        Convolution(stage.input[0], channels, kernel, padding: padding, hasBias: task.hasBias)
      case .maxPool(let size): MaxPool(size: size)
      case .flatten: Flatten()
      case .activation(let kind): Activation(kind: kind)
      }
    }
  }

  /// - Returns: The last layer's outputs, and what it was given.
  func callAsFunction(_ input: VarDiff) -> (scores: VarDiff, hidden: VarDiff) {
    let hidden = layers.dropLast().reduce(input) { $1($0) }
    return (layers[layers.count - 1](hidden), hidden)
  }
}

nonisolated protocol NetworkLayer: Module {
  func callAsFunction(_ input: VarDiff) -> VarDiff
}

nonisolated extension Linear: NetworkLayer {}

/// Square kernels that move by 1.
private nonisolated struct Convolution: NetworkLayer {
  let weight: VarDiff
  let bias: VarDiff?
  let padding: Int

  var children: Children { ["weight": weight, "bias": bias] }

  init(_ inputs: Int, _ outputs: Int, _ kernel: Int, padding: Int, hasBias: Bool) {
    weight = Var.zeros(outputs, inputs, kernel, kernel).requiresGrad()
    bias = hasBias ? Var.zeros(outputs).requiresGrad() : nil
    self.padding = padding
  }

  func callAsFunction(_ input: VarDiff) -> VarDiff {
    let result = input.convolution(weight, padding: PerAxis(padding))
    return bias.map { result + $0.reshape([$0.shape[0], 1, 1]) } ?? result
  }
}

private nonisolated struct MaxPool: NetworkLayer {
  let size: Int
  var children: Children { [:] }
  func callAsFunction(_ input: VarDiff) -> VarDiff { input.maxPool(kernelSize: PerAxis(size)) }
}

private nonisolated struct Flatten: NetworkLayer {
  var children: Children { [:] }
  func callAsFunction(_ input: VarDiff) -> VarDiff {
    input.reshape([input.shape[0], input.shape.count / input.shape[0]])
  }
}

private nonisolated struct Activation: NetworkLayer {
  let kind: TrainingTask.Activation
  var children: Children { [:] }
  func callAsFunction(_ input: VarDiff) -> VarDiff {
    switch kind {
    case .relu: input.relu()
    case .tanh: input.tanh()
    case .softplus: input.softplus()
    }
  }
}
