import NeuronikaExecution
import NeuronikaGraphs

extension Variable {
  /// The value as the operations' specifications give it in `Double`, from the leaves as they are:
  /// slow, and right by construction. What the engine computes can be verified with it, as
  /// ``checkGradients(of:at:step:tolerance:)`` does with gradients.
  ///
  /// The engine is not involved, so no value that it computed is used. Only random numbers, as of
  /// dropout, are those of the last evaluation.
  public func referenceValue() -> ReferenceTensor {
    ReferenceExecutor.evaluate([node], leaves: drawnNumbers(below: [node]))[0]
  }
}

/// The numbers that random operations drew, which no specification can know.
func drawnNumbers(below roots: [Node]) -> [ObjectIdentifier: ReferenceTensor] {
  var drawn: [ObjectIdentifier: ReferenceTensor] = [:]
  for node in topologicalOrder(of: roots) where node.draw != nil {
    drawn[ObjectIdentifier(node)] = ReferenceTensor(Engine.demandValue(of: node))
  }
  return drawn
}
