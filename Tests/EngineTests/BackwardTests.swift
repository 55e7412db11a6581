import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

@Suite struct BackwardTests {
  let x = Var.from(random([4, 3]))
  let w = Var.from(random([3, 5], 2)).requiresGrad()
  let b = Var.from(random([5], 3)).requiresGrad()

  private func loss() -> VarDiff { (x.mm(w) + b).softplus().mean() }

  @Test func gradientsAccumulateInLeavesUntilZeroGrad() {
    let first = loss()
    first.backward()
    let once = (w.grad, b.grad)
    let second = loss()
    second.backward()
    #expect(w.grad == once.0.mapped { 2 * $0 })
    #expect(b.grad == once.1.mapped { 2 * $0 })
    second.zeroGrad()
    #expect(w.grad == .zeros([3, 5]) && b.grad == .zeros([5]))
    loss().backward()
    #expect(w.grad == once.0)
    w.zeroGrad()
    #expect(w.grad == .zeros([3, 5]) && b.grad == once.1)
  }

  @Test func backwardTwiceWithoutForwardDoublesTheGradientsExactly() {
    let y = loss()
    y.forward()
    y.backward()
    let once = (w.grad, b.grad)
    y.backward()
    #expect(w.grad == once.0.mapped { 2 * $0 })
    #expect(b.grad == once.1.mapped { 2 * $0 })
  }

  @Test func aGradientReadBeforeStaysWhenMoreIsAdded() {
    let y = loss()
    y.backward()
    let once = w.grad
    let copy = Tensor(once.elements, shape: once.shape)
    y.backward()
    #expect(once == copy)
  }

  @Test func leavesWithOneGradientDoNotShareIt() {
    let (a, c) = (Var.ones(3).requiresGrad(), Var.ones(3).requiresGrad())
    let y = (a + c).sum()
    y.backward()
    a.grad = [5, 5, 5]
    #expect(c.grad.elements == [1, 1, 1])
    (a * 2).sum().backward()
    #expect(a.grad.elements == [7, 7, 7])
    #expect(c.grad.elements == [1, 1, 1])
  }

  @Test func aGradientThatIsALeafsValueDoesNotShareItsMemory() {
    let (a, c) = (Var.from([1, 2, 3]).requiresGrad(), Var.from([4, 5, 6]))
    let y = (a * c).sum()
    y.forward()
    y.backward()
    a.grad.withUnsafeElements { _ in }
    (a * c).sum().backward()
    #expect(c.data.elements == [4, 5, 6])
    #expect(a.grad.elements == [8, 10, 12])
  }

  @Test func interiorGradientsStartAfreshAndThoseOfHeldOnesAreReadable() {
    let leaf = Var.from([1, 2, 3]).requiresGrad()
    let h = leaf * 2
    let y = (h * h).sum()
    y.forward()
    y.backward()
    #expect(h.grad.elements == [4, 8, 12])
    #expect(y.grad.item == 1)
    y.backward(3)
    #expect(h.grad.elements == [12, 24, 36], "afresh")
    #expect(y.grad.item == 3)
    #expect(leaf.grad.elements == [32, 64, 96], "added up")
  }

  @Test func aTensorSeedWeighsTheElements() {
    let leaf = Var.from([1, 2, 3]).requiresGrad()
    let y = leaf * leaf
    y.forward()
    y.backward(Tensor([1, 10, 100]))
    #expect(leaf.grad.elements == [2, 40, 600])
    y.backward(Tensor([1, 10, 100]))
    #expect(leaf.grad.elements == [4, 80, 1200])
    y.backward(1)
    #expect(leaf.grad.elements == [6, 84, 1206])
  }

  @Test func aTensorSeedMayItselfBeTheGradient() {
    let leaf = Var.from([1, 2, 3]).requiresGrad()
    let seed = Tensor([1, 10, 100])
    let y = leaf + 1
    y.backward(seed)
    #expect(leaf.grad == seed)
    y.backward(seed)
    #expect(leaf.grad.elements == [2, 20, 200])
    #expect(seed.elements == [1, 10, 100])
    let scalar = Var(Tensor(2)).requiresGrad()
    (scalar + 1).backward(Tensor(7))
    #expect(scalar.grad.item == 7)
  }

  @Test func theSeedScalesTheGradient() {
    let y = loss()
    y.forward()
    y.backward()
    let once = w.grad
    w.zeroGrad()
    y.backward(0.25)
    #expect(w.grad == once.mapped { $0 * 0.25 })
    w.zeroGrad()
    y.backward(0)
    #expect(w.grad == .zeros([3, 5]))
  }

