import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

@Suite struct HigherOrderTests {
  @Test func aHessianVectorProductIsTheAnalyticOne() {
    // f(x) = Σ (1 − xᵢ)² + 100 (xᵢ₊₁ − xᵢ²)², Rosenbrock's function in two dimensions.
    let x = Var.from([0.5, -0.25]).requiresGrad()
    let (first, second) = (Var.from([1, 0]), Var.from([0, 1]))
    let (a, b) = (x.vv(first), x.vv(second))
    let f = (1 - a).pow(2) + (b - a.pow(2)).pow(2) * 100
    let slope = grad(of: f, wrt: [x])[0]
    let v = Var.from([0.75, -2])
    let product = grad(of: slope.vv(v), wrt: [x])[0]

    let p: Float = 0.5
    let q: Float = -0.25
    let valley: Float = q - p * p
    let inP: Float = -2 * (1 - p) - 400 * p * valley
    let slopes: [Float] = [inP, 200 * valley]
    #expect(slope.data.isNear(Tensor(slopes)))
    let pp: Float = 2 - 400 * (q - 3 * p * p)
    let pq: Float = -400 * p
    let products: [Float] = [pp * 0.75 - pq * 2, pq * 0.75 - 400]
    #expect(product.data.isNear(Tensor(products)))
  }

  @Test func thirdDerivativesAreDerivativesToo() {
    let x = Var.from([2, 3]).requiresGrad()
    var f = x.pow(4).sum()
    for _ in 0..<3 { f = grad(of: f, wrt: [x])[0].sum() }
    #expect(f.item == 24 * 5)
    f.backward()
    #expect(x.grad.elements == [24, 24])
  }

  @Test func aGradientPenaltyReachesTheWeights() {
    // y = Σ w x², so ∂y/∂x = 2wx, the penalty Σ 4w²x², and its slope in w is 8wx².
    let w = Var.from([1, 2, 3]).requiresGrad()
    let x = Var.from([0.5, -1, 2]).requiresGrad()
    let y = (w * x.pow(2)).sum()
    let slope = grad(of: y, wrt: [x])[0]
    let loss = y + (slope * slope).sum()
    loss.forward()
    loss.backward()
    let expected = zip(w.data.elements, x.data.elements).map { $1 * $1 + 8 * $0 * $1 * $1 }
    #expect(w.grad.isNear(Tensor(expected)))
  }

  @Test func aGradientUsesComputedAncestorsAsTheyStand() {
    let x = Var.from([1, 2, 3]).requiresGrad()
    let h = x.pow(3)
    let y = h.sum()
    y.forward()
    let evaluation = h.node.evaluation
    let slope = grad(of: y, wrt: [x])[0]
    slope.forward()
    #expect(slope.data.isNear([3, 12, 27]))
    #expect(h.node.evaluation == evaluation)
    y.backward()
    #expect(x.grad.isNear([3, 12, 27]))
  }

  @Test func aGradientSeesChangedLeavesAfterForward() {
    let x = Var.from([1, 2, 3]).requiresGrad()
    let slope = grad(of: x.pow(3).sum(), wrt: [x])[0]
    slope.forward()
    x.data = [2, 2, 2]
    slope.forward()
    #expect(slope.data.isNear([12, 12, 12]))
  }

  @Test func theGradientOfManyElementsIsThatOfTheirSum() {
    let x = Var.from([1, 2, 3]).requiresGrad()
    #expect(grad(of: x * x, wrt: [x])[0].data.elements == [2, 4, 6])
  }

  @Test func theGradientOfWhatDoesNotMatterIsZero() {
    let (x, other) = (Var.from([1, 2, 3]).requiresGrad(), Var.ones(2, 2).requiresGrad())
    let slopes = grad(of: x.sum(), wrt: [other, x])
    #expect(slopes[0].data == .zeros([2, 2]))
    #expect(slopes[1].data.elements == [1, 1, 1])
  }

  @Test func theGradientWithRespectToAnInteriorVariableIsThere() {
    let x = Var.from([1, 2, 3]).requiresGrad()
    let h = x * 2
    let y = (h * h).sum()
    #expect(grad(of: y, wrt: [h])[0].data.elements == [4, 8, 12])
    #expect(grad(of: y, wrt: [y])[0].data.item == 1)
  }

  @Test func productsAndRowsHaveSecondDerivatives() {
    // The Hessian-vector product against a difference of gradients.
    let tensor = random([6, 5], 3)
    let (weights, labels) = (random([5, 4], 4), Var.from([0, 1, 2, 3, 1, 0]))
    let direction = random([6, 5], 5)
    func loss(_ x: VarDiff) -> VarDiff { x.mm(Var.from(weights)).tanh().crossEntropy(labels) }
    func slope(_ step: Float) -> Tensor {
      let moved = zip(tensor.elements, direction.elements).map { $0 + step * $1 }
      let x = Var.from(Tensor(moved, shape: [6, 5])).requiresGrad()
      loss(x).backward()
      return x.grad
    }
    let x = Var.from(tensor).requiresGrad()
    let product = grad(of: (grad(of: loss(x), wrt: [x])[0] * Var.from(direction)).sum(), wrt: [x])[
      0]
    let difference = zip(slope(1e-2).elements, slope(-1e-2).elements).map { ($0 - $1) / 2e-2 }
    let greatest = difference.reduce(0) { max($0, $1.magnitude) }
    for (a, b) in zip(product.data.elements, difference) {
      #expect((a - b).magnitude < 2e-3 * greatest)
    }
  }
}
