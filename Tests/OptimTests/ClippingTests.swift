import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaOptim
import NeuronikaTensors
import NeuronikaVariables
import Testing

@Suite struct ClippingTests {
  private func withGradients(scale: Float = 1) -> [VarDiff] {
    let parameters = makeParameters([Shape(20_011), Shape(3), Shape(), Shape(0), Shape(170, 101)])
    let source = RandomSource(seed: 8)
    for parameter in parameters {
      var gradient = Tensor.randn(parameter.shape, using: source)
      gradient.withUnsafeMutableElements { for i in $0.indices { $0[i] *= scale } }
      parameter.grad = gradient
    }
    return parameters
  }

  private func norm(_ parameters: [VarDiff]) -> Double {
    parameters.flatMap(\.grad.elements).reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  @Test(arguments: [Float(1), 1e-20, 1e19, 1e30]) func theNormIsThatOfAllGradients(
    _ scale: Float
  ) {
    let parameters = withGradients(scale: scale)
    let expected = norm(parameters)
    #expect((clipGradients(parameters, toNorm: 1e38) / expected - 1).magnitude < 1e-12)
  }

  @Test func gradientsAreShortenedToTheBound() {
    let parameters = withGradients()
    let before = parameters.map(\.grad)
    let length = norm(parameters)
    #expect(clipGradients(parameters, toNorm: 2) > 100)
    #expect((norm(parameters) - 2).magnitude < 1e-5)
    for (parameter, former) in zip(parameters, before) {
      for (new, old) in zip(parameter.grad.elements, former.elements) {
        #expect((Double(new) - Double(old) * 2 / length).magnitude < 1e-7)
      }
    }
  }

  @Test func gradientsWithinTheBoundStay() {
    let parameters = withGradients()
    let before = parameters.map(\.grad)
    clipGradients(parameters, toNorm: 1000)
    #expect(parameters.map(\.grad) == before)
  }

  @Test func aNormThatIsNotFiniteIsToldAndChangesNothing() {
    let a = Var.ones(3).requiresGrad()
    a.grad = Tensor([1, .infinity, 2])
    #expect(clipGradients([a], toNorm: 1) == .infinity)
    #expect(a.grad.elements == [1, .infinity, 2])
    a.grad = Tensor([1, .nan, 2])
    #expect(clipGradients([a], toNorm: 1).isNaN)
    #expect(a.grad.elements[2] == 2)
  }

  @Test func absentGradientsAndRepeatedParametersCountOnce() {
    let a = Var.ones(2).requiresGrad()
    let b = Var.ones(2).requiresGrad()
    a.grad = Tensor([3, 4])
    #expect(clipGradients([a, b, a], toNorm: 10) == 5)
    #expect(clipGradients([b], toNorm: 10) == 0)
    #expect(clipGradients([], toNorm: 10) == 0)
    #expect(clipGradients([a, a], toNorm: 0) == 5)
    #expect(a.grad.elements == [0, 0])
  }

  @Test func numbersAreBroughtBetweenTheBounds() {
    let a = Var.ones(5).requiresGrad()
    a.grad = Tensor([-3, -0.5, 0, 0.5, 3])
    clipGradients([a], toMagnitude: 1)
    #expect(a.grad.elements == [-1, -0.5, 0, 0.5, 1])
    a.grad = Tensor([.nan, .infinity, -.infinity, 0, 1])
    clipGradients([a], toMagnitude: 2)
    #expect(a.grad.elements[0].isNaN && Array(a.grad.elements[1...]) == [2, -2, 0, 1])
  }

  @Test func whoSharesMemoryWithAGradientDoesNotSeeTheClipping() {
    let a = Var.from(Tensor([3, 4])).requiresGrad()
    let b = Var.from(Tensor([6, 8])).requiresGrad()
    (a * b).sum().backward()
    let copy = a.grad
    clipGradients([a, b], toNorm: 1)
    #expect(copy.elements == [6, 8])
    #expect(a.data.elements == [3, 4] && b.data.elements == [6, 8])
  }

  @Test func theNumberOfThreadsChangesNoBit() {
    func run(_ threads: Int) -> ([[Float]], Double) {
      withThreads(threads) {
        let parameters = withGradients()
        let norm = clipGradients(parameters, toNorm: 0.3)
        return (parameters.map(\.grad.elements), norm)
      }
    }
    #expect(run(1) == run(2))
  }

  @Test func mistakesStop() async {
    let bound = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { clipGradients([Var.ones(2).requiresGrad()], toNorm: .nan) }
    expect(bound, says: "clipGradients: the norm has to be finite and at least 0.0, but is nan")
    let computed = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { clipGradients([Var.ones(2).requiresGrad() + 1], toMagnitude: 1) }
    expect(
      computed,
      says:
        "clipGradients: only a leaf has a gradient to clip, but one of the parameters, of shape "
        + "[2], is the result of +")
  }
}
