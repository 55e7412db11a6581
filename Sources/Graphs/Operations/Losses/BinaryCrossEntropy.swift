import NeuronikaTensors

extension Variable {
  /// The cross-entropy of probabilities x of the one of two classes and targets t:
  /// −(t ln x + (1 − t) ln(1 − x)), element by element.
  ///
  /// **Shape:** two equal shapes → `[]`, or the same shape with `.none`. Nothing is broadcast.
  ///
  /// **Gradient:** upstream · (x − t) / max(x (1 − x), 2⁻²³), which stays finite where x is 0 or 1;
  /// to a target that is a `VarDiff`, upstream · (ln(1 − x) − ln x), with logarithms as below.
  ///
  /// **Numerics:** logarithms are at least −100, so that a certain and wrong prediction costs 100 and
  /// not ∞; ln(1 − x) is exact for small x too. An x outside [0, 1] gives NaN. About 40 flops an
  /// element. Where x is a `sigmoid()`, take `binaryCrossEntropyWithLogits` of what that is of: it
  /// loses no digits where the sigmoid rounds to 0 or 1.
  ///
  /// - Parameters:
  ///   - target: The probabilities that are right, from 0 to 1; often one of the two.
  ///   - reduction: What becomes of the losses of the elements.
  public func binaryCrossEntropy(_ target: Var, reduction: LossReduction = .mean) -> Self {
    Self(apply(BinaryCrossEntropy(), node, target.node)).reduced(reduction)
  }
  public func binaryCrossEntropy(_ target: VarDiff, reduction: LossReduction = .mean) -> VarDiff {
    VarDiff(apply(BinaryCrossEntropy(), node, target.node)).reduced(reduction)
  }
}

package struct BinaryCrossEntropy: Operation {
  package static let name = "binaryCrossEntropy"
  /// The least logarithm that is reckoned with.
  static let floor: Float = -100

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    try pairedShape(operands[0], operands[1])
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    func logarithm(_ value: Double) -> Double { value < -100 ? -100 : value }
    return ReferenceTensor(shape: shape) { index in
      let (x, t) = (x[0][index], x[1][index])
      return -(t * logarithm(Exact.ln(x)) + (1 - t) * logarithm(Exact.log1p(-x)))
    }
  }

  // Not the derivative of the clamped logarithms, which is 0 where they are clamped: a prediction
  // that is certain and wrong could never be learned away from.
  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let (x, t) = (x[0], x[1])
    let floor = BinaryCrossEntropy.floor
    return [
      upstream * ((x - t) / (x * (1 - x)).maximum(.ulpOfOne)),
      upstream * ((-x).log1p().maximum(floor) - x.ln().maximum(floor)),
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let (x, t) = (Tile.operand(0), Tile.operand(1))
    func clamped(_ value: Tile) -> Tile {
      .binary(.maximum, value, .constant(BinaryCrossEntropy.floor))
    }
    return .elementwise(
      -(t * clamped(x.map(.log)) + (1 - t) * clamped((-x).map(.logOnePlus))))
  }
}
