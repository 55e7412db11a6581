import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors

/// Shortens the gradients of all parameters, taken as one vector, to a greatest length.
///
/// ```swift
/// let model = Linear(4, 1)
/// let optimizer = SGD(model.parameters, learningRate: 0.1)
/// mseLoss(model(Var.rand(8, 4)), Var.rand(8, 1)).backward()
/// let norm = clipGradients(model.parameters, toNorm: 1)
/// if norm.isFinite { optimizer.step() }
/// ```
///
/// With the norm n = √Σ g², over all numbers of all gradients: g ← g · `bound` / n if n > `bound`;
/// else nothing changes. The direction of the whole gradient stays.
///
/// **Numerics:** squares are added in `Double`, so n is finite wherever all g are. If one is NaN or
/// infinite, so is n, and the gradients stay as they are.
///
/// **Complexity:** one pass that reads, and one that changes in place if there is something to
/// shorten. The result has the same bits with any number of threads.
///
/// **Source:** R. Pascanu, T. Mikolov, Y. Bengio: *On the difficulty of training recurrent neural
/// networks*, ICML 2013, algorithm 1.
///
/// - Parameters:
///   - parameters: Differentiable leaves; anything else stops the program. One that stands there
///     twice counts once.
///   - bound: The greatest norm, finite and at least 0.
/// - Returns: n, the norm before.
@discardableResult
public func clipGradients(_ parameters: [VarDiff], toNorm bound: Double) -> Double {
  require("clipGradients", "the norm", bound, isIn: 0...(.greatestFiniteMagnitude))
  let leaves = leaves(of: parameters)
  let norm = LeafGradients.norm(of: leaves)
  if norm.isFinite && norm > bound { LeafGradients.scale(leaves, by: Float(bound / norm)) }
  return norm
}

/// Brings every number of the gradients of all parameters between −`bound` and `bound`.
///
/// The direction of the gradient may change; ``clipGradients(_:toNorm:)`` keeps it. NaN stays NaN.
///
/// **Complexity:** one pass, in place.
///
/// - Parameters:
///   - parameters: Differentiable leaves; anything else stops the program.
///   - bound: The greatest magnitude, finite and at least 0.
public func clipGradients(_ parameters: [VarDiff], toMagnitude bound: Double) {
  require("clipGradients", "the magnitude", bound, isIn: 0...Double(Float.greatestFiniteMagnitude))
  LeafGradients.clamp(leaves(of: parameters), to: Float(bound))
}

private func leaves(of parameters: [VarDiff]) -> [LeafState] {
  leafStates(of: distinct(parameters)) {
    "clipGradients: only a leaf has a gradient to clip, but one of the parameters, \($0)"
  }
}
