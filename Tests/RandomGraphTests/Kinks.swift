import NeuronikaExecution
import NeuronikaGraphs

/// Whether among some nodes is one whose value or slope jumps, at operands so close to the jump that
/// rounding decides on which side they are.
func containsKink(_ nodes: [Node], _ leaves: [ObjectIdentifier: ReferenceTensor]) -> Bool {
  let jumping = nodes.filter { !$0.isLeaf && $0.draw == nil && kinks[name(of: $0)] != nil }
  let operands = jumping.flatMap { $0.operands.array }
  let values = ReferenceExecutor.evaluate(operands + jumping, leaves: leaves)
  var next = 0
  for (place, node) in jumping.enumerated() {
    let inputs = Array(values[next..<next + node.operands.count])
    next += node.operands.count
    let output = values[operands.count + place]
    if isNear(node, inputs, output, kinks[name(of: node)]!) { return true }
  }
  return false
}

private func name(of node: Node) -> String { String(describing: type(of: node.operation)) }

/// Where a function jumps.
private enum Kink {
  /// Where the first operand is 0.
  case zero
  /// Where the first two operands are equal.
  case equality
  /// Where the first operand is one of the others.
  case bounds
  /// Where the first operand is a whole number, or one and a half.
  case whole, half
  /// Where two elements of the first operand are equal, of which one may be the greatest or least.
  case ties
}

private let kinks: [String: Kink] = [
  "Relu": .zero, "LeakyRelu": .zero, "WherePositive": .zero, "ScaleUnlessPositive": .zero,
  "Absolute": .zero, "Sign": .zero, "Elu": .zero, "EuclideanNorm": .zero,
  "Maximum": .equality, "Minimum": .equality, "Compare": .equality, "Clamp": .bounds,
  "Floor": .whole, "Ceiling": .whole, "Round": .half,
  "Extreme": .ties, "ArgExtreme": .ties, "SpreadExtreme": .ties, "PickExtreme": .ties,
  "MaxPool": .ties, "MaxPoolRoute": .ties, "MaxPoolSelect": .ties,
]

private func isNear(
  _ node: Node, _ inputs: [ReferenceTensor], _ output: ReferenceTensor, _ kink: Kink
) -> Bool {
  let x = inputs[0]
  let tolerance = 3e-6 * (1 + inputs.reduce(0) { max($0, $1.greatest) })
  func isAny(_ distance: (Double) -> Double) -> Bool {
    x.elements.contains { distance($0).magnitude < tolerance }
  }
  switch kink {
  case .zero: return isAny { $0 }
  case .bounds:
    return isAny { $0 - inputs[1].elements[0] } || isAny { $0 - inputs[2].elements[0] }
  case .whole: return isAny { $0 - $0.rounded() }
  case .half: return isAny { $0 - $0.rounded(.down) - 0.5 }
  case .equality:
    let differences = ReferenceTensor(shape: output.shape) {
      inputs[0].broadcast(at: $0) - inputs[1].broadcast(at: $0)
    }
    return differences.elements.contains { $0.magnitude < tolerance }
  case .ties:
    // Any two elements: which share a window doesn't matter here.
    let sorted = x.elements.filter { !$0.isNaN }.sorted()
    return zip(sorted, sorted.dropFirst()).contains { $1 - $0 < tolerance }
  }
}
