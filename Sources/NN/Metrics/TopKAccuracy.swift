import NeuronikaGraphs
import NeuronikaTensors

/// The share of rows in which the right class has one of the k greatest scores.
///
/// **Shape:** scores `[N, C]`, labels `[N]`; others stop the program.
///
/// **Numerics:** of equal scores the first counts as greater; a row with a NaN counts as wrong. NaN if
/// there are no rows. With k = 1 it is ``accuracy(_:_:)``. O(N · C).
///
/// - Parameters:
///   - scores: A score for each class.
///   - labels: The classes: whole numbers from 0 to C − 1. Anything else stops the program with its
///     position.
///   - k: How many classes are allowed, from 1 to C; others stop the program.
/// - Returns: A number from 0 to 1.
public func topKAccuracy(_ scores: Tensor, _ labels: Tensor, k: Int) -> Double {
  let (rows, classes) = checkedClasses("topKAccuracy", scores, labels)
  guard 1 <= k, k <= classes else {
    stopProgram("topKAccuracy: k is from 1 to the \(classes) classes, but \(k)")
  }
  let right = scores.withUnsafeElements { scores in
    labels.withUnsafeElements { labels in
      (0..<rows).count { row in
        let start = row * classes
        let label = Int(labels[row])
        let score = scores[start + label]
        if scores[start..<start + classes].contains(where: \.isNaN) { return false }
        let greater = (0..<classes).count { other in
          scores[start + other] > score || (scores[start + other] == score && other < label)
        }
        return greater < k
      }
    }
  }
  return Double(right) / Double(rows)
}

/// Rows and classes of scores `[N, C]` with labels `[N]`. Anything else stops the program.
func checkedClasses(
  _ metric: String, _ scores: Tensor, _ labels: Tensor
) -> (rows: Int, classes: Int) {
  guard scores.rank == 2, labels.rank == 1, labels.shape[0] == scores.shape[0] else {
    stopProgram(
      "\(metric): takes scores [N, C] and labels [N]. scores \(scores.shape) · labels "
        + "\(labels.shape)")
  }
  let complaint = labels.withUnsafeElements {
    wholeNumberComplaint(of: $0, bound: scores.shape[1])
  }
  if let complaint { stopProgram("\(metric): \(complaint)") }
  return (scores.shape[0], scores.shape[1])
}
