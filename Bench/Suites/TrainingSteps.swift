/// The training steps with figures to reach. Those of classifiers are cross-entropy over 10 classes.
let trainingSteps: [TrainingTask] =
  [
    TrainingTask(
      id: "linear-regression", widths: [13, 1], batch: 64, loss: .squaredError,
      learningRate: 0.01, batches: 16, goal: .nanoseconds(8_000))
  ]
  + [(32, 0.40), (128, 0.40), (512, 0.42)].map { batch, ratio in
    TrainingTask(
      id: "mlp-\(batch)", widths: [784, 512, 256, 10], batch: batch, loss: .crossEntropy,
      learningRate: 0.05, goal: .ratios(["PyTorch": ratio, "JAX": 1]))
  }
