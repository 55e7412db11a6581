import Neuronika
import NeuronikaTutorials

// What the tutorial computes to read its results, and does not need to show.

/// The units of a layer whose outgoing weights, the columns of the next layer's matrix, are longest.
func strongestUnits(_ weights: Tensor, count: Int) -> [Int] {
  let lengths = (0..<weights.shape[1]).map { unit in
    weights[.all, unit].elements.reduce(0) { $0 + $1 * $1 }
  }
  return Array(lengths.indices.sorted { lengths[$0] > lengths[$1] }.prefix(count))
}

/// How a classifier's certainty and its accuracy go together.
struct Reliability {
  /// The probability of each answer.
  let all: [Double]
  /// Of each bin that holds images: the mean certainty, the accuracy, and its 95 % interval.
  private(set) var confidences: [Double] = []
  private(set) var accuracies: [Double] = []
  private(set) var lower: [Double] = []
  private(set) var upper: [Double] = []
  /// The mean distance between certainty and accuracy of the bins, weighted by their images.
  private(set) var expectedError = 0.0
  /// The mean certainty.
  var confidence: Double { all.reduce(0, +) / Double(all.count) }
  private let isRight: [Bool]

  init(_ scores: Scores, bins: Int) {
    let labels = scores.labels.elements.map { Int($0) }
    let (probabilities, predictions) = (scores.probabilities, scores.predictions)
    all = predictions.enumerated().map { Double(probabilities[$0, $1]) }
    isRight = zip(predictions, labels).map { $0 == $1 }
    for bin in 0..<bins {
      let members = all.indices.filter { min(Int(all[$0] * Double(bins)), bins - 1) == bin }
      guard !members.isEmpty else { continue }
      let count = Double(members.count)
      let confidence = members.reduce(0) { $0 + all[$1] } / count
      let accuracy = Double(members.count { isRight[$0] }) / count
      // Wilson's interval, which stays within 0 and 1.
      let z = 1.96
      let centre = (accuracy + z * z / (2 * count)) / (1 + z * z / count)
      let variance = accuracy * (1 - accuracy) / count + z * z / (4 * count * count)
      let half = z / (1 + z * z / count) * variance.squareRoot()
      confidences.append(confidence)
      accuracies.append(accuracy)
      lower.append(centre - half)
      upper.append(centre + half)
      expectedError += abs(confidence - accuracy) * count / Double(all.count)
    }
  }

  /// The accuracy on what is left without the images on which the classifier is least certain.
  func accuracy(withoutLeastCertain share: Double) -> Double {
    let order = all.indices.sorted { all[$0] < all[$1] }
    let kept = order.dropFirst(Int((share * Double(all.count)).rounded()))
    return Double(kept.count { isRight[$0] }) / Double(kept.count)
  }
}
