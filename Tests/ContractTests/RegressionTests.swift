import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// The mistakes of the Rust crate in what these operations do, one test each, named after the
/// mistake.
@Suite struct RegressionTests {
  @Test func leakyReluForgotTheUpstreamGradientOnTheNegativeSide() {
    let x = Var.from([-1, 2]).requiresGrad()
    x.leakyRelu(slope: 0.25).backward(5)
    #expect(x.grad.elements == [1.25, 5])
  }

  @Test func dropoutForgotToDivideTheGradient() {
    let x = Var.ones(100).requiresGrad()
    let y = x.dropout(probability: 0.5)
    y.backward()
    #expect(x.grad == y.data && x.grad.elements.contains(2))
  }

  @Test func dropoutInUseOverwroteTheGradient() {
    let x = Var.ones(3).requiresGrad()
    let y = x.dropout(probability: 0.5)
    y.eval()
    (y + x).backward()
    #expect(x.grad.elements == [2, 2, 2])
  }

  @Test func evalCalledTrain() {
    let y = Var.ones(100).dropout(probability: 0.5)
    y.eval()
    #expect(y.data == .ones([100]))
  }

  @Test func dropoutsOfRightOperandsWereNotSwitched() {
    let y = Var.zeros(100) + Var.ones(100).dropout(probability: 0.5)
    y.eval()
    #expect(y.data == .ones([100]))
  }

  @Test func reflectedPaddingDroppedTheGradientOfTheBorder() {
    let x = Var.from([1, 2, 3]).requiresGrad()
    x.pad([2], mode: .reflective).backward(Tensor([1, 2, 3, 4, 5, 6, 7]))
    // c b | a b c | b a
    #expect(x.grad.elements == [10, 12, 6])
  }

  @Test func repeatedPaddingDroppedTheGradientOfTheBorder() {
    let x = Var.from([1, 2]).requiresGrad()
    x.pad([2], mode: .replicative).backward(Tensor([1, 2, 3, 4, 5, 6]))
    #expect(x.grad.elements == [6, 15])
  }

  @Test func paddingHadAGradientOfTheWrongShape() {
    let x = Var.ones(2, 3).requiresGrad()
    x.pad([1, 2]).backward()
    #expect(x.grad == .ones([2, 3]))
  }

  @Test func chunksAddedOntoStaleGradients() {
    let x = Var.from([1, 2, 3, 4, 5]).requiresGrad()
    let chunks = x.chunks([2])
    let y = (chunks[0] * chunks[1]).sum()
    for _ in 0..<3 {
      y.forward()
      y.backward()
      #expect(x.grad.elements == [3, 4, 1, 2, 0])
      x.zeroGrad()
    }
  }

  @Test func aBackwardWithoutAForwardCountedInteriorGradientsTwice() {
    let x = Var.from([1, 2]).requiresGrad()
    let y = x.square().cumsum(axis: 0).max()
    y.forward()
    y.backward()
    #expect(x.grad.elements == [2, 4])
    y.backward()
    #expect(x.grad.elements == [4, 8])
  }

  @Test func catAndStackBeganFromAGradientOfTheirData() {
    let x = Var.from([5, 7]).requiresGrad()
    x.cat(Var.ones(2)).backward()
    x.stack(Var.ones(2)).backward()
    #expect(x.grad.elements == [2, 2])
  }

  @Test func softplusOverflowed() {
    #expect(Var.from([100, -100]).softplus().data.elements == [100, 0])
  }

  @Test func broadcastingSummedTheWrongAxis() {
    let (row, column) = (Var.ones(3).requiresGrad(), Var.ones(3, 1).requiresGrad())
    let seed = Tensor((0..<9).map { Float($0) }, shape: [3, 3])
    Var.zeros(3, 3).maximum(row).backward(seed)
    Var.zeros(3, 3).maximum(column).backward(seed)
    #expect(row.grad.elements == [9, 12, 15] && column.grad.elements == [3, 12, 21])
  }

  @Test func sharedNodesRanTwice() {
    let (b, c) = (Var.ones(2).requiresGrad(), Var.ones(2).requiresGrad())
    ((b + c) * (c + b)).backward()
    #expect(b.grad.elements == [4, 4] && c.grad.elements == [4, 4])
  }

  @Test func anOddMixOfComputedAndUncomputedVariablesWasSkipped() {
    let x = Var.from([2]).requiresGrad()
    let (a, b) = (x * 2, x + 1)
    b.forward()
    let y = a * b
    y.forward()
    #expect(y.data.elements == [12])
  }

  @Test func theGradientOfMmTHadTheShapeOfTheWrongProduct() {
    let (x, w) = (Var.ones(2, 3).requiresGrad(), Var.ones(4, 3).requiresGrad())
    x.mmT(w).backward()
    #expect(x.grad == Tensor(repeating: 4, shape: [2, 3]))
    #expect(w.grad == Tensor(repeating: 2, shape: [4, 3]))
  }

  @Test func theGradientOfVvWasTheVariableItself() {
    let (x, y) = (Var.from([1, 2]).requiresGrad(), Var.from([3, 4]).requiresGrad())
    x.vv(y).backward()
    #expect(x.grad.elements == [3, 4] && y.grad.elements == [1, 2])
  }

  @Test func theGradientOfTHadTheShapeOfTheOperandButNotItsOrder() {
    let x = Var.ones(2, 3).requiresGrad()
    x.t().backward(Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2]))
    #expect(x.grad == Tensor([1, 3, 5, 2, 4, 6], shape: [2, 3]))
  }

  @Test func broadcastingOnBothSidesTrippedAnAssertion() {
    let (column, row) = (Var.ones(3, 1).requiresGrad(), Var.ones(1, 4).requiresGrad())
    (column * row).backward()
    #expect(column.grad.elements == [4, 4, 4] && row.grad.elements == [3, 3, 3, 3])
  }

  @Test func theMeanLikelihoodWentForwardAndBackwardByDifferentNumbers() {
    let x = Var.zeros(2, 3, 4).requiresGrad()
    let labels = Var.from(Tensor([0, 1, 2, 0, 1, 2, 0, 1], shape: [2, 4]))
    x.negativeLogLikelihood(labels).backward()
    #expect(x.grad[0, 0, 0] == -0.125 && x.grad[0, 1, 1] == -0.125 && x.grad[1, 2, 1] == -0.125)
    #expect(x.grad.elements.reduce(0, +) == -1)
  }

  @Test func theLikelihoodTookAnotherAxisForThatOfTheClasses() {
    let x = Var.from(Tensor((0..<12).map { Float($0) }, shape: [2, 3, 2]))
    let losses = x.negativeLogLikelihood(Var.from([[2, 0], [1, 1]]), reduction: .none)
    #expect(losses.data == [[-4, -1], [-8, -9]])
  }

  @Test func aTargetThatHadToBeComputedWasNot() {
    let (x, t) = (Var.from([0.5, 0.5]).requiresGrad(), Var.from([-1, 1]))
    x.binaryCrossEntropy(t.relu(), reduction: .sum).backward()
    #expect(x.grad.elements == [2, -2])
  }
}
