import Foundation

/// All that the rounds say about a benchmark before it is judged.
public struct Evidence: Sendable {
  /// The benchmark's name.
  public let id: String
  /// ln(head / base) of each round; none is left out.
  public let logRatios: [Double]
  /// ln of ratios of the same code to itself, measured in the same rounds.
  public let sameSide: [Double]
  /// The median time of an iteration of the base.
  public let baseNanoseconds: Double
  /// How far the base itself may be off, as ln: 0 where it was measured in the same rounds, the half
  /// width of its interval where it was read from a file.
  public let uncertainty: Double

  /// - Parameters:
  ///   - id: The benchmark's name.
  ///   - logRatios: ln(head / base) of each round.
  ///   - sameSide: ln of ratios of the same code to itself.
  ///   - baseNanoseconds: The median time of an iteration of the base.
  ///   - uncertainty: How far the base itself may be off, as ln.
  public init(
    id: String, logRatios: [Double], sameSide: [Double], baseNanoseconds: Double,
    uncertainty: Double = 0
  ) {
    self.id = id
    self.logRatios = logRatios
    self.sameSide = sameSide
    self.baseNanoseconds = baseNanoseconds
    self.uncertainty = uncertainty
  }

  /// What some rounds of one benchmark say.
  public init(_ rounds: [Round]) {
    self.init(
      id: rounds[0].id, logRatios: rounds.map(\.logRatio), sameSide: rounds.flatMap(\.sameSide),
      baseNanoseconds: median(rounds.flatMap(\.base).map(\.nanoseconds)))
  }
}

/// What is said about a benchmark.
public struct Verdict: Equatable, Sendable {
  /// The word.
  public enum Outcome: String, Codable, Sendable {
    /// Slower, by more than the tolerance.
    case regressed
    /// Faster, by more than the tolerance.
    case improved
    /// Within the threshold on both sides.
    case equivalent
    /// The rounds don't tell.
    case inconclusive
  }

  /// The benchmark's name.
  public let id: String
  /// The word.
  public let outcome: Outcome
  /// How many rounds it rests on.
  public let rounds: Int
  /// The median time of an iteration of the base.
  public let baseNanoseconds: Double
  /// The median of head / base.
  public let ratio: Double
  /// Its 95 % interval, not adjusted for how many benchmarks there are; nil of less than 6 rounds.
  public let interval: ClosedRange<Double>?
  /// How far a ratio has to be from 1 to be named: the greatest of threshold, floors.
  public let tolerance: Double
  /// By how much identical code seemed to differ in these rounds, at most (95 %).
  public let floor: Double
  /// The p-value of "not slower than the tolerance allows", not adjusted.
  public let pValue: Double
  /// The smallest slowdown that these rounds, scattered as they are, would have named; infinite if
  /// there are too few to name any.
  public let smallestVisible: Double
}

extension Verdict {
  /// Judges benchmarks together, since the chance of a false word grows with their number.
  ///
  /// A benchmark is `regressed` if the sign test rejects "the median ratio is at most 1 + δ", and
  /// `improved` if it rejects "at least 1 − δ", both of all benchmarks adjusted as one family after
  /// Holm; δ is the greatest of the threshold, the A/A floor and the absolute floor. It is
  /// `equivalent` if both "1 + ε or more" and "1 − ε or less" are rejected, where ε leaves the A/A
  /// floor out: a noisy machine may make a difference invisible, but never a green word.
  public static func judge(_ evidence: [Evidence], _ policy: Policy) -> [Verdict] {
    let bounds = evidence.map { Bounds($0, policy) }
    let slower = zip(evidence, bounds).map {
      signTest($0.logRatios, medianAbove: log1p($1.tolerance) + $0.uncertainty)
    }
    let faster = zip(evidence, bounds).map {
      signTest($0.logRatios, medianBelow: lowered($1.tolerance) - $0.uncertainty)
    }
    let named = holm(slower + faster, significance: policy.significance)
    return evidence.indices.map { index in
      let (evidence, bounds) = (evidence[index], bounds[index])
      let outcome: Outcome =
        named[index]
        ? .regressed
        : named[slower.count + index]
          ? .improved
          : bounds.holds(evidence, significance: policy.significance) ? .equivalent : .inconclusive
      let interval = medianInterval(evidence.logRatios)
      return Verdict(
        id: evidence.id, outcome: outcome, rounds: evidence.logRatios.count,
        baseNanoseconds: evidence.baseNanoseconds, ratio: exp(median(evidence.logRatios)),
        interval: interval.map { exp($0.lowerBound)...exp($0.upperBound) },
        tolerance: bounds.tolerance, floor: bounds.floor, pValue: slower[index],
        smallestVisible: bounds.smallestVisible(
          evidence, significance: policy.significance / Double(named.count)))
    }
  }
}

/// ln(1 − δ): how far down a ratio has to be to be named.
private func lowered(_ tolerance: Double) -> Double {
  tolerance < 1 ? log1p(-tolerance) : -.infinity
}

/// How far from 1 a ratio may be.
private struct Bounds {
  /// By how much identical code seemed to differ.
  let floor: Double
  /// Beyond it a ratio is named.
  let tolerance: Double
  /// Within it a ratio is called equivalent.
  let equivalence: Double

  init(_ evidence: Evidence, _ policy: Policy) {
    let interval = medianInterval(evidence.sameSide)
    floor = interval.map { expm1(max($0.upperBound, -$0.lowerBound)) } ?? 0
    equivalence = max(policy.threshold, policy.absoluteFloor / evidence.baseNanoseconds)
    tolerance = max(equivalence, floor)
  }

  /// Whether the median is between the bounds of equivalence: two sign tests, each at the full
  /// significance, since at most one of the two hypotheses can be true.
  func holds(_ evidence: Evidence, significance: Double) -> Bool {
    let above = lowered(equivalence) + evidence.uncertainty
    let below = log1p(equivalence) - evidence.uncertainty
    return signTest(evidence.logRatios, medianAbove: above) <= significance
      && signTest(evidence.logRatios, medianBelow: below) <= significance
  }

  /// With the rounds' scatter around another centre, the `least`-th largest has to come to lie above
  /// the bound.
  func smallestVisible(_ evidence: Evidence, significance: Double) -> Double {
    let sorted = evidence.logRatios.sorted()
    guard let least = leastAgreeing(sorted.count, significance: significance), least > 0 else {
      return .infinity
    }
    let decisive = sorted[sorted.count - least] - median(sorted)
    return expm1(log1p(tolerance) + evidence.uncertainty - decisive)
  }
}
