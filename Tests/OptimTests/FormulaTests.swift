import Foundation
import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaOptim
import NeuronikaTensors
import NeuronikaVariables
import Testing

private func descent(_ penalty: @escaping @Sendable (Double) -> Double) -> Formula {
  Formula { w, g, _, _ in w - 0.1 * (g + penalty(w)) }
}

private let momentum = Formula { w, g, b, _ in
  b[0] = 0.9 * b[0] + 0.7 * (g + 2 * 0.01 * w)
  return w - 0.1 * b[0]
}

private let nesterov = Formula { w, g, b, _ in
  b[0] = 0.9 * b[0] + g
  return w - 0.1 * (g + 0.9 * b[0])
}

private func adam(_ b1: Double, _ b2: Double, _ epsilon: Double, _ lambda: Double) -> Formula {
  Formula { w, gradient, b, step in
    let g = gradient + 2 * lambda * w
    b[0] = b1 * b[0] + (1 - b1) * g
    b[1] = b2 * b[1] + (1 - b2) * g * g
    let mean = b[0] / (1 - pow(b1, Double(step)))
    let meanSquare = b[1] / (1 - pow(b2, Double(step)))
    return w - 0.01 * mean / (meanSquare.squareRoot() + epsilon)
  }
}

private struct LogCosh: Penalty {
  func penalty(_ weight: Tile) -> Tile { 0.5 * weight.map(.tanh) }
}

private let variants = [
  Variant("SGD", descent { _ in 0 }) { SGD($0, learningRate: 0.1) },
  Variant("SGD with L1", descent { 0.3 * sign($0) }) {
    SGD($0, learningRate: 0.1, penalty: L1(0.3))
  },
  Variant("SGD with L2", descent { 2 * 0.3 * $0 }) {
    SGD($0, learningRate: 0.1, penalty: L2(0.3))
  },
  Variant("SGD with an elastic net", descent { 0.2 * sign($0) + 2 * 0.3 * $0 }) {
    SGD($0, learningRate: 0.1, penalty: ElasticNet(0.2, 0.3))
  },
  Variant("SGD with a penalty of one's own", descent { 0.5 * tanh($0) }) {
    SGD($0, learningRate: 0.1, penalty: LogCosh())
  },
  Variant("SGD with momentum, dampening and L2", momentum) {
    SGD($0, learningRate: 0.1, momentum: 0.9, dampening: 0.3, penalty: L2(0.01))
  },
  Variant("SGD with Nesterov's momentum", nesterov) {
    SGD($0, learningRate: 0.1, momentum: 0.9, nesterov: true)
  },
  Variant("Adam", adam(0.9, 0.999, 1e-8, 0)) { Adam($0, learningRate: 0.01) },
  Variant("Adam with other numbers and L2", adam(0.5, 0.9, 0.1, 0.05)) {
    Adam($0, learningRate: 0.01, betas: (0.5, 0.9), epsilon: 0.1, penalty: L2(0.05))
  },
]

@Suite struct FormulaTests {
  @Test(arguments: variants) func stepsFollowTheFormula(_ variant: Variant) {
    #expect(worstDifference(variant, steps: 1) < 1e-6)
    #expect(worstDifference(variant, steps: 12) < 1e-5)
  }

  @Test(arguments: variants) func theNumberOfThreadsChangesNoBit(_ variant: Variant) {
    func run(_ threads: Int) -> [[Float]] {
      withThreads(threads) {
        let parameters = makeParameters([Shape(20_011), Shape(3), Shape(17, 1_501)])
        let optimizer = variant.make(parameters)
        let source = RandomSource(seed: 5)
        for _ in 0..<3 {
          for parameter in parameters {
            parameter.grad = .randn(parameter.shape, using: source)
          }
          optimizer.step()
        }
        return parameters.map(\.data.elements)
      }
    }
    #expect(run(1) == run(2))
  }

  @Test(arguments: variants) func storedGradientsStayAsTheyAre(_ variant: Variant) {
    let parameters = makeParameters([Shape(7)])
    let gradient = Tensor.randn(Shape(7), using: RandomSource(seed: 3))
    parameters[0].grad = gradient
    variant.make(parameters).step()
    #expect(parameters[0].grad == gradient)
  }

  @Test func aChangedHyperParameterHoldsFromTheNextStep() {
    let parameter = Var.from(Tensor([1])).requiresGrad()
    let optimizer = SGD([parameter], learningRate: 1)
    parameter.grad = Tensor([1])
    optimizer.step()
    #expect(parameter.data.elements == [0])
    optimizer.learningRate = 0.5
    optimizer.step()
    #expect(parameter.data.elements == [-0.5])
    optimizer.momentum = 0.5
    optimizer.step()
    optimizer.step()
    #expect(parameter.data.elements == [-1.75])
  }
}
