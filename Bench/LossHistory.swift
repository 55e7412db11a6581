import NeuronikaBenchmarking

/// The losses of the first steps of a training, from the initial weights on.
struct LossHistory {
  let task: TrainingTask
  /// Whose they are.
  let implementation: String
  /// That the weights and batches come from.
  let seed: UInt64
  /// Each loss, and when it was there, in seconds since the start.
  let points: [(seconds: Double, loss: Float)]

  /// How many losses of a training are recorded.
  static let length = 100

  static let columns = ["benchmark", "implementation", "seed", "step", "seconds", "loss"]

  /// As they stand in `train.csv`.
  var rows: [[String]] {
    points.enumerated().map { step, point in
      [task.id, implementation, "\(seed)", "\(step)", "\(point.seconds)", "\(point.loss)"]
    }
  }

  /// The greatest relative difference between the first 20 losses and those of another.
  ///
  /// - Throws: `WrongResult` if it is beyond the tolerance.
  func difference(from other: LossHistory) throws -> Float {
    var worst: Float = 0
    for (step, (own, others)) in zip(points, other.points).prefix(20).enumerated() {
      let (a, b) = (own.loss, others.loss)
      let difference = abs(a - b) / max(abs(a), abs(b), .leastNormalMagnitude)
      // A NaN agrees with nothing.
      guard difference <= lossTolerance else {
        throw WrongResult(
          "\(task.id): the loss of step \(step) is \(a) in \(implementation), but \(b) in "
            + "\(other.implementation)\n  \(task.summary)")
      }
      worst = max(worst, difference)
    }
    return worst
  }
}
