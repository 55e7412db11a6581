import Foundation

/// P(X ≥ `count`) of a binomial X of `n` fair coins: the p-value of `count` signs that agree.
///
/// Terms are added from the smallest up; the result is exact to a few units in the last place.
public func upperTail(_ n: Int, _ count: Int) -> Double {
  guard count > 0 else { return 1 }
  guard count <= n else { return 0 }
  var sum = 0.0
  for k in stride(from: n, through: count, by: -1) {
    let logChoose = lgamma(Double(n) + 1) - lgamma(Double(k) + 1) - lgamma(Double(n - k) + 1)
    sum += exp(logChoose - Double(n) * log(2))
  }
  return min(sum, 1)
}

/// The exact sign test: how likely so many values above a bound are, if their median isn't.
///
/// - Returns: The p-value of "the median is at most `bound`". A value equal to the bound speaks for
///   that, which errs on the safe side.
public func signTest(_ values: [Double], medianAbove bound: Double) -> Double {
  upperTail(values.count, values.count { $0 > bound })
}

/// The exact sign test: how likely so many values below a bound are, if their median isn't.
///
/// - Returns: The p-value of "the median is at least `bound`".
public func signTest(_ values: [Double], medianBelow bound: Double) -> Double {
  upperTail(values.count, values.count { $0 < bound })
}

/// How many of `n` signs have to agree for a p-value of at most `significance`, or `nil` if even all
/// of them wouldn't do.
public func leastAgreeing(_ n: Int, significance: Double) -> Int? {
  (0...n).first { upperTail(n, $0) <= significance }
}

/// Which hypotheses fall when many are tested at once and the chance that any true one falls has to
/// stay below `significance`, whatever depends on what.
///
/// The smallest of m p-values is compared with α/m, the next with α/(m − 1) and so on; the first that
/// isn't small enough ends it.
///
/// **Source:** S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian
/// Journal of Statistics 6 (1979), 65–70.
///
/// - Returns: For each p-value whether its hypothesis is rejected.
public func holm(_ pValues: [Double], significance: Double) -> [Bool] {
  var rejected = [Bool](repeating: false, count: pValues.count)
  let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
  for (rank, index) in order.enumerated() {
    guard pValues[index] <= significance / Double(pValues.count - rank) else { break }
    rejected[index] = true
  }
  return rejected
}
