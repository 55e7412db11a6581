import NeuronikaBenchmarking

/// A training step as a benchmark. Weights, batches and graph are made when they are first asked for.
final class TrainingStep {
  let task: TrainingTask
  private let seed: UInt64
  private let data: TrainingData?
  private(set) lazy var trainer = Trainer(task, data ?? TrainingData(task, seed: seed))

  /// - Parameter data: What has been drawn from the seed already.
  init(_ task: TrainingTask, seed: UInt64, data: TrainingData? = nil) {
    (self.task, self.seed, self.data) = (task, seed, data)
  }

  var benchmark: Benchmark {
    Benchmark(
      task.id, group: "training", summary: task.summary,
      work: Benchmark.Work(
        items: Double(task.batch), unit: "rows", flops: task.flops,
        bytes: 3 * 4 * task.weights.reduce(0) { $0 + Double($1.reduce(1, *)) })
    ) { [self] in
      Benchmark.Prepared(
        run: { for step in 0..<$0 { _ = self.trainer.step(step) } },
        reset: {
          self.trainer.reset()
          // The first steps after it copy what the optimizer then changes in place.
          for step in 0..<2 { _ = self.trainer.step(step) }
        },
        verify: {
          try verify(self.trainer)
          try verifyGradients(self.task)
        },
        count: { .ofSteadyState { _ = self.trainer.step(0) } })
    }
  }

  /// The losses from the initial weights on.
  func history() -> LossHistory {
    trainer.reset()
    let start = ContinuousClock.now
    return LossHistory(
      task: task, implementation: "neuronika", seed: seed,
      points: (0..<LossHistory.length).map { step in
        let loss = trainer.step(step)
        return ((ContinuousClock.now - start).nanoseconds / 1e9, loss)
      })
  }
}
