import NeuronikaTensors

extension Variable {
  /// The cross-entropy of two classes, from logits x and targets t: `binaryCrossEntropy` of
  /// `sigmoid()`, −(t ln σ(x) + (1 − t) ln(1 − σ(x))), element by element.
  ///
  /// **Shape:** two equal shapes → `[]`, or the same shape with `.none`. Nothing is broadcast.
  ///
  /// **Gradient:** upstream · (σ(x) − t); to a target that is a `VarDiff`, −upstream · x.
  ///
  /// **Numerics:** computed as t max(−x, 0) + (1 − t) max(x, 0) + ln(1 + e^−|x|), whose terms are
  /// never negative where 0 ≤ t ≤ 1: nothing overflows and nothing cancels. The usual
  /// max(x, 0) − x t + … loses the loss of a logit that is far on the right side. An infinite logit
  /// gives NaN where the target is 0 or 1 and on its side. About 30 flops an element.
  ///
  /// - Parameters:
  ///   - target: The probabilities that are right, from 0 to 1; often one of the two.
  ///   - reduction: What becomes of the losses of the elements.
  public func binaryCrossEntropyWithLogits(
    _ target: Var, reduction: LossReduction = .mean
  ) -> Self {
    Self(apply(BinaryCrossEntropyWithLogits(), node, target.node)).reduced(reduction)
  }
  public func binaryCrossEntropyWithLogits(
    _ target: VarDiff, reduction: LossReduction = .mean
  ) -> VarDiff {
    VarDiff(apply(BinaryCrossEntropyWithLogits(), node, target.node)).reduced(reduction)
  }
}

package struct BinaryCrossEntropyWithLogits: Operation {
  package static let name = "binaryCrossEntropyWithLogits"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    try pairedShape(operands[0], operands[1])
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    func softplus(_ x: Double) -> Double {
      x > 40 ? x + Exact.exp(-x) : Exact.log1p(Exact.exp(x))
    }
    return ReferenceTensor(shape: shape) { index in
      let (x, t) = (x[0][index], x[1][index])
      return t * softplus(-x) + (1 - t) * softplus(x)
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream * (x[0].sigmoid() - x[1]), -(upstream * x[0])]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let (x, t) = (Tile.operand(0), Tile.operand(1))
    let remainder = (-x.map(.absolute)).map(.exp).map(.logOnePlus)
    return .elementwise(t * (-x).map(.relu) + (1 - t) * x.map(.relu) + remainder)
  }
}
