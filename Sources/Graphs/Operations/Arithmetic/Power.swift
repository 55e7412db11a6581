import NeuronikaTensors

extension Variable {
  /// A whole power, element by element.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** upstream · n · xⁿ⁻¹; zero for n = 0.
  ///
  /// **Numerics:** by repeated squaring, so about 2 log₂|n| flops an element and a relative error of
  /// at most about |n| · 2⁻²⁴. x⁰ = 1 for every x, 0 and NaN among them. A negative power is the
  /// reciprocal of the positive one. The exponent is a static attribute: another one compiles
  /// another plan. For an exponent that changes from step to step take the `Float` overload.
  ///
  /// - Parameter exponent: Any whole number, negative too.
  public func pow(_ exponent: Int) -> Self { Self(apply(Power(exponent: exponent), node)) }
}

package struct Power: Operation {
  package static let name = "pow"
  let exponent: Int

  package init(exponent: Int) { self.exponent = exponent }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { Exact.pow($0, Double(exponent)) }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    switch exponent {
    case 0: [nil]
    case 1: [upstream]
    case 2: [upstream * (x[0] * 2)]
    default: [upstream * (x[0].pow(exponent - 1) * Float(exponent))]
    }
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let power = Power.tile(.operand(0), to: exponent.magnitude)
    return .elementwise(exponent < 0 ? power.map(.reciprocal) : power)
  }

  private static func tile(_ base: Tile, to exponent: UInt) -> Tile {
    var (power, square, rest) = (Tile?.none, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { power = power.map { $0 * square } ?? square }
      rest >>= 1
      if rest > 0 { square = square.map(.square) }
    }
    return power ?? 1
  }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(exponent) }
}
