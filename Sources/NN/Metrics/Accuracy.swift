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
  let (rows, classes) = checkedClasses("accuracy", scores, labels)
  let right = scores.withUnsafeElements { scores in
    labels.withUnsafeElements { labels in
      (0..<rows).count { row in
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
