import NeuronikaTensors

extension Variable {
  /// The Kullback–Leibler divergence of targets t from predictions whose logarithms are x:
  /// t (ln t − x), and 0 where t ≤ 0, element by element.
  ///
  /// **Shape:** two equal shapes → `[]`, or the same shape with `.none`. Nothing is broadcast.
  ///
  /// **Gradient:** −upstream · t; to a target that is a `VarDiff`, upstream · (ln t + 1 − x). Zero
  /// where t ≤ 0.
  ///
  /// **Numerics:** where t ≤ 0, nothing comes of x, which may be −∞ there. About 20 flops an element.
  ///
  /// **Source:** Kullback and Leibler, *On information and sufficiency*, 1951, equation 2.5.
  ///
  /// - Parameters:
  ///   - target: Probabilities. They are meant to add up to 1 for each example, but need not.
  ///   - reduction: What becomes of the terms. The default, `.batchMean`, is the mean of the
  ///     examples' divergences; `.mean` divides by the number of elements.
  public func klDivergence(_ target: Var, reduction: LossReduction = .batchMean) -> Self {
    Self(apply(KLDivergence(), node, target.node)).reduced(reduction)
  }
  public func klDivergence(_ target: VarDiff, reduction: LossReduction = .batchMean) -> VarDiff {
    VarDiff(apply(KLDivergence(), node, target.node)).reduced(reduction)
  }
}

package struct KLDivergence: Operation {
  package static let name = "klDivergence"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    try pairedShape(operands[0], operands[1])
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { index in
      let (x, t) = (x[0][index], x[1][index])
      return t <= 0 ? 0 : t * (Exact.ln(t) - x)
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let (x, t) = (x[0], x[1])
    let isNothing = t .<= 0
    let (zero, one) = (VarDiff(scalar(0)), VarDiff(scalar(1)))
    // The logarithm is taken of 1 where there is nothing, so that its slope meets no 0 · ∞.
    let slope = one.where(isNothing, else: t).ln() + 1 - x
    return [
      -(upstream * zero.where(isNothing, else: t)), zero.where(isNothing, else: upstream * slope),
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let (x, t) = (Tile.operand(0), Tile.operand(1))
    let isNothing = Tile.binary(.lessOrEqual, t, 0)
    return .elementwise(isNothing.select(0, else: t * (t.map(.log) - x)))
  }
}
