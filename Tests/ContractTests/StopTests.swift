import Foundation
import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// A mistake stops the program with a whole sentence, in release builds too.
@Suite struct StopTests {
  private func expect(
    _ result: ExitTest.Result?, says sentence: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains(sentence), "\(text.prefix(400))", sourceLocation: sourceLocation)
  }

  @Test func aShapeErrorNamesOperationShapesAndParameter() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let weight = Var.ones(128, 10).requiresGrad()
      weight.name = "output.weight"
      _ = Var.ones(32, 784).mm(weight)
    }
    expect(
      result,
      says: "mm: inner dimensions differ. left [32, 784] · right [128, 10]: 784 ≠ 128 "
        + "(right is \"output.weight\")")
  }

  @Test func anAxisThatDoesNotExistIsNamed() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Var.ones(2, 3).softmax(axis: 2) }
    expect(result, says: "softmax: axis 2 does not exist in [2, 3]: axes go from -2 to 1")
  }

  @Test func labelsOfAnotherLengthAreTold() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Var.ones(2, 3).crossEntropy(Var.ones(4)) }
    expect(
      result,
      says: "crossEntropy: takes scores [N, C, ...] and labels [N, ...]. scores [2, 3] · labels [4]"
    )
  }

  @Test func aLabelOutOfRangeStopsWithItsPosition() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Var.ones(3, 4).crossEntropy(Var.from(Tensor([0, 4, 1]))).forward() }
    expect(
      result,
      says: "crossEntropy: the label at position 1 is 4.0, but labels are whole numbers from 0 to 3"
    )
  }

  @Test func aFractionIsNoLabel() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Var.ones(3, 4).crossEntropy(Var.from(Tensor([0, 1, 1.5]))).forward() }
    expect(
      result,
      says: "crossEntropy: the label at position 2 is 1.5, but labels are whole numbers from 0 to 3"
    )
  }

  @Test func aLabelBesideTheOneThatDoesNotCountStopsToo() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let scores = Var.ones(3, 4).requiresGrad()
      scores.negativeLogLikelihood(Var.from([-100, 1, -1]), ignoring: -100).forward()
    }
    expect(
      result,
      says: "negativeLogLikelihood: the label at position 2 is -1.0, but labels are whole numbers "
        + "from 0 to 3")
  }

  @Test func classWeightsAreOneForEachClass() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Var.ones(2, 3).crossEntropy(Var.ones(2), classWeights: Var.ones(2)) }
    expect(
      result,
      says: "crossEntropy: a weight for each of the 3 classes is needed, but there are [2]")
  }

  @Test func smoothingBeyond1IsTold() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Var.ones(2, 3).crossEntropy(Var.ones(2), labelSmoothing: 1.5) }
    expect(result, says: "crossEntropy: labelSmoothing has to be between 0 and 1, but is 1.5")
  }

  @Test func aPredictionAndATargetDoNotBroadcast() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Var.ones(4, 1).huber(Var.ones(4)) }
    expect(
      result,
      says: "huber: prediction and target differ in shape. prediction [4, 1] · target [4]")
  }

  @Test func theBoundOfAHuberLossIsPositive() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Var.ones(4).smoothL1(Var.ones(4), beta: 0) }
    expect(result, says: "smoothL1: beta has to be greater than 0, but is 0.0")
  }

  @Test func anElementsIndexOutOfRangeStopsWithItsPosition() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Var.ones(3, 4).gather(axis: 1, indices: Var.from([[0, 3], [1, 2], [4, 0]])).forward() }
    expect(
      result,
      says: "gather: the label at position 4 is 4.0, but labels are whole numbers from 0 to 3"
    )
  }

  @Test func aProbabilityBeyond1IsTold() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Var.ones(3).dropout(probability: 1.5) }
    expect(result, says: "dropout probability has to be between 0 and 1, but got 1.5")
  }

  @Test func aWrongFormulaIsTold() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = einsum("ij,jk->ik", Var.ones(2, 3), Var.ones(4, 5)) }
    expect(result, says: "einsum: j is 3 long in operand 0 and 4 in operand 1")
  }

  @Test func anIndexOutOfRangeStopsWithItsPosition() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Var.ones(3, 4).indexSelect(Var.from([0, 3])).forward() }
    expect(
      result,
      says: "indexSelect: the label at position 1 is 3.0, but labels are whole numbers from 0 to 2")
  }

  /// Labels may be computed by the plan that reads them, so they are checked after its steps.
  @Test func aLabelFarOutsideIsReadByNoKernel() async {
    let far = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Var.ones(3, 4).crossEntropy(Var.from([0, 1e12, 1])).forward()
    }
    expect(
      far, says: "crossEntropy: the label at position 1 is 1e+12, but labels are whole numbers")
    let negative = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Var.ones(3, 4).requiresGrad()
      grad(of: x.crossEntropy(Var.from([-1, 1, 1])), wrt: [x])[0].forward()
    }
    expect(negative, says: "the label at position 0 is -1.0, but labels are whole numbers")
  }

  @Test func theReferenceExecutorChecksLabelsToo() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let loss = Var.ones(3, 4).crossEntropy(Var.from(Tensor([0, -1, 1])))
      _ = ReferenceExecutor.evaluate([loss.node])
    }
    expect(
      result,
      says:
        "crossEntropy: the label at position 1 is -1.0, but labels are whole numbers from 0 to 3"
    )
  }

  @Test func wholeNumbersAreTold() {
    #expect(wholeNumberComplaint(of: [0, 1, 9], bound: 10) == nil)
    #expect(wholeNumberComplaint(of: [], bound: 0) == nil)
    #expect(
      wholeNumberComplaint(of: [0, .nan], bound: 10)
        == "the label at position 1 is nan, but labels are whole numbers from 0 to 9")
    #expect(
      wholeNumberComplaint(of: [0, 1, .infinity], bound: 10)
        == "the label at position 2 is inf, but labels are whole numbers from 0 to 9")
  }
}
