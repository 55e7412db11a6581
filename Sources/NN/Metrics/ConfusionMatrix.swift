import NeuronikaTensors

/// How often each class was taken for each, and what follows: precision, recall and F1.
///
/// ```swift
/// let scores: Tensor = [[2, 1], [0, 3], [1, 0], [4, 1]]
/// let matrix = ConfusionMatrix(scores, [0, 1, 1, 0])
/// print(matrix.counts)  // [[2, 0], [1, 1]]
/// print(matrix.recall)  // [1.0, 0.5]
/// print(matrix.accuracy)  // 0.75
/// ```
///
/// Matrices of the same classes are added up, batch by batch, with `+=`. Printed, it is a table.
public struct ConfusionMatrix: Sendable, Hashable {
  /// `counts[true][predicted]`: as many rows as columns.
  public private(set) var counts: [[Int]]

  /// A matrix of zeros, to add others to.
  ///
  /// - Parameter classes: How many, at least 1.
  public init(classes: Int) {
    guard classes > 0 else {
      stopProgram("ConfusionMatrix: there is at least 1 class, but \(classes)")
    }
    counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
  }

  /// The matrix of some predictions: of each row the class of the greatest score, the first among
  /// equals. NaN counts as the greatest.
  ///
  /// **Shape:** scores `[N, C]`, labels `[N]`; others stop the program.
  ///
  /// - Parameters:
  ///   - scores: A score for each class: logits or probabilities.
  ///   - labels: The true classes: whole numbers from 0 to C − 1. Anything else stops the program with
  ///     its position.
  public init(_ scores: Tensor, _ labels: Tensor) {
    let (rows, classes) = checkedClasses("ConfusionMatrix", scores, labels)
    self.init(classes: classes)
    scores.withUnsafeElements { scores in
      labels.withUnsafeElements { labels in
        for row in 0..<rows {
          let start = row * classes
          var best = 0
          for other in 1..<max(classes, 1) where !scores[start + best].isNaN {
            let score = scores[start + other]
            if score > scores[start + best] || score.isNaN { best = other }
          }
          counts[Int(labels[row])][best] += 1
        }
      }
    }
  }

  /// Adds the counts of two matrices. Those of other classes stop the program.
  public static func += (left: inout ConfusionMatrix, right: ConfusionMatrix) {
    guard left.classes == right.classes else {
      stopProgram(
        "ConfusionMatrix: matrices of \(left.classes) and of \(right.classes) classes can't be added"
      )
    }
    for row in left.counts.indices {
      for column in left.counts.indices { left.counts[row][column] += right.counts[row][column] }
    }
  }

  /// How many classes there are.
  public var classes: Int { counts.count }
  /// How many predictions there are.
  public var count: Int { counts.joined().reduce(0, +) }

  /// The share of right predictions; NaN if there are none.
  public var accuracy: Double {
    Double(counts.indices.reduce(0) { $0 + counts[$1][$1] }) / Double(count)
  }

  /// Of the predictions of each class, the share that is right; 0 for a class never predicted.
  public var precision: [Double] {
    counts.indices.map { share(counts[$0][$0], of: predicted($0)) }
  }

  /// Of the members of each class, the share that was found; 0 for a class that never occurs.
  public var recall: [Double] {
    counts.indices.map { share(counts[$0][$0], of: counts[$0].reduce(0, +)) }
  }

  /// The harmonic mean of precision and recall of each class, 2 · right / (predicted + occurring); 0 for
  /// a class that is neither.
  public var f1: [Double] {
    counts.indices.map { share(2 * counts[$0][$0], of: predicted($0) + counts[$0].reduce(0, +)) }
  }

  /// The mean of `precision` over the classes, each counting alike.
  public var macroPrecision: Double { mean(precision) }
  /// The mean of `recall` over the classes, each counting alike.
  public var macroRecall: Double { mean(recall) }
  /// The mean of `f1` over the classes, each counting alike.
  public var macroF1: Double { mean(f1) }

  private func predicted(_ label: Int) -> Int { counts.reduce(0) { $0 + $1[label] } }
  private func share(_ part: Int, of whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }
  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}

extension ConfusionMatrix: CustomStringConvertible {
  /// A row for each true class, with its precision, recall and F1.
  public var description: String {
    let numbers = TextTable.Alignment.right
    var table = TextTable(alignments: Array(repeating: numbers, count: classes + 4))
    let names = counts.indices.map { "→ \($0)" }
    table.add(["true"] + names + ["precision", "recall", "F1"])
    for (label, row) in counts.enumerated() {
      table.add(
        ["\(label)"] + row.map(grouped)
          + [precision, recall, f1].map { percent($0[label]) })
    }
    return (table.lines() + ["accuracy \(percent(accuracy)) of \(grouped(count))"])
      .joined(separator: "\n")
  }
}

/// A share with one decimal: `97.3 %`.
private func percent(_ share: Double) -> String {
  if !share.isFinite { return "–" }
  let tenths = Int((share * 1000).rounded())
  return "\(tenths / 10).\(tenths % 10) %"
}
