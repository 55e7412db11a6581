import NeuronikaTensors

extension Variable {
  /// The sigmoid linear unit, x · σ(x), element by element; also called swish.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** upstream · σ(x) (1 + x (1 − σ(x))).
  ///
  /// **Numerics:** below −87.3, where the result lies between −10⁻³⁶ and 0, it is 0. −∞ gives NaN.
  /// About 20 flops an element.
  ///
  /// **Source:** Elfwing, Uchibe and Doya, *Sigmoid-weighted linear units for neural network function
  /// approximation in reinforcement learning*, 2017, equation 1.
  public func silu() -> Self { Self(apply(Silu(), node)) }
}

package struct Silu: Operation {
  package static let name = "silu"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { $0 / (1 + Exact.exp(-$0)) }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let share = x[0].sigmoid()
    return [upstream * (share * (x[0] * (1 - share) + 1))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(.operand(0) * Tile.operand(0).map(.sigmoid))
  }
}
