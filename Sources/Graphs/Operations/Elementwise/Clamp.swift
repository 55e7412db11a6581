import NeuronikaTensors

extension Variable {
  /// Each element, or the bound that it is beyond.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** the upstream gradient where min ≤ x ≤ max, at the bounds too, and 0 beyond.
  ///
  /// **Numerics:** exact. NaN stays NaN. The bounds are operands: changed ones compile nothing.
  ///
  /// - Parameters:
  ///   - lower: The least value; it gets no gradient.
  ///   - upper: The greatest value, not less than the least; it gets no gradient.
  public func clamp(min lower: Float = -.infinity, max upper: Float = .infinity) -> Self {
    if !(lower <= upper) { stopProgram("clamp: min is \(lower) and max \(upper)") }
    return Self(apply(Clamp(), [node, scalar(lower), scalar(upper)]))
  }

  /// x, but at least −1 and at most 1: a cheap tanh.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** as `clamp`: the upstream gradient at ±1 too.
  ///
  /// **Numerics:** exact. NaN stays NaN.
  public func hardtanh() -> Self { clamp(min: -1, max: 1) }
}

package struct Clamp: Operation {
  package static let name = "clamp"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[1].rank == 0, operands[2].rank == 0 else {
      throw ShapeError("bounds are scalars, but have shapes \(operands[1]) and \(operands[2])")
    }
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    let (lower, upper) = (x[1].elements[0], x[2].elements[0])
    return x[0].map { $0 < lower ? lower : $0 > upper ? upper : $0 }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream.where((x[1] .<= x[0]) * (x[0] .<= x[2]), else: 0), nil, nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(
      .binary(.minimum, .binary(.maximum, .operand(0), .operand(1)), .operand(2)))
  }
}
