import Foundation

/// The middle of the numbers; the mean of the middle two of an even count. There is at least one.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let half = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

/// A confidence interval of the median, from the order statistics: the number of values below the
/// true median has a binomial distribution, whatever the values' own is.
///
/// - Returns: The narrowest pair of values, equally far from both ends, that covers the median with
///   the confidence, or `nil` if there are too few values for one (fewer than 6 for 95 %).
func medianInterval(_ values: [Double], confidence: Double = 0.95) -> ClosedRange<Double>? {
  let sorted = values.sorted()
  let n = sorted.count
  // Both ends are `outside` places from the end as long as P(Bin(n, ½) ≤ outside) ≤ (1 − c) / 2.
  var outside = -1
  var tail = 0.0
  for k in 0..<n {
    let logChoose = lgamma(Double(n) + 1) - lgamma(Double(k) + 1) - lgamma(Double(n - k) + 1)
    tail += exp(logChoose - Double(n) * log(2))
    if tail > (1 - confidence) / 2 { break }
    outside = k
  }
  guard outside >= 0, outside < n - 1 - outside else { return nil }
  return sorted[outside]...sorted[n - 1 - outside]
}
