import Neuronika

/// What a training step can't do without, timed alone: its products of matrices, and three times the
/// bytes of its parameters through memory, as a plain addition moves them.
final class Limit {
  private var work: [Var]

  init(_ task: TrainingTask) {
    work = []
    for (index, layer) in task.layers.enumerated() {
      let input = Var.rand(task.batch, layer.inputs)
      let weight = Var.rand(layer.outputs, layer.inputs)
      let upstream = Var.rand(task.batch, layer.outputs)
      work.append(input.mmT(weight))
      work.append(upstream.t().mm(input))
      if index > 0 { work.append(upstream.mm(weight)) }
    }
    for layer in task.layers {
      let shape = Shape(layer.outputs, layer.inputs)
      work.append(Var.rand(shape) + Var.rand(shape))
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
