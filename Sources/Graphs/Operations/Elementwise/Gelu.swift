import NeuronikaTensors

/// How the Gaussian error linear unit is computed.
public enum GeluForm: Int, Sendable, CaseIterable {
  /// By the error function, as defined.
  case exact
  /// By a hyperbolic tangent that is off by 5 · 10⁻⁴ at most, as GPT-2 has it.
  case tanh
}

extension Variable {
  /// The Gaussian error linear unit, x · Φ(x) with Φ the normal distribution, element by element.
  ///
  /// The exact form is ½x (1 + erf(x/√2)), the other ½x (1 + tanh u) with
  /// u = √(2/π) (x + 0.044715 x³).
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** upstream · (Φ(x) + x φ(x)), φ being the density; the other form's likewise.
  ///
  /// **Numerics:** the exact form is exact relative to the greater of |x| and the result: far below 0
  /// the sum 1 + erf cancels, and results between −10⁻⁶ and 0 lose their digits. The other is
  /// computed as x · σ(2u), where nothing cancels. −∞ gives NaN. About 30 flops an element.
  ///
  /// **Source:** Hendrycks and Gimpel, *Gaussian error linear units*, 2016, section 2.
  ///
  /// - Parameter form: Which of the two; a static attribute.
  public func gelu(_ form: GeluForm = .exact) -> Self { Self(apply(Gelu(form: form), node)) }
}

package struct Gelu: Operation {
  package static let name = "gelu"
  let form: GeluForm

  package init(form: GeluForm) { self.form = form }

  // 2u = inner · x · (1 + cubic · x²).
  private static let inner = 2 * (2 / Double.pi).squareRoot()
  private static let cubic = 0.044715

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { x in
      switch form {
      case .exact: 0.5 * x * (1 + Exact.erf(x * 0.5.squareRoot()))
      case .tanh:
        0.5 * x * (1 + Exact.tanh((2 / Double.pi).squareRoot() * (x + Gelu.cubic * x * x * x)))
      }
    }
  }

  package func pullback(_ upstream: VarDiff, operands: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let x = operands[0]
    switch form {
    case .exact:
      let distribution = (x * Float(0.5.squareRoot())).erf() * 0.5 + 0.5
      let density = (x * x * -0.5).exp() * Float((0.5 / Double.pi).squareRoot())
      return [upstream * (distribution + x * density)]
    case .tanh:
      let square = x * x
      let share = (x * (square * Float(Gelu.inner * Gelu.cubic) + Float(Gelu.inner))).sigmoid()
      let slope = square * Float(3 * Gelu.inner * Gelu.cubic) + Float(Gelu.inner)
      return [upstream * (share + x * share * (1 - share) * slope)]
    }
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let x = Tile.operand(0)
    switch form {
    case .exact:
      let scaled = x * .constant(Float(0.5.squareRoot()))
      return .elementwise(x * (scaled.map(.erf) * 0.5 + 0.5))
    case .tanh:
      let factor =
        x.map(.square) * .constant(Float(Gelu.inner * Gelu.cubic)) + .constant(Float(Gelu.inner))
      return .elementwise(x * (x * factor).map(.sigmoid))
    }
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(form.rawValue)
  }
}
