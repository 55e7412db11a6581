import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

@Suite struct EdgeTests {
  @Test func everySumOfEmptyRowsIsZero() {
    // What memory of that size held before.
    for _ in 0..<4 { (Var.ones(5000) * 7).forward() }
    #expect(Var.zeros(5000, 0).sum(axes: 1).data == .zeros([5000]))
  }

  @Test func emptyTensorsGoForwardAndBackward() {
    let x = Var.zeros(0, 3).requiresGrad()
    let w = Var.from(random([3, 2])).requiresGrad()
    let b = Var.ones(2).requiresGrad()
    let y = (x.mm(w) + b).relu()
    let loss = y.sum()
    loss.backward()
    #expect(y.data.shape == [0, 2] && loss.item == 0)
    #expect(x.grad.shape == [0, 3])
    #expect(w.grad == .zeros([3, 2]) && b.grad == .zeros([2]))
    #expect(x.mean().item.isNaN)
    #expect(x.sum(axes: 0).data == .zeros([3]))
    #expect(x.softmax(axis: 1).data.shape == [0, 3])
  }

  @Test func aProductOverNothingIsZero() {
    let (a, b) = (Var.zeros(2, 0).requiresGrad(), Var.zeros(0, 3).requiresGrad())
    let y = a.mm(b)
    y.sum().backward()
    #expect(y.data == .zeros([2, 3]))
    #expect(a.grad.shape == [2, 0] && b.grad.shape == [0, 3])
  }

  @Test func scalarsAreTensorsOfRankZero() {
    let x = Var(Tensor(3)).requiresGrad()
    let y = x * x + 1
    y.backward()
    #expect(y.data.shape == [] && y.item == 10 && x.grad.item == 6)
    #expect(x.t().sum().mean().reshape([1, 1]).data.elements == [3])
    let wide = x.broadcast(to: [2, 3])
    x.zeroGrad()
    wide.backward(random([2, 3]))
    #expect((x.grad.item - random([2, 3]).elements.reduce(0, +)).magnitude < 1e-6)
  }

  @Test func aScalarLeafIsNotTheNumberAmongTheOperands() {
    // Both have rank 0, but only one of them gets a gradient.
    let x = Var.from([1, 2]).requiresGrad()
    let factor = Var(Tensor(3)).requiresGrad()
    (x * 3).sum().backward()
    (x * factor).sum().backward()
    #expect(x.grad.elements == [6, 6])
    #expect(factor.grad.item == 3)
  }

  @Test func NaNStaysNaN() {
    let x = Var.from([1, .nan, -2]).requiresGrad()
    let y = x.relu()
    #expect(y.data[1].isNaN && y.data[2] == 0)
    #expect(x.sum().item.isNaN)
    #expect(x.softmax(axis: 0).data.elements.allSatisfy { $0.isNaN })
    y.sum().backward()
    #expect(x.grad.elements == [1, 0, 0])
  }

  @Test func infinitiesAreNumbers() {
    let x = Var.from([.infinity, -.infinity])
    #expect((x + 1).data.elements == [.infinity, -.infinity])
    #expect((x - x).data.elements.allSatisfy { $0.isNaN })
  }

  @Test func operandsOfTwoThreadsShareNoLock() {
    // A graph below the threshold and one above it, at one thread and at two.
    for count in [1, 1024, 32_767, 32_768, 100_001] {
      let x = Var.from(random([count])).requiresGrad()
      let y = (x * x).sum()
      y.backward()
      let expected = x.data.elements.reduce(0.0) { $0 + Double($1 * $1) }
      #expect((Double(y.item) - expected).magnitude < 1e-4 * expected + 1e-6)
      #expect(x.grad == x.data.mapped { 2 * $0 })
    }
  }

  @Test func denormalsDoNotStayFlushedOutsideAPlan() {
    let x = Var.from(random([40_000])).requiresGrad()
    (x * x).sum().backward()
    let smallest = Float.leastNonzeroMagnitude
    #expect(smallest * 2 > 0 && smallest * Float(Int.random(in: 3...4)) > 0)
  }

  @Test func reluOfAPartOfAProductIsThatOfThePart() {
    let (x, w) = (Var.from(random([64, 64])), Var.from(random([64, 64], 2)))
    let product = x.mm(w)
    #expect(product[1..<3].relu().data.isNear(product.relu()[1..<3].data))
  }

  @Test func aNumberKnownToThePlanMayBePartOfAWhole() {
    let x = Var.from(Tensor([3], shape: [])).requiresGrad()
    // x⁰ is 1 whatever x is, so that nothing has to be stored for it.
    let one = x.pow(0)
    let both = stack([one, x])
    #expect(both.data.elements == [1, 3])
    let matrix = one.reshape([1, 1])
    #expect(matrix.mm(x.reshape([1, 1])).data.elements == [3])
    #expect(cat([matrix, matrix], axis: 1).data.elements == [1, 1])
    let image = one.reshape([1, 1, 1])
    #expect(image.convolution(x.reshape([1, 1, 1])).data.elements == [3])
    #expect(image.maxPool(kernelSize: 1).data.elements == [1])
    let chosen = matrix.indexSelect(Var.from(Tensor([0, 0])))
    #expect(chosen.data.elements == [1, 1])
    (both.sum() + matrix.mm(x.reshape([1, 1])).sum() + chosen.sum()).backward()
    #expect(x.grad.elements == [2])
  }
}
