import NeuronikaTensors

extension Variable {
  /// The logistic function σ(x) = 1 / (1 + e⁻ˣ), element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** upstream · y (1 − y), with y the output.
  ///
  /// **Numerics:** 0 or 1, never NaN, where e⁻ˣ leaves the range of `Float`. About 20 flops an
  /// element. The gradient is 0 from x ≈ 17 on, where y rounds to 1; losses of logits
  /// (`softplus`, `crossEntropy`) don't lose it.
  public func sigmoid() -> Self { Self(apply(Sigmoid(), node)) }
}

package struct Sigmoid: Operation {
  package static let name = "sigmoid"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { 1 / (1 + Exact.exp(-$0)) }
  }

  // Stated in the output, so that the input need not be kept.
  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream * (output * (1 - output))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(Tile.operand(0).map(.sigmoid))
  }
}
