import NeuronikaGraphs
import NeuronikaTensors

/// The mean of |prediction − target|.
///
/// **Shape:** two equal shapes; another one stops the program.
///
/// **Numerics:** in `Double`. NaN if there are no elements.
public func meanAbsoluteError(_ prediction: Tensor, _ target: Tensor) -> Double {
  sum("meanAbsoluteError", prediction, target) { ($0 - $1).magnitude } / Double(target.count)
}

/// The mean of (prediction − target)².
///
/// **Shape:** two equal shapes; another one stops the program.
///
/// **Numerics:** in `Double`. NaN if there are no elements.
public func meanSquaredError(_ prediction: Tensor, _ target: Tensor) -> Double {
  sum("meanSquaredError", prediction, target) { ($0 - $1) * ($0 - $1) } / Double(target.count)
}

/// The coefficient of determination R² = 1 − Σ (target − prediction)² / Σ (target − mean)²: 1 for
/// a perfect prediction, 0 for one no better than the targets' mean, negative for a worse one.
///
/// **Shape:** two equal shapes; another one stops the program.
///
/// **Numerics:** in `Double`. If all targets are equal it says nothing: −∞, or NaN for a perfect
/// prediction.
public func r2Score(_ prediction: Tensor, _ target: Tensor) -> Double {
  let mean = sum("r2Score", target, target) { value, _ in value } / Double(target.count)
  let residue = sum("r2Score", prediction, target) { ($1 - $0) * ($1 - $0) }
  let variation = sum("r2Score", target, target) { value, _ in (value - mean) * (value - mean) }
  return 1 - residue / variation
}

/// The sum of a function of pairs of elements.
private func sum(
  _ metric: String, _ prediction: Tensor, _ target: Tensor, _ term: (Double, Double) -> Double
) -> Double {
  do { try pairedShape(prediction.shape, target.shape) } catch {
    stopProgram("\(metric): \(error.description)")
  }
  return prediction.withUnsafeElements { prediction in
    target.withUnsafeElements { target in
      prediction.indices.reduce(0) { $0 + term(Double(prediction[$1]), Double(target[$1])) }
    }
  }
}
