import NeuronikaGraphs
import NeuronikaNN
import NeuronikaOptim
import NeuronikaTensors
import NeuronikaVariables
import Testing

private struct Network: Module {
  let output = Linear(784, 10)
  var children: Children { ["output": output] }
}

@Suite struct LinearTests {
  @Test func shapesAreThoseOfTheDocumentation() {
    let layer = Linear(5, 3)
    #expect(layer.weight.shape == Shape(3, 5) && layer.bias?.shape == Shape(3))
    #expect(layer(Var.ones(7, 5)).shape == Shape(7, 3))
    #expect(Linear(5, 3, bias: false).bias == nil)
  }

  @Test func valuesAreTheAffineMap() {
    let layer = Linear(2, 3)
    layer.weight.data = [[1, 2], [3, 4], [5, 6]]
    layer.bias!.data = [10, 20, 30]
    let input = Var.from([[1, 0], [0, 1], [1, -1]])
    #expect(layer(input).data == [[11, 23, 35], [12, 24, 36], [9, 19, 29]])
    var plain = layer
    plain.bias = nil
    #expect(plain(input).data == [[1, 3, 5], [2, 4, 6], [-1, -1, -1]])
  }

  @Test func gradientsAreThoseOfTheFormula() {
    let layer = Linear(2, 3)
    let input = Var.from([[1, 2], [3, 4]]).requiresGrad()
    let upstream: Tensor = [[1, 0, 2], [0, 1, -1]]
    layer(input).backward(upstream)
    #expect(layer.bias!.grad == [1, 1, 1])
    #expect(layer.weight.grad == [[1, 2], [3, 4], [-1, 0]])
    let expected = Var.from(upstream).mm(Var.from(layer.weight.data)).data
    for (gradient, expected) in zip(input.grad.elements, expected.elements) {
      #expect((gradient - expected).magnitude < 1e-6)
    }
  }

  @Test func initialValuesAreUniformWithinTheirBound() {
    let layer = Linear(400, 300, using: RandomSource(seed: 4))
    let values = layer.weight.data.elements
    let bound = Float(1 / 20.0)
    #expect(values.allSatisfy { -bound <= $0 && $0 < bound })
    #expect(values.min()! < -0.99 * bound && values.max()! > 0.99 * bound)
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    let variance = values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)
    #expect(mean.magnitude < 4 * 0.05 / (3 * 120_000).squareRoot())
    #expect((variance / (0.0025 / 3) - 1).magnitude < 0.02)
    #expect(layer.bias!.data.elements.allSatisfy { -bound <= $0 && $0 < bound })
  }

  @Test func equalSeedsGiveEqualLayers() {
    let (a, b) = (Linear(4, 3, using: RandomSource(seed: 8)), withSeed(8) { Linear(4, 3) })
    #expect(a.state == b.state)
    #expect(Linear(4, 3, using: RandomSource(seed: 9)).state != a.state)
  }

  @Test func messagesOfTheEnginePrintThePath() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let network = Network()
      _ = network.parameters
      _ = network.output(Var.ones(32, 128))
    }
    expect(
      result,
      says: "Linear: takes [..., 784], but got [32, 128] (its weight is \"output.weight\")")
  }

  @Test func aTinyRegressionConverges() {
    let source = RandomSource(seed: 11)
    let inputs = Var.randn(64, 3, using: source)
    let truth = Linear(3, 1, using: source)
    truth.bias!.data = [0.5]
    let targets = truth(inputs).detached()
    let model = Linear(3, 1, using: source)
    for optimizer in [
      SGD(model.parameters, learningRate: 0.2) as any Optimizer,
      SGD(model.parameters, learningRate: 0.05, momentum: 0.9, nesterov: true),
      Adam(model.parameters, learningRate: 0.05),
    ] {
      model.weight.data = [[3, -3, 3]]
      model.bias!.data = [-2]
      var last: Float = .infinity
      for _ in 0..<400 {
        let loss = mseLoss(model(inputs), targets)
        loss.backward()
        optimizer.step()
        optimizer.zeroGrad()
        last = loss.item
      }
      #expect(last < 1e-6)
      for (learned, right) in zip(model.weight.data.elements, truth.weight.data.elements) {
        #expect((learned - right).magnitude < 1e-3)
      }
    }
  }
}
