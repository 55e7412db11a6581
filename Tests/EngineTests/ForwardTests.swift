import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

@Suite struct ForwardTests {
  let x = Var.from([1, 2, 3])

  @Test func aSecondForwardPicksUpChangedLeaves() {
    let h = x * 2
    let y = h + 1
    y.forward()
    #expect(y.data.elements == [3, 5, 7])
    x.data = [10, 20, 30]
    #expect(y.data.elements == [3, 5, 7], "nothing is computed before forward")
    y.forward()
    #expect(y.data.elements == [21, 41, 61])
    #expect(h.data.elements == [20, 40, 60])
    x.data[1] = 0
    y.forward()
    #expect(y.data.elements == [21, 1, 61])
  }

  @Test func aVariableNeverComputedUsesComputedAncestorsAsTheyStand() {
    let h = x * 2
    h.forward()
    x.data = [10, 20, 30]
    let y = h + x
    y.forward()
    #expect(h.data.elements == [2, 4, 6])
    #expect(y.data.elements == [12, 24, 36])
  }

  @Test func whatWasMadeSinceStandsAndWhatIsOlderIsComputedAgain() {
    let a = x + 1
    let b = a * 2
    let c = b + a
    c.forward()
    x.data = [10, 10, 10]
    a.forward()
    x.data = [100, 100, 100]
    c.forward()
    #expect(a.data.elements == [11, 11, 11])
    #expect(b.data.elements == [22, 22, 22])
    #expect(c.data.elements == [33, 33, 33])
    c.forward()
    #expect(c.data.elements == [303, 303, 303], "by then a is as old as c")
  }

  @Test func twoRootsInALoopComputeTheSharedPartOnceATurnAndSeeNewData() {
    let w = Var.from(random([3], 5)).requiresGrad()
    let shared = (x * w).tanh()
    let loss = (shared * shared).sum()
    let accuracy = shared.sum()
    for turn in 0..<6 {
      x.data = random([3], UInt64(turn))
      loss.forward()
      let evaluation = shared.node.evaluation
      accuracy.forward()
      #expect(shared.node.evaluation == evaluation, "computed once a turn")
      loss.zeroGrad()
      loss.backward()

      let other = Var.from(w.data).requiresGrad()
      let fresh = (Var.from(x.data) * other).tanh()
      let freshLoss = (fresh * fresh).sum()
      freshLoss.backward()
      #expect(loss.data == freshLoss.data)
      #expect(accuracy.data.isNear(fresh.sum().data))
      #expect(shared.data == fresh.data)
      #expect(w.grad.isNear(other.grad))
    }
  }

  @Test func twoRootsInTheOtherOrderDoSoToo() {
    let w = Var.from(random([3], 5)).requiresGrad()
    let shared = (x * w).exp()
    let (loss, accuracy) = ((shared * shared).sum(), shared.sum())
    for turn in 0..<4 {
      x.data = random([3], UInt64(turn))
      w.zeroGrad()
      accuracy.forward()
      loss.forward()
      loss.backward()
      let expected = zip(x.data.elements, w.data.elements).map {
        2 * $0 * ($0 * $1 * 2).exponential
      }
      #expect(w.grad.isNear(Tensor(expected)))
    }
  }

  @Test func aPrefixMayBeComputedAndLookedAtBeforeGoingOn() {
    let w = Var.from([0.5, 0.5, 0.5]).requiresGrad()
    var h = x * w
    var steps = 0
    while h.sum().item < 20 {
      h = h * 2
      steps += 1
    }
    #expect(steps == 3)
    let y = (h * h).sum()
    y.backward()
    #expect(y.item == 16 + 64 + 144)
    #expect(w.grad.elements == [64, 256, 576])
  }

