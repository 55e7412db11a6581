import NeuronikaGraphs
import NeuronikaTensors

/// How far a result is from the truth, at worst, in units in the last place of `Float`.
///
/// Infinite where one is NaN and the other is not. What should be denormal may be 0, since the engine
/// flushes denormals.
func worstError(
  of result: Tensor, from truth: ReferenceTensor, scale: ErrorScale
) -> Double {
  guard result.shape == truth.shape else { return .infinity }
  let tiny = Double(Float.leastNormalMagnitude)
  let limit = Double(Float.greatestFiniteMagnitude)
  var greatest = tiny
  if scale == .greatest {
    for element in truth.elements where element.magnitude <= limit {
      greatest = max(greatest, element.magnitude)
    }
  }
  var worst = 0.0
  let results = result.elements
  for (place, truth) in truth.elements.enumerated() {
    let result = results[place]
    if result == Float(truth) { continue }
    if result.isNaN && truth.isNaN { continue }
    if !result.isFinite || !Float(truth).isFinite { return .infinity }
    let distance = (Double(result) - truth).magnitude
    if distance <= tiny { continue }
    worst = max(worst, distance / Double(Float(max(truth.magnitude, greatest)).ulp))
  }
  return worst
}

/// The position and the values of the worst element, for a failure's message.
func worstPlace(of result: Tensor, from truth: ReferenceTensor) -> String {
  guard result.shape == truth.shape else { return "shape \(result.shape), not \(truth.shape)" }
  func badness(_ result: Float, _ truth: Double) -> Double {
    if result.isNaN != truth.isNaN { return .infinity }
    if result == Float(truth) || truth.isNaN { return 0 }
    return (Double(result) - truth).magnitude
  }
  let pairs = Array(zip(result.elements, truth.elements))
  let worst = pairs.indices.max {
    badness(pairs[$0].0, pairs[$0].1) < badness(pairs[$1].0, pairs[$1].1)
  }
  return worst.map { "element \($0) is \(pairs[$0].0), not \(pairs[$0].1)" } ?? "empty"
}