  @Test func backwardOfAVariableNeverComputedComputesItFirst() {
    let y = loss()
    y.backward()
    #expect(y.node.evaluation > 0)
    #expect(w.grad != .zeros([3, 5]))
  }

  @Test func backwardOfALeafAddsTheSeed() {
    b.backward(2)
    b.backward()
    #expect(b.grad == Tensor(repeating: 3, shape: [5]))
    b.backward(random([5], 9))
    #expect(b.grad == random([5], 9).mapped { 3 + $0 })
  }

  @Test func aLeafUsedOftenGetsTheSum() {
    let leaf = Var.from([2, 3]).requiresGrad()
    (leaf * leaf * leaf + leaf - leaf / leaf).sum().backward()
    #expect(leaf.grad.isNear([13, 28]))
  }

  @Test func parametersComeOnceEachInTheOrderTheyWereMade() {
    let first = Var.ones(2).requiresGrad()
    let second = Var.ones(2).requiresGrad()
    let third = Var.ones(2).requiresGrad()
    let y = (third * first + Var.ones(2)) * (third + second) * first
    #expect(
      y.parameters().map { ObjectIdentifier($0.node) }
        == [first, second, third].map { ObjectIdentifier($0.node) })
    #expect(first.parameters().count == 1)
    #expect(VarDiff(Var.ones(2) + 1).parameters().isEmpty)
  }

  @Test func aRootThatWasComputedForAnotherGoesBackwardToo() {
    let h = (x.mm(w) + b).tanh()
    let inner = (h * h).sum()
    let outer = inner * 2 + h.sum()
    outer.forward()
    inner.backward()
    let gradient = w.grad
    w.zeroGrad()
    let again = (x.mm(w) + b).tanh()
    (again * again).sum().backward()
    #expect(gradient.isNear(w.grad))
  }

  @Test func whatIsHeldNeverChangesBits() {
    // A stored transpose is a copy; a product of a copy has other bits than one of the view.
    for seed in [true, false] {
      func gradients(holding: Bool) -> [[UInt32]] {
        let (a, c) = (
          Var.from(random([2, 2], 7)).requiresGrad(), Var.from(random([4, 2], 8)).requiresGrad()
        )
        let view = c.permute(1, 0)
        let product: VarDiff
        if holding {
          product = a.mm(view)
        } else {
          product = a.mm(c.permute(1, 0))
        }
        product.forward()
        if seed { product.backward(random([2, 4], 9)) } else { product.backward() }
        return [product.data.bits, a.grad.bits, c.grad.bits]
      }
      #expect(gradients(holding: true) == gradients(holding: false))
    }
  }

  @Test func reluKeepsNaNWhereverItIsFolded() {
    var numbers = random([64, 64])
    (numbers[3, 3], numbers[5, 5], numbers[5, 6]) = (.nan, .infinity, -.infinity)
    let (a, c) = (Var.from(numbers), Var.from(random([64, 64], 2)).requiresGrad())
    let bias = Var.from(random([64], 3)).requiresGrad()
    let folded = (a.mm(c) + bias).relu()
    folded.forward()
    let (product, sum) = (a.mm(c), Var.from(Tensor(0)) + 1)
    let biased = product + bias
    let separate = biased.relu()
    separate.forward()
    _ = sum.data
    #expect(folded.data.bits == separate.data.bits)
    #expect(
      zip(folded.data.elements, biased.data.elements).allSatisfy {
        $1.isNaN ? $0.isNaN : $0 == max($1, 0)
      })
    folded.backward()
    let gradient = c.grad
    c.zeroGrad()
    separate.backward()
    #expect(gradient.bits == c.grad.bits)
  }

  @Test func aForwardsValueThatOnlyBackwardReadsIsComputedByTheForward() {
    // The sum over the axis that unsqueeze adds once shared a program with the division.
    let x = Var.from([[0.5, -0.25, 1], [2, 0, -1]]).requiresGrad()
    let inner = x.unsqueeze(0)
    let y = x / (inner.softplus() + 0.5)
    y.forward()
    y.backward()
    let (once, value) = (x.grad, y.data)
    x.zeroGrad()
    let again = x / (x.unsqueeze(0).softplus() + 0.5)
    again.forward()
    again.backward()
    #expect(again.data.bits == value.bits)
    #expect(x.grad.bits == once.bits)
    #expect((x.grad[1, 1] - 1 / (0.693_147_2 + 0.5)).magnitude < 1e-6)
    withExtendedLifetime(inner) {}
  }

  @Test func nothingIsAddedWhereNoPathLeads() {
    let other = Var.ones(3).requiresGrad()
    (other.detached() * 2 + Var.ones(3).requiresGrad()).sum().backward()
    #expect(other.grad == .zeros([3]))
  }
}
