import NeuronikaTensors

extension Variable {
  /// A real power, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** upstream · e · xᵉ⁻¹ with respect to x, zero for e = 0; the exponent gets none.
  ///
  /// **Numerics:** as C's `pow`: NaN for a negative x unless e is whole, x⁰ = 1 for every x. A
  /// literal like `pow(2)` takes the `Int` overload, which is faster. The exponent is an operand: a
  /// changed one compiles nothing.
  ///
  /// - Parameter exponent: Any number.
  public func pow(_ exponent: Float) -> Self {
    Self(apply(RealPower(order: 0), node, scalar(exponent)))
  }
}

/// The derivative of some order of the power function: e (e − 1) ⋯ (e − order + 1) · x^(e − order).
///
/// One operation for all orders, because a coefficient of 0 has to win against an infinite power:
/// the slope of x⁰ at 0 is 0, not 0 · ∞.
package struct RealPower: Operation {
  package static let name = "pow"
  let order: Int

  package init(order: Int) { self.order = order }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[1].rank == 0 else {
      throw ShapeError("the exponent is a scalar, but has shape \(operands[1])")
    }
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    let exponent = x[1].elements[0]
    let coefficient = (0..<order).reduce(1.0) { $0 * (exponent - Double($1)) }
    return x[0].map {
      coefficient == 0 ? 0 : coefficient * Exact.pow($0, exponent - Double(order))
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let slope = VarDiff(apply(RealPower(order: order + 1), x[0].node, x[1].node))
    return [upstream * slope, nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let (x, exponent) = (Tile.operand(0), Tile.operand(1))
    if order == 0 { return .elementwise(.binary(.power, x, exponent)) }
    let coefficient = (1..<order).reduce(exponent) { $0 * (exponent - .constant(Float($1))) }
    let power = Tile.binary(.power, x, exponent - .constant(Float(order)))
    return .elementwise(coefficient.select(coefficient * power, else: 0))
  }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(order) }
}
