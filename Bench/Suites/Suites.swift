import Neuronika
import NeuronikaBenchmarking

/// The benchmarks that were chosen.
struct Chosen {
  /// Those that train, whose losses are recorded, too.
  let steps: [TrainingStep]
  let others: [Benchmark]

  var benchmarks: [Benchmark] { steps.map(\.benchmark) + others }
}

extension Selection {
  /// The training steps that were chosen.
  @MainActor var tasks: [TrainingTask] {
    get throws { try choose(trainingSteps + randomModels(random, seed: seed), \.id) }
  }

  /// All benchmarks that were chosen, suite by suite.
  @MainActor var chosen: Chosen {
    get throws {
      let steps = (trainingSteps + randomModels(random, seed: seed)).map {
        TrainingStep($0, seed: seed)
      }
      let others =
        operationBenchmarks + graphBenchmarks(seed: seed) + optimizerBenchmarks
        + loadingBenchmarks + wholeProgramBenchmarks
      let names = Set(try choose(steps.map(\.task.id) + others.map(\.id), \.self))
      return Chosen(
        steps: steps.filter { names.contains($0.task.id) },
        others: others.filter { names.contains($0.id) })
    }
  }

  /// All benchmarks that were chosen.
  @MainActor var benchmarks: [Benchmark] { get throws { try chosen.benchmarks } }
}

extension Counters {
  /// What the engine counted, one number for each name.
  init(_ engine: EngineCounters) {
    self.init([
      "nodes": engine.nodes, "compilations": engine.compilations, "runs": engine.runs,
      "steps": engine.steps, "products": engine.products, "convolutions": engine.convolutions,
      "buffers": engine.buffers, "bytes": engine.bytes, "flops": engine.flops,
    ])
    for (kernel, calls) in engine.kernels {
      values["kernel_" + kernel.replacing(" ", with: "_")] = calls
    }
  }

  /// What a body makes the engine do in the steady state: it runs twice before.
  static func ofSteadyState(_ body: () -> Void) -> Counters {
    for _ in 0..<2 { body() }
    return Counters(countingWork(body).counters)
  }
}
