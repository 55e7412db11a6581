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
    let (own, others) = (points.prefix(20).map(\.loss), other.points.prefix(20).map(\.loss))
    for (step, (a, b)) in zip(own, others).enumerated()
    where !(worstDifference([a], [b]) <= lossTolerance) {
      throw WrongResult(
        "\(task.id): the loss of step \(step) is \(a) in \(implementation), but \(b) in "
          + "\(other.implementation)\n  \(task.summary)")
    }
    return worstDifference(own, others)
  }
}
