import NeuronikaTensors

extension Variable {
  /// The exponential linear unit: x where x > 0 and α (eˣ − 1) elsewhere.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** the upstream gradient where x > 0, and upstream · α eˣ elsewhere: elu′(0) = α.
  ///
  /// **Numerics:** eˣ − 1 keeps its digits near 0. NaN stays NaN. α is an operand: a changed one
  /// compiles nothing. About 20 flops an element.
  ///
  /// **Source:** Clevert, Unterthiner and Hochreiter, *Fast and accurate deep network learning by
  /// exponential linear units*, ICLR 2016, equation 15.
  ///
  /// - Parameter alpha: What −∞ goes to, negated; it gets no gradient.
  public func elu(alpha: Float = 1) -> Self { Self(apply(Elu(), node, scalar(alpha))) }

  /// The scaled exponential linear unit, λ · elu(x) with α = 1.6733 and λ = 1.0507, which draws means
  /// and variances of layers towards 0 and 1.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** λ times that of `elu`: λα at 0.
  ///
  /// **Numerics:** as `elu`.
  ///
  /// **Source:** Klambauer et al., *Self-normalizing neural networks*, NIPS 2017, equation 2 and
  /// section 2.
  public func selu() -> Self { elu(alpha: 1.673_263_2) * 1.050_701 }
}

package struct Elu: Operation {
  package static let name = "elu"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[1].rank == 0 else {
      throw ShapeError("alpha is a scalar, but has shape \(operands[1])")
    }
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    let alpha = x[1].elements[0]
    return x[0].map { $0 > 0 ? $0 : alpha * Exact.expm1($0) }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    // The exponential must not overflow on the side where it isn't wanted: 0 · ∞ is NaN.
    let isPositive = x[0] .> 0
    let slope = x[1] * VarDiff(scalar(0)).where(isPositive, else: x[0]).exp()
    return [upstream * VarDiff(scalar(1)).where(isPositive, else: slope), nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let x = Tile.operand(0)
    return .elementwise(
      x.isGreater(than: 0).select(x, else: .operand(1) * x.map(.expMinusOne)))
  }
}
