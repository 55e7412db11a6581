import NeuronikaTensors

/// Rows with labels.
public protocol LabeledRows: RowCollection {
  /// All labels, of shape `[count, …]`.
  var labels: Tensor { get }
}

extension LabeledDataset: LabeledRows {}
extension ImageDataset: LabeledRows {}

extension LabeledRows {
  /// Pairs of training and test data for cross-validation, with every class in each part as often
  /// as in the whole: the numbers of rows of a class differ by at most one between the test parts,
  /// and so do the numbers of all rows.
  ///
  /// Rows stay in their order. Which part a row of a class is in, its place among those of its
  /// class says; shuffle first if that means something.
  ///
  /// - Parameter folds: At least 2, and not more than there are rows.
  /// - Throws: `DatasetError` if there are fewer or more, or a label is more than one number.
  public func stratifiedKFold(
    _ folds: Int
  ) throws(DatasetError) -> [(train: Self, test: Self)] {
    guard folds >= 2, folds <= count else { throw .badFolds(folds, count: count) }
    guard labels.count == count else { throw .noClasses(labels: labels.shape) }
    // Dealing the rows class by class, without beginning anew at each, balances the folds too.
    let classes = labels.elements
    let byClass = (0..<count).sorted {
      (classes[$0].totalOrderKey, $0) < (classes[$1].totalOrderKey, $1)
    }
    var fold = [Int](repeating: 0, count: count)
    for (place, row) in byClass.enumerated() { fold[row] = place % folds }
    return (0..<folds).map { number in
      (
        rows(at: (0..<count).filter { fold[$0] != number }),
        rows(at: (0..<count).filter { fold[$0] == number })
      )
    }
  }
}

extension Float {
  /// Orders all floats, NaNs too.
  fileprivate var totalOrderKey: Int32 {
    let bits = Int32(bitPattern: bitPattern)
    return bits < 0 ? bits ^ .max : bits
  }
}
