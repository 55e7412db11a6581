import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors

/// How far the gradients of a function are from its differences.
public struct GradientReport: Sendable, CustomStringConvertible {
  /// The element of an argument whose derivative is furthest off.
  public struct Place: Sendable, CustomStringConvertible {
    /// Which argument, from 0.
    public let argument: Int
    /// Which of its elements, in row-major order.
    public let element: Int
    /// The derivative by the pullbacks.
    public let gradient: Double
    /// The derivative by differences.
    public let difference: Double
    /// |gradient − difference| / max(|gradient|, |difference|, 10⁻³ · the greatest derivative).
    public let relativeError: Double

    public var description: String {
      "argument \(argument), element \(element): \(gradient) by the gradient, \(difference) by "
        + "differences, a relative error of \(relativeError)"
    }
  }

  /// The worst place; `nil` if the arguments have no elements.
  public let worst: Place?
  /// How many derivatives were compared.
  public let count: Int

  public var description: String {
    "\(count) derivatives compared" + (worst.map { "; the worst: \($0)" } ?? "")
  }
}

/// A gradient that is not the derivative.
public struct GradientError: Error, CustomStringConvertible {
  /// What was compared, and where it differs most.
  public let report: GradientReport
  /// The relative error that was allowed.
  public let tolerance: Double

  public var description: String {
    "the gradient is wrong. \(report). Allowed are \(tolerance). At a kink of the function "
      + "differences mean nothing: choose other arguments"
  }
}

/// Compares the gradients of a function with central differences: for an operation or a loss of one's
/// own.
///
/// Everything is computed in `Double` by the operations' specifications, so a right gradient agrees to
/// some ten digits; the engine is not involved. Random numbers, as of dropout, are drawn once. Of a
/// result with several elements the sum is differentiated, each element with a weight of its own.
///
/// Evaluates the function four times for each element of the arguments: choose small ones.
///
/// - Parameters:
///   - function: Builds the result from its arguments.
///   - arguments: Where to compare, away from kinks.
///   - step: How far to move an element, relative to its magnitude or 1.
///   - tolerance: The relative error allowed.
/// - Returns: The worst of all derivatives.
/// - Throws: A ``GradientError`` if one is further off than the tolerance.
@discardableResult
public func checkGradients(
  of function: ([VarDiff]) -> VarDiff, at arguments: [Tensor], step: Double = 1e-4,
  tolerance: Double = 1e-6
) throws(GradientError) -> GradientReport {
  let leaves = arguments.map { VarDiff(leafNode($0, isDifferentiable: true)) }
  let output = function(leaves)
  // From 1 to 2, unlike each other, so that elements that change places show.
  let weights = leafNode(
    Tensor((0..<output.shape.count).map { 1 + Float($0 % 7) / 7 }, shape: output.shape))
  let total = (output * Var(weights)).sum()
  let slopes = gradients(of: total.node, seed: scalar(1), withRespectTo: leaves.map(\.node))

  let roots = [total.node] + slopes.compactMap { $0 }
  var given = drawnNumbers(below: roots)
  var computed = ReferenceExecutor.evaluate(Array(roots[1...]), leaves: given)[...]

  var pairs: [(argument: Int, element: Int, gradient: Double, difference: Double)] = []
  for (argument, leaf) in leaves.enumerated() {
    let slope = slopes[argument] == nil ? nil : computed.removeFirst()
    let value = ReferenceTensor(arguments[argument])
    for element in value.elements.indices {
      let distance = step * max(1, value.elements[element].magnitude)
      func result(_ steps: Double) -> Double {
        var moved = value
        moved.elements[element] += steps * distance
        given[ObjectIdentifier(leaf.node)] = moved
        return ReferenceExecutor.evaluate([total.node], leaves: given)[0].elements[0]
      }
      // Of fourth order in the step.
      let difference = (8 * (result(1) - result(-1)) - (result(2) - result(-2))) / (12 * distance)
      pairs.append((argument, element, slope?.elements[element] ?? 0, difference))
    }
    given[ObjectIdentifier(leaf.node)] = nil
  }

  let greatest = pairs.reduce(0) { max($0, $1.gradient.magnitude, $1.difference.magnitude) }
  var worst: GradientReport.Place?
  for pair in pairs {
    let scale = max(pair.gradient.magnitude, pair.difference.magnitude, greatest * 1e-3)
    let error = scale == 0 ? 0 : (pair.gradient - pair.difference).magnitude / scale
    // Said so that NaN is worst.
    if worst.map({ !(error <= $0.relativeError) && !$0.relativeError.isNaN }) ?? true {
      worst = GradientReport.Place(
        argument: pair.argument, element: pair.element, gradient: pair.gradient,
        difference: pair.difference, relativeError: error)
    }
  }
  let report = GradientReport(worst: worst, count: pairs.count)
  if let worst, !(worst.relativeError <= tolerance) {
    throw GradientError(report: report, tolerance: tolerance)
  }
  return report
}
