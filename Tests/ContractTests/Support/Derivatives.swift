import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors

/// Compares gradient graphs with central differences, all in `Double` through the specifications, up
/// to an order: the gradient of Σ weights · output, then that of a random combination of its
/// elements, and so on.
///
/// - Returns: What is wrong; empty if all is right.
func derivativeErrors(of sample: Sample, orders: Int, aliased: Bool) -> [String] {
  var numbers = Numbers(named: sample.label + " derivatives")
  let leaves = sample.leaves(aliased: aliased)
  var targets: [Node] = []
  for leaf in leaves
  where leaf.node.isDifferentiable && !targets.contains(where: { $0 === leaf.node }) {
    targets.append(leaf.node)
  }
  let values = targets.map { ReferenceTensor(($0.state as! LeafState).tensor) }

  func random(_ shape: Shape) -> VarDiff {
    let tensor = Tensor((0..<shape.count).map { _ in numbers.float(-1...1) }, shape: shape)
    return leaf(tensor, isDifferentiable: false)
  }

  let output = sample.build(leaves)
  var total = (random(output.shape) * output).sum()
  var errors: [String] = []
  for order in 1...orders {
    let slopes = gradients(of: total.node, seed: scalar(1), withRespectTo: targets)
    let directions = values.map {
      ReferenceTensor(shape: $0.shape, elements: numbers.doubles($0.elements.count))
    }

    // ∇total · direction, by the graph …
    let known = slopes.compactMap { $0 }
    let evaluated = ReferenceExecutor.evaluate(known)
    var next = 0
    var (analytic, magnitude) = (0.0, 0.0)
    for (slope, direction) in zip(slopes, directions) where slope != nil {
      for (s, d) in zip(evaluated[next].elements, direction.elements) {
        analytic += s * d
        magnitude += (s * d).magnitude
      }
      next += 1
    }
    // … and by differences, of fourth order in the step.
    func value(at step: Double) -> Double {
      var moved: [ObjectIdentifier: ReferenceTensor] = [:]
      for (index, target) in targets.enumerated() {
        moved[ObjectIdentifier(target)] = ReferenceTensor(
          shape: target.shape,
          elements: zip(values[index].elements, directions[index].elements).map { $0 + step * $1 })
      }
      return ReferenceExecutor.evaluate([total.node], leaves: moved)[0].elements[0]
    }
    let step = 1e-4
    let numeric =
      (8 * (value(at: step) - value(at: -step)) - (value(at: 2 * step) - value(at: -2 * step)))
      / (12 * step)
    let allowed = 1e-6 * (magnitude + numeric.magnitude) + 1e-9 * (1 + value(at: 0).magnitude)
    if !((analytic - numeric).magnitude <= allowed) {
      errors.append("order \(order): \(analytic) by the graph, \(numeric) by differences")
    }
    if known.isEmpty { break }
    total = known.map { (random($0.shape) * VarDiff($0)).sum() }.reduce(VarDiff(scalar(0)), +)
  }
  return errors
}
