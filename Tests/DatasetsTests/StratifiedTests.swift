import NeuronikaDatasets
import NeuronikaTensors
import Testing

@Suite struct StratifiedTests {
  @Test(
    "Every fold has every class as often as the others, to within one row", arguments: [2, 3, 7])
  func balance(folds: Int) throws {
    // 50 rows of class 0, 20 of class 1, 5 of class 2, mixed.
    let classes = (0..<75).map { Float($0 < 50 ? 0 : $0 < 70 ? 1 : 2) }
    let ordered = LabeledDataset(
      records: Tensor.range(0, 75).reshaped(to: [75, 1]), labels: Tensor(classes))
    let data = ordered.shuffled(seed: 1)
    let pairs = try data.stratifiedKFold(folds)
    #expect(pairs.count == folds)
    var seen: [Float] = []
    for (train, test) in pairs {
      #expect(train.count + test.count == 75)
      #expect(Set(train.records.elements).isDisjoint(with: test.records.elements))
      for (name, count) in [(0, 50), (1, 20), (2, 5)] as [(Float, Int)] {
        let here = test.labels.elements.count { $0 == name }
        #expect([count / folds, (count + folds - 1) / folds].contains(here))
      }
      seen += test.records.elements
    }
    #expect(seen.sorted() == ordered.records.elements)
    let sizes = pairs.map(\.test.count)
    #expect(sizes.max()! - sizes.min()! <= 1)
  }

  @Test("Images can be stratified too, and what can't be is an error")
  func others() throws {
    let folds = try ImageTests.images(30).stratifiedKFold(3)
    let classes = folds.map { $0.test.labels.elements.sorted() }
    #expect(Set(classes).count == 1)
    #expect(throws: DatasetError.self) { try ImageTests.images(3).stratifiedKFold(4) }
    let wide = LabeledDataset(records: .zeros([4, 1]), labels: .zeros([4, 2]))
    let error = #expect(throws: DatasetError.self) { try wide.stratifiedKFold(2) }
    #expect(
      error?.description
        == "stratifiedKFold: the class of a row is one number, but the labels have shape [4, 2]")
  }
}
