import NeuronikaGraphs
import NeuronikaTensors

/// The share of rows whose greatest score is that of the right class.
///
/// **Shape:** scores `[N, C]`, labels `[N]`; others stop the program.
///
/// **Numerics:** of equal greatest scores the first counts; a row with a NaN counts as wrong. NaN if
/// there are no rows.
///
/// - Parameters:
///   - scores: A score for each class: logits, or probabilities, which order alike.
///   - labels: The classes: whole numbers from 0 to C − 1. Anything else stops the program with its
///     position.
/// - Returns: A number from 0 to 1.
public func accuracy(_ scores: Tensor, _ labels: Tensor) -> Double {
  guard scores.rank == 2, labels.rank == 1, labels.shape[0] == scores.shape[0] else {
    stopProgram(
      "accuracy: takes scores [N, C] and labels [N]. scores \(scores.shape) · labels \(labels.shape)"
    )
  }
  let (rows, classes) = (scores.shape[0], scores.shape[1])
  let right = scores.withUnsafeElements { scores in
    labels.withUnsafeElements { labels in
      if let complaint = wholeNumberComplaint(of: labels, bound: classes) {
        stopProgram("accuracy: \(complaint)")
      }
      return (0..<rows).count { row in
        let scores = scores[row * classes..<(row + 1) * classes]
        let label = row * classes + Int(labels[row])
        // Said so that a NaN fails.
        return scores[..<label].allSatisfy { $0 < scores[label] }
          && scores[label...].allSatisfy { $0 <= scores[label] }
      }
    }
  }
  return Double(right) / Double(rows)
}
