/// The training steps with figures to reach. Those of classifiers are cross-entropy over 10 classes.
let trainingSteps: [TrainingTask] =
  [
    TrainingTask(
      id: "linear-regression", input: [13], layers: .linear([1]), batch: 64, loss: .squaredError,
      learningRate: 0.01, batches: 16, goal: .nanoseconds(8_000))
  ]
  + [(32, 0.40), (128, 0.40), (512, 0.42)].map { batch, ratio in
    TrainingTask(
      id: "mlp-\(batch)", input: [784], layers: .linear([512, 256, 10]), batch: batch,
      loss: .crossEntropy, learningRate: 0.05, goal: .ratios(["PyTorch": ratio, "JAX": 1]))
  }
  + [
    // Adam moves the weights of a unit that becomes active by whole steps, however small the gradient
    // is. With the usual 0.001, rounding can decide whether one does, and losses part at once.
    TrainingTask(
      id: "mlp-adam-128", input: [784], layers: .linear([512, 256, 10]), batch: 128,
      loss: .crossEntropy, optimizer: .adam, learningRate: 0.0003,
      goal: .ratios(["PyTorch": 0.55])),
    TrainingTask(
      id: "cnn-64", input: [1, 28, 28],
      layers: [
        .convolution(channels: 32, kernel: 3), .activation(kind: .relu),
        .convolution(channels: 64, kernel: 3), .activation(kind: .relu), .maxPool(size: 2),
        .flatten,
      ] + .linear([128, 10]),
      batch: 64, loss: .crossEntropy, learningRate: 0.05,
      goal: .ratios(["PyTorch": 0.45, "PyTorch channels-last": 0.45])),
    TrainingTask(
      id: "lenet5-64", input: [1, 28, 28],
      layers: [
        .convolution(channels: 6, kernel: 5, padding: 2), .activation(kind: .relu),
        .maxPool(size: 2), .convolution(channels: 16, kernel: 5), .activation(kind: .relu),
        .maxPool(size: 2), .flatten,
      ] + .linear([120, 84, 10]),
      batch: 64, loss: .crossEntropy, learningRate: 0.05,
      goal: .ratios(["PyTorch": 0.33, "PyTorch channels-last": 0.33])),
  ]
