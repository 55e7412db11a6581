import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// Gradients of one variable, switched off and on.
@Suite struct NoGradTests {
  @Test func forwardStillWorksAndSavesNothing() async {
    await #expect(processExitsWith: .success) {
      let w = Var.from(random([256, 256])).requiresGrad()
      let loss = w.tanh().exp().sigmoid().sum()
      let bytes = Storage.liveBytes
      loss.forward()
      let value = loss.data
      #expect(Storage.liveBytes - bytes > 256 * 256 * 4)
      loss.noGrad()
      #expect(Storage.liveBytes - bytes < 4096, "what was kept is freed")
      loss.forward()
      #expect(Storage.liveBytes - bytes < 4096)
      #expect(loss.data == value)
      w.data = .zeros([256, 256])
      loss.forward()
      #expect(loss.data != value, "changed leaves are picked up")
    }
  }

  @Test func gradientsOfAncestorsAreFreedButThoseOfLeavesAreNot() {
    let w = Var.from([1, 2]).requiresGrad()
    let h = w * 3
    let loss = (h * h).sum()
    loss.backward()
    #expect(h.grad.elements == [6, 12])
    loss.noGrad()
    #expect(h.grad == .zeros([2]))
    #expect(w.grad.elements == [18, 36])
  }

  @Test func backwardSaysToSwitchThemOn() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let loss = Var.from([1, 2]).requiresGrad().square().sum()
      loss.forward()
      loss.noGrad()
      loss.backward()
    }
    #expect(
      result.says(
        "backward: noGrad() switched the gradients of this result of sum, of shape [], off. "
          + "Call withGrad() first"))
  }

  @Test func readingTheGradientSaysSoToo() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let y = Var.from([1, 2]).requiresGrad().square()
      y.noGrad()
      _ = y.grad
    }
    #expect(
      result.says(
        "grad: noGrad() switched the gradients of this result of square, of shape [2], off. "
          + "Call withGrad() first"))
  }

  @Test func switchedOnAgainEverythingIsAsBefore() {
    let w = Var.from([1, 2]).requiresGrad()
    let y = w.square()
    y.noGrad()
    y.forward()
    y.withGrad()
    #expect(y.grad == .zeros([2]))
    y.backward()
    #expect(w.grad.elements == [2, 4], "without a forward, by computing again")
    w.zeroGrad()
    y.forward()
    y.backward(3)
    #expect(w.grad.elements == [6, 12] && y.grad.elements == [3, 3])
  }

  @Test func whatIsComputedFromItHasGradientsOfItsOwn() {
    let w = Var.from([1, 2]).requiresGrad()
    let y = w.square()
    y.noGrad()
    (y * 2).sum().backward()
    #expect(w.grad.elements == [4, 8])
  }

  @Test func aLeafStaysAsItIs() {
    let w = Var.from([1, 2]).requiresGrad()
    w.grad = Tensor([5, 6])
    w.noGrad()
    #expect(w.grad.elements == [5, 6])
    w.withGrad()
    w.square().backward()
    #expect(w.grad.elements == [7, 10])
  }
}
