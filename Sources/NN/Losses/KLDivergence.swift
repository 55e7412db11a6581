import NeuronikaGraphs

/// The Kullback–Leibler divergence of targets from predictions whose logarithms are given:
/// `logarithms.klDivergence(target)`.
///
/// **Shape:** two equal shapes → `[]`, or the same shape with `.none`.
///
/// **Gradient:** −t · upstream to the logarithms, divided by the extent of the first axis with
/// `.batchMean`; also to a target t that is a `VarDiff`.
///
/// - Parameters:
///   - logarithms: What `logSoftmax(axis: 1)` gives.
///   - target: Probabilities. Another shape, even one that would broadcast, stops the program.
///   - reduction: What becomes of the terms. The default, `.batchMean`, is the mean of the examples'
///     divergences; `.mean` divides by the number of elements.
public func klDivLoss<Logarithms: Variable>(
  _ logarithms: Logarithms, _ target: Var, reduction: LossReduction = .batchMean
) -> Logarithms {
  logarithms.klDivergence(target, reduction: reduction)
}

/// The Kullback–Leibler divergence with a target that may depend on learnables.
public func klDivLoss(
  _ logarithms: some Variable, _ target: VarDiff, reduction: LossReduction = .batchMean
) -> VarDiff {
  logarithms.klDivergence(target, reduction: reduction)
}
