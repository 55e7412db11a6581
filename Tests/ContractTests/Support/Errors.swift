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
  let finite = truth.elements.filter { $0.magnitude <= Double(Float.greatestFiniteMagnitude) }
  let greatest = finite.map(\.magnitude).max() ?? 0
  let tiny = Double(Float.leastNormalMagnitude)
  return zip(result.elements, truth.elements).reduce(0) { worst, pair in
    let (result, truth) = pair
    if result.isNaN || truth.isNaN {
      return result.isNaN && truth.isNaN ? worst : .infinity
    }
    if result == Float(truth) { return worst }
    if result.isInfinite || Float(truth).isInfinite { return .infinity }
    let distance = (Double(result) - truth).magnitude
    if distance <= tiny { return worst }
    let base = Swift.max(truth.magnitude, scale == .greatest ? greatest : 0, tiny)
    return Swift.max(worst, distance / Double(Float(base).ulp))
  }
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
  let worst = pairs.indices.max { badness(pairs[$0].0, pairs[$0].1) < badness(pairs[$1].0, pairs[$1].1) }
  return worst.map { "element \($0) is \(pairs[$0].0), not \(pairs[$0].1)" } ?? "empty"
}
