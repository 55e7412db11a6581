import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// Random numbers have no contract: no value is the right one. These are their promises.
@Suite struct RandomTests {
  private func uniform(_ shape: Shape) -> Var {
    Var(RandomUniform.node(shape, from: .current))
  }

  @Test func theNumbersAreUniformFrom0To1() {
    withSeed(1) {
      let elements = uniform([300, 400]).data.elements
      let count = Double(elements.count)
      #expect(elements.allSatisfy { 0 <= $0 && $0 < 1 })
      let mean = elements.reduce(0.0) { $0 + Double($1) } / count
      // Six standard deviations of the mean.
      #expect(abs(mean - 0.5) < 6 / (12 * count).squareRoot())
      var bins = [Double](repeating: 0, count: 16)
      for element in elements { bins[Int(element * 16)] += 1 }
      let chiSquared = bins.reduce(0) { $0 + ($1 - count / 16) * ($1 - count / 16) / (count / 16) }
      // Of 15 degrees of freedom: passed once in 10⁶ times.
      #expect(chiSquared < 56.5)
      // Neighbours don't know of each other.
      let products = zip(elements, elements.dropFirst()).reduce(0.0) {
        $0 + (Double($1.0) - 0.5) * (Double($1.1) - 0.5)
      }
      #expect(abs(products / count) < 6 / 12 / count.squareRoot())
    }
  }

  @Test func everyForwardDrawsAnew() {
    let x = uniform([100])
    x.forward()
    let first = x.data
    #expect(x.data == first)
    x.forward()
    #expect(x.data != first)
  }

  @Test func twoDrawsDiffer() {
    let (a, b) = (uniform([100]), uniform([100]))
    let difference = a - b
    difference.forward()
    #expect(difference.data.elements.contains { $0 != 0 })
  }

  @Test func aSeedGivesTheSameNumbers() {
    func run(_ seed: UInt64) -> [Tensor] {
      withSeed(seed) {
        let (a, b) = (uniform([7]), uniform([3, 5]))
        let first = a.data
        a.forward()
        return [first, a.data, b.data]
      }
    }
    let once = run(4)
    // Whatever the process computes in between.
    (Var.ones(3) + 1).forward()
    #expect(run(4) == once)
    #expect(run(5) != once)
  }

  @Test func aGradientAsAVariableSeesTheNumbersToo() {
    let x = Var.rand(64).requiresGrad()
    let y = x.dropout(probability: 0.5).square()
    let total = y.sum()
    total.forward()
    let slope = grad(of: total, wrt: [x])[0]
    let mask = y.data.elements.map { $0 == 0 }
    #expect(slope.data.elements.map { $0 == 0 } == mask)
    let curvature = hessianVectorProduct(of: total, wrt: [x], along: [Var.ones(64)])[0]
    #expect(curvature.data.elements == mask.map { $0 ? 0 : 8 })
  }

  @Test func aBackwardSeesTheNumbersOfItsForward() {
    let x = Var.ones(64).requiresGrad()
    let noise = RandomUniform.node([64], from: .current)
    let y = x * Var(noise)
    for _ in 0..<3 {
      y.forward()
      y.backward()
      #expect(x.grad == y.data)
      x.zeroGrad()
      // By a plan that has to compute them again.
      y.backward(Tensor(repeating: 1, shape: [64]))
      #expect(x.grad == y.data)
      x.zeroGrad()
    }
    withoutGradients { y.forward() }
    y.backward()
    #expect(x.grad == y.data)
  }
}
