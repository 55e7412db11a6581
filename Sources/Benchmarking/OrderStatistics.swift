import Foundation

/// The middle of the numbers; the mean of the middle two of an even count. There is at least one.
public func median(_ values: [Double]) -> Double {
  guard !values.isEmpty else { fatalError("median: there are no values") }
  let sorted = values.sorted()
  let half = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

/// A confidence interval of the median, from the order statistics: the number of values below the
/// true median has a binomial distribution, whatever the values' own is.
///
/// **Source:** W. Conover, *Practical Nonparametric Statistics*, 3rd edition, section 3.2.
///
/// - Parameters:
///   - values: Independent, in any order.
///   - confidence: The least probability that the interval has the true median in it.
/// - Returns: The narrowest pair of values, equally far from both ends, that has the confidence, or
///   `nil` if there are too few values for one (fewer than 6 for 95 %).
public func medianInterval(
  _ values: [Double], confidence: Double = 0.95
) -> ClosedRange<Double>? {
  let sorted = values.sorted()
  let n = sorted.count
  // Both ends are `outside` places from the end as long as P(Bin(n, ½) ≤ outside) ≤ (1 − c) / 2.
  var outside = -1
  while outside + 1 < n, upperTail(n, n - outside - 1) <= (1 - confidence) / 2 { outside += 1 }
  guard outside >= 0, outside < n - 1 - outside else { return nil }
  return sorted[outside]...sorted[n - 1 - outside]
}
