import NeuronikaGraphs
import NeuronikaNN
import NeuronikaTensors
import NeuronikaVariables
import Testing

@Suite struct LossTests {
  private let prediction: Tensor = [[1, 2, 3], [4, 5, 6]]
  private let target: Tensor = [[1, 0, 5], [4.5, 4, 6]]

  @Test func squaredErrorsAreReduced() {
    let (x, t) = (Var.from(prediction), Var.from(target))
    #expect(mseLoss(x, t, reduction: .none).data == [[0, 4, 4], [0.25, 1, 0]])
    #expect(mseLoss(x, t, reduction: .sum).item == 9.25)
    #expect((mseLoss(x, t).item - 9.25 / 6).magnitude < 1e-6)
    #expect(mseLoss(x, t).shape == Shape())
  }

  @Test func absoluteErrorsAreReduced() {
    let (x, t) = (Var.from(prediction), Var.from(target))
    #expect(maeLoss(x, t, reduction: .none).data == [[0, 2, 2], [0.5, 1, 0]])
    #expect(maeLoss(x, t, reduction: .sum).item == 5.5)
    #expect((maeLoss(x, t).item - 5.5 / 6).magnitude < 1e-6)
  }

  @Test func gradientsGoToThePredictionAndToATargetThatTakesThem() {
    let (x, t) = (Var.from(prediction).requiresGrad(), Var.from(target).requiresGrad())
    mseLoss(x, t, reduction: .sum).backward()
    #expect(x.grad == [[0, 4, -4], [-1, 2, 0]])
    #expect(t.grad == [[0, -4, 4], [1, -2, 0]])
    x.zeroGrad()
    maeLoss(x, Var.from(target), reduction: .sum).backward()
    #expect(x.grad == [[0, 1, -1], [-1, 1, 0]])
  }

  @Test func typesFollowTheOperands() {
    let (x, p) = (Var.from(prediction), Var.from(prediction).requiresGrad())
    let constant: Var = mseLoss(x, x)
    let left: VarDiff = mseLoss(p, x)
    let right: VarDiff = mseLoss(x, p)
    let both: VarDiff = maeLoss(p, p)
    let _: VarDiff = crossEntropyLoss(x, VarDiff(Var.zeros(2)))
    let _: VarDiff = nllLoss(p, VarDiff(Var.zeros(2)))
    #expect([constant.item, left.item, right.item, both.item] == [0, 0, 0, 0])
  }

  @Test func allReductionsAreThereForAllLosses() {
    let (x, t) = (Var.from(prediction), Var.from(target))
    let probabilities = x / 8
    let labels = Var.from([2, 0])
    let losses: [(LossReduction) -> Var] = [
      { mseLoss(x, t, reduction: $0) }, { maeLoss(x, t, reduction: $0) },
      { bceLoss(probabilities, probabilities, reduction: $0) },
      { bceWithLogitsLoss(x, probabilities, reduction: $0) }, { huberLoss(x, t, reduction: $0) },
      { smoothL1Loss(x, t, reduction: $0) }, { klDivLoss(x, t, reduction: $0) },
      { crossEntropyLoss(x, labels, reduction: $0) }, { nllLoss(x, labels, reduction: $0) },
    ]
    for (place, loss) in losses.enumerated() {
      let values = loss(.none).data
      let sum = values.elements.reduce(0, +)
      #expect(values.shape == (place < 7 ? [2, 3] : [2]))
      for (reduction, count) in [(.sum, 1), (.mean, values.count), (.batchMean, 2)]
        as [(LossReduction, Int)]
      {
        let reduced = loss(reduction)
        #expect(reduced.shape == Shape())
        #expect((reduced.item - sum / Float(count)).magnitude < 1e-5 * (1 + sum.magnitude))
      }
    }
  }

  @Test func divergencesAreAveragedOverExamples() {
    let (x, t) = (Var.from(prediction), Var.from(target))
    #expect(klDivLoss(x, t).item == klDivLoss(x, t, reduction: .batchMean).item)
  }

  @Test func aLossOfLogitsIsThatOfTheirSigmoid() {
    let x = Var.from(prediction).requiresGrad()
    let t = Var.from([[0, 1, 0.5], [1, 1, 0]])
    let loss: VarDiff = bceWithLogitsLoss(x, t)
    #expect((loss.item - bceLoss(x.sigmoid(), t).item).magnitude < 1e-4)
    let learned: VarDiff = bceLoss(Var.from([0.25]), Var.from([0.5]).requiresGrad())
    #expect((learned.item - 0.836_988).magnitude < 1e-5)
  }

  @Test func shapesThatWouldBroadcastStop() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = mseLoss(Var.ones(64, 1), Var.ones(64)) }
    expect(
      result,
      says: "mseLoss: prediction and target differ in shape. prediction [64, 1] · target [64]")
  }
}

@Suite struct MetricTests {
  @Test func errorsAreMeans() {
    #expect(meanAbsoluteError([1, 2, 3], [1, 4, 0]) == 5.0 / 3)
    #expect(meanSquaredError([1, 2, 3], [1, 4, 0]) == 13.0 / 3)
    #expect(meanAbsoluteError(.zeros([0]), .zeros([0])).isNaN)
  }

  @Test func theCoefficientOfDeterminationComparesWithTheMean() {
    #expect(r2Score([1, 2, 3], [1, 2, 3]) == 1)
    #expect(r2Score([2, 2, 2], [1, 2, 3]) == 0)
    #expect(r2Score([3, 2, 1], [1, 2, 3]) == -3)
    #expect(r2Score([1, 2], [2, 2]) == -.infinity)
    #expect(r2Score([2, 2], [2, 2]).isNaN)
  }

  @Test func accuracyCountsTheGreatestScores() {
    let scores: Tensor = [[1, 3, 2], [5, 5, 1], [5, 5, 1], [0, 0, 1]]
    #expect(accuracy(scores, [1, 0, 1, 2]) == 0.75)
    #expect(accuracy(Tensor([.nan, 1, 0, 1], shape: [2, 2]), [1, 1]) == 0.5)
    #expect(accuracy(Tensor.zeros(Shape(0, 3)), Tensor.zeros(Shape(0))).isNaN)
  }

  @Test func aLabelOutOfRangeStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = accuracy([[1, 2], [3, 4]], [0, 2]) }
    expect(
      result,
      says: "accuracy: the label at position 1 is 2.0, but labels are whole numbers from 0 to 1")
  }
}
