import NeuronikaBenchmarking

/// Our times, and those of something that was timed in the same rounds.
struct PairedTimes {
  let ours: [Double]
  let theirs: [Double]
  /// The median of ours / theirs.
  let ratio: Double
  /// Its 95 % interval.
  let interval: ClosedRange<Double>

  init(ours: [Double], theirs: [Double]) {
    (self.ours, self.theirs) = (ours, theirs)
    let ratios = zip(ours, theirs).map { $0 / $1 }
    ratio = median(ratios)
    interval = medianInterval(ratios)!
  }

  /// The ratio and its interval.
  var words: [String] {
    [
      String(format: "%.3f", ratio),
      String(format: "%.3f … %.3f", interval.lowerBound, interval.upperBound),
    ]
  }
}

/// A step beside a peer's.
struct PeerComparison {
  let task: TrainingTask
  let peer: String
  let times: PairedTimes

  /// Whether the upper end of the interval is below the figure to reach, and that figure.
  private var goal: (text: String, isMet: Bool)? {
    switch task.goal {
    case .nanoseconds(let most):
      ("≤ " + time(most), medianInterval(times.ours)!.upperBound <= most)
    case .ratios(let most):
      most[peer].map {
        ("≤ " + String(format: "%.2f", $0), times.interval.upperBound <= $0)
      }
    case nil: nil
    }
  }

  static let tableColumns = [
    "step", "neuronika", "peer", "", "ratio", "95 % interval", "to reach", "",
  ]

  /// As it is printed.
  var row: [String] {
    [task.id, time(median(times.ours)), peer, time(median(times.theirs))] + times.words
      + [goal?.text ?? "", goal.map { $0.isMet ? "met" : "missed" } ?? ""]
  }

  static let columns = [
    "benchmark", "peer", "rounds", "neuronika_median_ns", "neuronika_min_ns", "peer_median_ns",
    "peer_min_ns", "ratio", "ratio_low", "ratio_high",
  ]

  /// As it stands in `compare.csv`.
  var record: [String] {
    let (ours, theirs) = (times.ours, times.theirs)
    return [task.id, peer, "\(ours.count)"]
      + [median(ours), ours.min()!, median(theirs), theirs.min()!].map { decimal($0) }
      + [times.ratio, times.interval.lowerBound, times.interval.upperBound]
      .map { String(format: "%.5f", $0) }
  }
}
