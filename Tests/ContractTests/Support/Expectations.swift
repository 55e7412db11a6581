import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

extension Sample {
  /// Leaves of the engine.
  func variables(aliased: Bool = false) -> [VarDiff] {
    var known: [Shape: VarDiff] = [:]
    return zip(inputs, tensors()).map { input, tensor in
      if !input.isDifferentiable { return VarDiff(Var.from(tensor)) }
      if aliased, let same = known[input.shape] { return same }
      let leaf = Var.from(tensor).requiresGrad()
      known[input.shape] = leaf
      return leaf
    }
  }
}

/// The upstream gradient of a sample: never constant, so that a pullback that mixes up elements shows.
func seed(of sample: Sample, _ shape: Shape) -> Tensor {
  var numbers = Numbers(named: sample.label + " seed")
  return Tensor((0..<shape.count).map { _ in numbers.float(-1...1) }, shape: shape)
}

func expect(
  _ value: Tensor, isValueOf output: VarDiff, _ contract: Contract, _ sample: Sample,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let truth = ReferenceExecutor.evaluate([output.node])[0]
  let error = worstError(of: value, from: truth, scale: contract.scale)
  #expect(
    error <= contract.tolerance, "\(sample.label): \(worstPlace(of: value, from: truth))",
    sourceLocation: sourceLocation)
}

func expectGradients(
  _ contract: Contract, _ sample: Sample, _ leaves: [VarDiff], _ build: ([VarDiff]) -> VarDiff,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let output = build(leaves)
  let seed = seed(of: sample, output.shape)
  output.forward()
  output.backward(seed)
  var differentiable: [VarDiff] = []
  for leaf in leaves
  where leaf.node.isDifferentiable && !differentiable.contains(where: { $0.node === leaf.node }) {
    differentiable.append(leaf)
  }
  expect(
    differentiable, haveGradientsOf: output, seed: seed, contract, sample.label,
    sourceLocation: sourceLocation)
}

func expect(
  _ leaves: [VarDiff], haveGradientsOf output: VarDiff, seed: Tensor, _ contract: Contract,
  _ label: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let slopes = gradients(
    of: output.node, seed: leaf(seed, isDifferentiable: false).node,
    withRespectTo: leaves.map(\.node))
  for (leaf, slope) in zip(leaves, slopes) {
    let truth =
      slope.map { ReferenceExecutor.evaluate([$0])[0] } ?? ReferenceTensor(.zeros(leaf.shape))
    let error = worstError(of: leaf.grad, from: truth, scale: .greatest)
    #expect(
      error <= contract.gradientTolerance, "\(label): \(worstPlace(of: leaf.grad, from: truth))",
      sourceLocation: sourceLocation)
  }
}
