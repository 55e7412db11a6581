import Neuronika
import Testing

@Suite struct ClassificationMetricTests {
  private let scores: Tensor = [[3, 2, 1], [1, 3, 2], [2, 1, 3], [2, 2, 2], [1, 2, 3]]

  @Test func topKCountsTheRowsThatAreNearlyRight() {
    #expect(topKAccuracy(scores, [0, 2, 1, 1, 2], k: 1) == 0.4)
    #expect(topKAccuracy(scores, [0, 2, 1, 1, 2], k: 2) == 0.8)
    #expect(topKAccuracy(scores, [0, 2, 1, 1, 2], k: 3) == 1)
    #expect(topKAccuracy(scores, [0, 1, 2, 0, 2], k: 1) == accuracy(scores, [0, 1, 2, 0, 2]))
    #expect(topKAccuracy(Tensor([.nan, 1, 0, 1], shape: [2, 2]), [0, 1], k: 2) == 0.5)
    #expect(topKAccuracy(.zeros([0, 3]), .zeros([0]), k: 2).isNaN)
  }

  @Test func aConfusionMatrixCounts() {
    let matrix = ConfusionMatrix(scores, [0, 2, 1, 1, 2])
    #expect(matrix.counts == [[1, 0, 0], [1, 0, 1], [0, 1, 1]])
    #expect(matrix.classes == 3 && matrix.count == 5 && matrix.accuracy == 0.4)
    #expect(matrix.precision == [0.5, 0, 0.5] && matrix.recall == [1, 0, 0.5])
    #expect(matrix.f1 == [2.0 / 3, 0, 0.5])
    #expect((matrix.macroF1 - 7.0 / 18).magnitude < 1e-15)
    #expect(matrix.macroRecall == 0.5 && matrix.macroPrecision == 1.0 / 3)
  }

  @Test func batchesAreAddedUp() {
    var sum = ConfusionMatrix(classes: 3)
    sum += ConfusionMatrix(scores[0..<2, .all], [0, 2])
    sum += ConfusionMatrix(scores[2..<5, .all], [1, 1, 2])
    #expect(sum == ConfusionMatrix(scores, [0, 2, 1, 1, 2]))
    #expect(ConfusionMatrix(classes: 2).accuracy.isNaN)
  }

  @Test func aMatrixIsPrintedAsATable() {
    #expect(
      "\(ConfusionMatrix([[2, 1], [0, 3], [1, 0], [4, 1]], [0, 1, 1, 0]))" == """
        true  → 0  → 1  precision   recall      F1
           0    2    0     66.7 %  100.0 %  80.0 %
           1    1    1    100.0 %   50.0 %  66.7 %
        accuracy 75.0 % of 4
        """)
  }

  @Test func shapesThatDoNotFitStop() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = topKAccuracy([[1, 2]], [0, 1], k: 1) }
    expect(
      result, says: "topKAccuracy: takes scores [N, C] and labels [N]. scores [1, 2] · labels [2]")
  }

  @Test func moreClassesThanThereAreStop() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = topKAccuracy([[1, 2]], [0], k: 3) }
    expect(result, says: "topKAccuracy: k is from 1 to the 2 classes, but 3")
  }

  @Test func aLabelOutOfRangeStopsTheMatrix() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = ConfusionMatrix([[1, 2]], [0.5]) }
    expect(result, says: "ConfusionMatrix: the label at position 0 is 0.5")
  }
}
