import NeuronikaTensors

/// What a column of numbers looks like.
public struct ColumnSummary: Sendable, Equatable {
  /// The column.
  public let name: String
  /// How many numbers it has.
  public let count: Int
  /// Their mean.
  public let mean: Double
  /// Their sample standard deviation, with the divisor count − 1. NaN for a single number.
  public let standardDeviation: Double
  /// The least.
  public let minimum: Double
  /// A quarter is at most this. Quartiles between two numbers are interpolated linearly.
  public let lowerQuartile: Double
  /// Half are at most this.
  public let median: Double
  /// Three quarters are at most this.
  public let upperQuartile: Double
  /// The greatest.
  public let maximum: Double

  /// What ``cells`` are, in order.
  public static let headers = [
    "column", "count", "mean", "sd", "min", "25 %", "median", "75 %", "max",
  ]

  /// The summary as a row to show, numbers with four significant digits.
  public var cells: [String] {
    let numbers = [
      mean, standardDeviation, minimum, lowerQuartile, median, upperQuartile, maximum,
    ]
    return [name, "\(count)"] + numbers.map(significant)
  }

  init(name: String, values: [Float]) {
    let sorted = values.sorted()
    let n = Double(sorted.count)
    self.name = name
    count = sorted.count
    let mean = sorted.reduce(0) { $0 + Double($1) } / n
    self.mean = mean
    let squares = sorted.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    standardDeviation = (squares / (n - 1)).squareRoot()
    func quantile(_ fraction: Double) -> Double {
      guard !sorted.isEmpty else { return .nan }
      let place = fraction * (n - 1)
      let below = Double(sorted[Int(place)])
      let above = Double(sorted[min(Int(place) + 1, sorted.count - 1)])
      return below + (above - below) * (place - place.rounded(.down))
    }
    minimum = quantile(0)
    lowerQuartile = quantile(0.25)
    median = quantile(0.5)
    upperQuartile = quantile(0.75)
    maximum = quantile(1)
  }
}

extension Table {
  /// A summary of every column of numbers, in the order of the file.
  public func describe() -> [ColumnSummary] {
    let width = numbers.shape[1]
    let elements = numbers.elements
    return numericNames.enumerated().map { slot, name in
      ColumnSummary(name: name, values: (0..<count).map { elements[$0 * width + slot] })
    }
  }
}

/// Four significant digits, without an exponent between 10⁻⁴ and 10⁶.
private func significant(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
  var power = 0
  var scaled = value.magnitude
  while scaled >= 10 { (scaled, power) = (scaled / 10, power + 1) }
  while scaled < 1 { (scaled, power) = (scaled * 10, power - 1) }
  if power >= 6 || power < -4 {
    let rounded = (scaled * 1000).rounded() / 1000
    return "\(value < 0 ? "-" : "")\(rounded)e\(power)"
  }
  var scale = 1.0
  for _ in 0..<max(3 - power, 0) { scale *= 10 }
  let rounded = (value * scale).rounded() / scale
  return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
}
