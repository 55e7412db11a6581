import Neuronika
import NeuronikaBenchmarking

/// Steps of the optimizers over the 535,818 parameters of a multilayer perceptron, gradients given.
let optimizerBenchmarks: [Benchmark] = [
  optimizer("sgd", tensors: 3) { SGD($0, learningRate: 1e-6) },
  optimizer("momentum", tensors: 4) { SGD($0, learningRate: 1e-6, momentum: 0.9) },
  optimizer("adam", tensors: 7) { Adam($0, learningRate: 1e-6) },
  optimizer("rmsprop", tensors: 5) { RMSProp($0, learningRate: 1e-6) },
]

/// - Parameter tensors: How often a step has to read or write as many numbers as there are parameters.
private func optimizer(
  _ name: String, tensors: Double, _ make: @escaping ([VarDiff]) -> any Optimizer
) -> Benchmark {
  let shapes: [Shape] = [[512, 784], [512], [256, 512], [256], [10, 256], [10]]
  let count = shapes.reduce(0) { $0 + $1.count }
  return Benchmark(
    "optimizer/" + name, group: "optimizers", summary: "\(count) parameters",
    work: Benchmark.Work(
      items: Double(count), unit: "parameters", bytes: 4 * tensors * Double(count))
  ) {
    let parameters = withSeed(1) { shapes.map { Var.rand($0).requiresGrad() } }
    for parameter in parameters { parameter.grad = Tensor(repeating: 1, shape: parameter.shape) }
    let optimizer = make(parameters)
    return Benchmark.Prepared(
      run: { for _ in 0..<$0 { optimizer.step() } },
      verify: {
        let before = parameters.map { $0.data[0, default: 0] }
        optimizer.step()
        let after = parameters.map { $0.data[0, default: 0] }
        guard zip(before, after).allSatisfy({ $1 < $0 }) else {
          throw WrongResult("optimizer/\(name): a step along a gradient of 1 must lower parameters")
        }
      }, count: { .ofSteadyState { optimizer.step() } })
  }
}

extension Tensor {
  fileprivate subscript(place: Int, default nothing: Float) -> Float {
    count > place ? elements[place] : nothing
  }
}