  @Test func theGradientGoesOnBelowAComputedPrefix() {
    // The plans of the two losses look alike but for what the sum's operand is.
    let leaf = Var.from([1, 2, 3]).requiresGrad()
    (leaf + 1).sum().backward()
    #expect(leaf.grad.elements == [1, 1, 1])
    let below = Var.from([1, 2, 3]).requiresGrad()
    let prefix = below * 3
    prefix.forward()
    let loss = (prefix + 1).sum()
    loss.forward()
    loss.backward()
    #expect(below.grad.elements == [3, 3, 3])
  }

  @Test func dataIsComputedOnDemandOnce() {
    let y = x * 2
    #expect(y.node.evaluation == 0)
    #expect(y.data.elements == [2, 4, 6])
    let evaluation = y.node.evaluation
    _ = y.data
    _ = "\(y)"
    #expect(y.node.evaluation == evaluation)
  }

  @Test func printingComputesFirst() {
    #expect("\(x * 2)" == "\(Tensor([2, 4, 6]))")
  }

  @Test func whatIsHeldIsReadableAndTheRestIsNotStored() {
    func build() -> (root: Var, inner: Node) {
      let inner = x * 2
      return ((inner + 1) * 3, inner.node)
    }
    let (root, inner) = build()
    root.forward()
    #expect(Engine.value(of: inner) == nil)
    let held = Var(inner)
    let other = (held + 1) * 3
    other.forward()
    #expect(held.data.elements == [2, 4, 6])
    #expect(other.data == root.data)
  }

  @Test func aConsumerOutsideTheWalkKeepsWhatItNeeds() {
    func build() -> (Var, Var, Node) {
      let h = x * 2
      return (h + 1, h * 10, h.node)
    }
    let (first, second, h) = build()
    first.forward()
    #expect(h.handles == 0)
    x.data = [0, 0, 0]
    second.forward()
    #expect(second.data.elements == [20, 40, 60], "h stands as first computed it")
  }

  @Test func aDroppedConsumerNeedsNothing() {
    func build() -> (Var, Node) {
      let h = x * 2
      _ = h * 10
      return (h + 1, h.node)
    }
    let (first, h) = build()
    first.forward()
    #expect(Engine.value(of: h) == nil)
  }

  @Test func forwardOfALeafDoesNothing() {
    x.forward()
    #expect(x.data.elements == [1, 2, 3])
  }

  @Test func aViewOfALeafKeepsItsValueWhenTheLeafChanges() {
    let (reshaped, transposed) = (x.reshape([3, 1]), x.reshape([1, 3]).t())
    reshaped.forward()
    transposed.forward()
    x.data[0] = 100
    #expect(reshaped.data.elements == [1, 2, 3])
    #expect(transposed.data.elements == [1, 2, 3])
  }

  @Test func aValueReadBeforeStaysWhenItIsComputedAgain() {
    let y = x * 2
    let before = y.data
    x.data = [0, 0, 0]
    y.forward()
    #expect(before.elements == [2, 4, 6])
    #expect(y.data.elements == [0, 0, 0])
  }

  @Test func withoutGradientsSavesNothing() async {
    await #expect(processExitsWith: .success) {
      let w = Var.from(random([256, 256])).requiresGrad()
      func loss() -> VarDiff { w.tanh().exp().sigmoid().sum() }
      let bytes = Storage.liveBytes
      let saving = loss()
      saving.forward()
      let saved = Storage.liveBytes - bytes
      let lean = loss()
      withoutGradients { lean.forward() }
      #expect(saved > 256 * 256 * 4)
      #expect(Storage.liveBytes - bytes - saved < 4096)
      #expect(saving.data == lean.data)
      saving.backward()
      let gradient = w.grad
      w.zeroGrad()
      lean.backward()
      #expect(w.grad.isNear(gradient), "a backward still works")
    }
  }
}

extension Float {
  /// By a series, so that the tests need no library.
  fileprivate var exponential: Float {
    var (sum, term) = (1.0, 1.0)
    for n in 1..<40 {
      term *= Double(self) / Double(n)
      sum += term
    }
    return Float(sum)
  }
}
