import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// A backward whose forward is out of date stops the program and says what changed.
@Suite struct RefusalTests {
  private static let sentence =
    "backward: the leaf \"encoder.weight\" changed since forward. Call forward() again before backward()"

  @Test func anAssignedLeafIsNamed() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let w = named("encoder.weight")
      let y = (w * w).sum()
      y.forward()
      w.data = random([3], 4)
      y.backward()
    }
    #expect(result.says(RefusalTests.sentence), "\(result.text.prefix(400))")
  }

  @Test func aLeafMutatedThroughItsSubscriptIsNamed() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let w = named("encoder.weight")
      let y = (w * w).sum()
      y.forward()
      w.data[1] += 1
      y.backward()
    }
    #expect(result.says(RefusalTests.sentence), "\(result.text.prefix(400))")
  }

  @Test func aLeafWrittenInPlaceByAnOptimizerIsNamed() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let w = named("encoder.weight")
      let y = (w * w).sum()
      y.forward()
      y.backward()
      let state = w.node.state as! LeafState
      let descent = UpdateProgram(operands: 2, numbers: 1) { x, n in [x[0] - n[0] * x[1]] }
      descent.run(
        counts: [3], pointers: [state.tensor.storage.pointer, state.gradient!.storage.pointer],
        numbers: [0.1])
      state.touch()
      y.backward()
    }
    #expect(result.says(RefusalTests.sentence), "\(result.text.prefix(400))")
  }

  @Test func aChangedInputIsToldByItsShape() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Var.ones(3)
      let y = (named("w") * x).sum()
      y.forward()
      x.data[0] = 7
      y.backward()
    }
    #expect(result.says("backward: the leaf of shape [3] changed since forward"))
  }

  @Test func aTensorSeedDoesNotPassBy() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let w = named("encoder.weight")
      let y = w * w
      y.forward()
      w.data[1] += 1
      y.backward(Tensor([1, 2, 3]))
    }
    #expect(result.says(RefusalTests.sentence), "\(result.text.prefix(400))")
  }

  @Test func aForwardThatSavedNothingDoesNotPassBy() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let w = named("encoder.weight")
      let y = (w * w).exp().sum()
      withoutGradients { y.forward() }
      w.data[1] += 1
      y.backward()
    }
    #expect(result.says(RefusalTests.sentence), "\(result.text.prefix(400))")
  }

  @Test func aLeafBelowAComputedPrefixDoesNotPassBy() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let w = named("encoder.weight")
      let h = w * w
      h.forward()
      let y = h.exp().sum()
      y.forward()
      w.data[1] += 1
      y.backward()
    }
    #expect(result.says(RefusalTests.sentence), "\(result.text.prefix(400))")
  }

  @Test func anAncestorEvaluatedAgainIsNamed() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let h = named("w").tanh()
      let y = (h * h).sum()
      y.forward()
      h.forward()
      y.backward()
    }
    #expect(
      result.says("backward: the result of tanh, of shape [3], was computed again since forward"))
  }

  @Test func anAncestorEvaluatedAgainIsNamedWithATensorSeedToo() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let h = named("w").tanh()
      let y = h * h
      y.forward()
      h.forward()
      y.backward(Tensor([1, 2, 3]))
    }
    #expect(
      result.says("backward: the result of tanh, of shape [3], was computed again since forward"))
  }

  @Test func aPrefixEvaluatedAgainIsNamed() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let h = named("w").tanh()
      h.forward()
      let y = (h * h).sum()
      y.forward()
      h.forward()
      y.backward()
    }
    #expect(
      result.says("backward: the result of tanh, of shape [3], was computed again since forward"))
  }

  @Test func aSeedOfAnotherShapeStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      (named("w") * 2).backward(Tensor([1, 2]))
    }
    #expect(result.says("backward: the seed has shape [2], but the variable has [3]"))
  }

  @Test func whatIsNotOnThePathMayChange() {
    let (w, other) = (named("w"), named("other"))
    let y = (w * w).sum()
    let z = (other * w).sum()
    y.forward()
    other.data[0] = 9
    y.backward()
    z.forward()
    #expect(w.grad == w.data.mapped { 2 * $0 })
  }

  @Test func readingAndGradientsChangeNothing() {
    let w = named("w")
    let y = (w * w).sum()
    y.forward()
    _ = w.data
    _ = w.data[0]
    w.grad = random([3], 8)
    w.zeroGrad()
    w.name = "renamed"
    y.backward()
    #expect(w.grad == w.data.mapped { 2 * $0 })
  }

  @Test func aNewForwardMakesItRightAgain() {
    let w = named("w")
    let y = (w * w).sum()
    y.forward()
    w.data = random([3], 5)
    y.forward()
    y.backward()
    #expect(w.grad == w.data.mapped { 2 * $0 })
  }

  @Test func aChangeBeforeForwardIsNone() {
    let w = named("w")
    let y = (w * w).sum()
    (named("other") * 2).forward()
    w.data = random([3], 5)
    y.forward()
    y.backward()
    #expect(w.grad == w.data.mapped { 2 * $0 })
  }
}

private func named(_ name: String) -> VarDiff {
  let leaf = Var.from(random([3])).requiresGrad()
  leaf.name = name
  return leaf
}
