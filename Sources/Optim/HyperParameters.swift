import NeuronikaGraphs
import NeuronikaTensors

/// Stops the program if a hyper-parameter is out of range, or NaN.
func require(_ owner: String, _ name: String, _ value: Double, isIn range: ClosedRange<Double>) {
  if range.contains(value) { return }
  let bounds =
    range.upperBound == .greatestFiniteMagnitude
    ? "finite and at least \(range.lowerBound)"
    : range.upperBound == 1.0.nextDown
      ? "at least \(range.lowerBound) and less than 1"
      : "from \(range.lowerBound) to \(range.upperBound)"
  stopProgram("\(owner): \(name) has to be \(bounds), but is \(value)")
}
