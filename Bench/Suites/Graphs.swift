import Neuronika
import NeuronikaBenchmarking

/// Building a graph against running one that is there, and training with either.
func graphBenchmarks(seed: UInt64) -> [Benchmark] {
  let chain = 50
  return [
    Benchmark(
      "graph/build", group: "graphs", summary: "\(chain) additions built, not computed",
      work: Benchmark.Work(items: Double(chain), unit: "operations")
    ) {
      let x = Var.rand(8).requiresGrad()
      let build = { _ = (0..<chain).reduce(x) { sum, _ in sum + x } }
      return Benchmark.Prepared(
        run: { for _ in 0..<$0 { build() } }, count: { .ofSteadyState(build) })
    },
    Benchmark(
      "graph/rebuild", group: "graphs", summary: "\(chain) additions built, and computed",
      work: Benchmark.Work(items: Double(chain), unit: "operations")
    ) {
      let x = Var.rand(8)
      let step = { (0..<chain).reduce(x) { sum, _ in sum + x }.forward() }
      return Benchmark.Prepared(
        run: { for _ in 0..<$0 { step() } }, count: { .ofSteadyState(step) })
    },
    Benchmark(
      "graph/replay", group: "graphs", summary: "\(chain) additions computed again",
      work: Benchmark.Work(items: Double(chain), unit: "operations")
    ) {
      let x = Var.rand(8)
      let y = (0..<chain).reduce(x) { sum, _ in sum + x }
      return Benchmark.Prepared(
        run: { for _ in 0..<$0 { y.forward() } },
        verify: {
          y.forward()
          let expected = Tensor(x.data.elements.map { $0 * Float(chain + 1) })
          guard zip(y.data.elements, expected.elements).allSatisfy({ abs($0 - $1) < 1e-3 }) else {
            throw WrongResult("graph/replay: \(y.data) has to be \(expected)")
          }
        }, count: { .ofSteadyState { y.forward() } })
    },
    persistent("mlp-128", seed: seed),
  ]
}

/// A training step on a graph that is built once.
private func persistent(_ name: String, seed: UInt64) -> Benchmark {
  let task = trainingSteps.first { $0.id == name }!
  return Benchmark(
    name + "-persistent", group: "graphs", summary: task.summary + ", graph built once",
    work: Benchmark.Work(items: Double(task.batch), unit: "rows", flops: task.flops)
  ) {
    let trainer = PersistentTrainer(Trainer(task, TrainingData(task, seed: seed)))
    return Benchmark.Prepared(
      run: { for step in 0..<$0 { _ = trainer.step(step) } }, reset: { trainer.reset() },
      verify: {
        let rebuilt = Trainer(task, TrainingData(task, seed: seed)).losses(5)
        trainer.reset()
        let kept = (0..<5).map(trainer.step)
        guard rebuilt == kept else {
          throw WrongResult("\(name)-persistent: losses \(kept), but rebuilt \(rebuilt)")
        }
      }, count: { .ofSteadyState { _ = trainer.step(0) } })
  }
}
