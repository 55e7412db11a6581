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

private let amsgrad = Formula { w, g, b, step in
  b[0] = 0.9 * b[0] + 0.1 * g
  b[1] = 0.99 * b[1] + 0.01 * g * g
  b[2] = max(b[2], b[1])
  let root = (b[2] / (1 - pow(0.99, Double(step)))).squareRoot()
  return w - 0.01 / (1 - pow(0.9, Double(step))) * b[0] / (root + 1e-8)
}

private let adamW = Formula { w, g, b, step in
  let decayed = w - 0.01 * 0.3 * w
  return decayed + adam(0.9, 0.999, 1e-8, 0).step(0, g, &b, step)
}

private func adagrad(_ decay: Double, _ epsilon: Double, _ lambda: Double) -> Formula {
  Formula { w, gradient, b, step in
    let g = gradient + 2 * lambda * w
    b[0] += g * g
    return w - 0.1 / (1 + Double(step - 1) * decay) * g / (b[0].squareRoot() + epsilon)
  }
}

/// The mean square, the mean, the momentum: as the formula is published.
private func rmsProp(_ momentum: Double, _ isCentered: Bool, _ lambda: Double) -> Formula {
  Formula { w, gradient, b, _ in
    let g = gradient + lambda * sign(w)
    b[0] = 0.9 * b[0] + 0.1 * g * g
    b[1] = 0.9 * b[1] + 0.1 * g
    let square = isCentered ? b[0] - b[1] * b[1] : b[0]
    b[2] = momentum * b[2] + g / (square.squareRoot() + 1e-3)
    return w - 0.01 * b[2]
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
  Variant("AMSGrad", amsgrad) { AMSGrad($0, learningRate: 0.01, betas: (0.9, 0.99)) },
  Variant("AdamW", adamW) { AdamW($0, learningRate: 0.01, weightDecay: 0.3) },
  Variant("Adagrad", adagrad(0, 1e-10, 0)) { Adagrad($0, learningRate: 0.1) },
  Variant("Adagrad with decay and L2", adagrad(0.5, 0.1, 0.2)) {
    Adagrad($0, learningRate: 0.1, learningRateDecay: 0.5, epsilon: 0.1, penalty: L2(0.2))
  },
  Variant("RMSProp", rmsProp(0, false, 0)) {
    RMSProp($0, learningRate: 0.01, smoothing: 0.9, epsilon: 1e-3)
  },
  Variant("RMSProp with momentum and L1", rmsProp(0.7, false, 0.2)) {
    RMSProp(
      $0, learningRate: 0.01, smoothing: 0.9, momentum: 0.7, epsilon: 1e-3, penalty: L1(0.2))
  },
  Variant("RMSProp, centered", rmsProp(0, true, 0)) {
    RMSProp($0, learningRate: 0.01, smoothing: 0.9, centered: true, epsilon: 1e-3)
  },
  Variant("RMSProp, centered, with momentum", rmsProp(0.7, true, 0)) {
    RMSProp($0, learningRate: 0.01, smoothing: 0.9, momentum: 0.7, centered: true, epsilon: 1e-3)
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

  @Test func defaultsAreThePublishedOnes() {
    let parameters = makeParameters([Shape(1)])
    let adam = Adam(parameters)
    #expect(adam.learningRate == 0.001 && adam.betas == (0.9, 0.999) && adam.epsilon == 1e-8)
    let amsgrad = AMSGrad(parameters)
    #expect(amsgrad.learningRate == 0.001 && amsgrad.betas == (0.9, 0.999))
    #expect(amsgrad.epsilon == 1e-8)
    let adamW = AdamW(parameters)
    #expect(adamW.learningRate == 0.001 && adamW.betas == (0.9, 0.999))
    #expect(adamW.epsilon == 1e-8 && adamW.weightDecay == 0.01)
    let adagrad = Adagrad(parameters)
    #expect(adagrad.learningRate == 0.01 && adagrad.learningRateDecay == 0)
    #expect(adagrad.epsilon == 1e-10)
    let rmsProp = RMSProp(parameters)
    #expect(rmsProp.learningRate == 0.01 && rmsProp.smoothing == 0.99 && rmsProp.epsilon == 1e-8)
    #expect(rmsProp.momentum == 0 && !rmsProp.isCentered)
  }

  @Test(arguments: [Float(1), 1e-3, 0.1, 3e7]) func aConstantGradientHasAVarianceOfZero(
    _ gradient: Float
  ) {
    // In floats the mean square minus the square of the mean is negative in some of these steps.
    let parameter = Var.zeros(3).requiresGrad()
    let optimizer = RMSProp([parameter], smoothing: 0.9, centered: true, epsilon: 1)
    for _ in 0..<300 {
      parameter.grad = Tensor(repeating: gradient, shape: Shape(3))
      optimizer.step()
      #expect(parameter.data.elements.allSatisfy { $0.isFinite })
    }
    let (mean, variance) = (
      optimizer.updates.buffer("mean", of: 0)!, optimizer.updates.buffer("variance", of: 0)!
    )
    #expect(mean.elements.allSatisfy { ($0 - gradient).magnitude <= 1e-5 * gradient })
    #expect(variance.elements.allSatisfy { $0 >= 0 && $0 <= 1e-9 * gradient * gradient })
  }

  @Test func momentumThatComesAndGoesLeavesTheMeansAlone() {
    let parameter = Var.zeros(1).requiresGrad()
    let optimizer = RMSProp([parameter], smoothing: 0.5)
    parameter.grad = Tensor([2])
    optimizer.step()
    optimizer.momentum = 0.9
    optimizer.step()
    #expect(optimizer.updates.buffer("meanSquare", of: 0)?.elements == [3])
    #expect(optimizer.updates.buffer("momentum", of: 0) != nil)
    optimizer.momentum = 0
    optimizer.step()
    #expect(optimizer.updates.buffer("meanSquare", of: 0)?.elements == [3.5])
    #expect(optimizer.updates.steps(of: 0) == 3)
  }

  @Test func weightDecayIsExactOverManySteps() {
    let parameter = Var.ones(1).requiresGrad()
    let optimizer = AdamW([parameter])
    for _ in 0..<20_000 {
      parameter.grad = .zeros(Shape(1))
      optimizer.step()
    }
    // (1 - 1e-5)^20000; the factor as a float would be 0.14 % away from 1e-5.
    #expect((Double(parameter.data.item) - pow(1 - 1e-5, 20_000)).magnitude < 3e-4)
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
