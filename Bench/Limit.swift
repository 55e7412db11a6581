import Neuronika

/// What a training step can't do without, timed alone: its products of matrices, and three times the
/// bytes of its parameters through memory, as a plain addition moves them. For models of linear layers
/// only: what a convolution can't do without depends on the order in which its operands lie.
final class Limit {
  private var work: [Var]

  init?(_ task: TrainingTask) {
    if task.isConvolutional { return nil }
    work = []
    for (index, shape) in task.weights.enumerated() {
      let input = Var.rand(task.batch, shape[1])
      let weight = Var.rand(Shape(shape))
      let upstream = Var.rand(task.batch, shape[0])
      work.append(input.mmT(weight))
      work.append(upstream.t().mm(input))
      if index > 0 { work.append(upstream.mm(weight)) }
    }
    for shape in task.weights {
      work.append(Var.rand(Shape(shape)) + Var.rand(Shape(shape)))
    }
  }

  /// - Parameters:
  ///   - warmup: The steps before the clock starts.
  ///   - steps: The steps that are timed.
  /// - Returns: Nanoseconds a step.
  func time(warmup: Int, steps: Int) -> Double {
    for _ in 0..<warmup { run() }
    let start = ContinuousClock.now
    for _ in 0..<steps { run() }
    return (ContinuousClock.now - start).nanoseconds / Double(steps)
  }

  private func run() { for result in work { result.forward() } }
}
