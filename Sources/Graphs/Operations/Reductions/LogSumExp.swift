import NeuronikaTensors

extension Variable {
  /// ln Σ eˣ of all elements.
  public func logSumExp() -> Self { logSumExp(axes: Array(0..<rank)) }

  /// ln Σ eˣ along axes: a smooth maximum.
  ///
  /// **Shape:** the axes are dropped or, with `keepingAxes`, become 1: `[N, C]` with axis 1 → `[N]`.
  ///
  /// **Gradient:** upstream · softmax(x).
  ///
  /// **Numerics:** the greatest element is subtracted first, so that nothing overflows. −∞ of nothing
  /// and of elements that are all −∞ (there without a gradient: NaN); +∞ if one is +∞. About 15 flops
  /// an element, one pass over memory along the last axis.
  ///
  /// - Parameters:
  ///   - axes: Which axes to reduce, each once; negative ones count from the end.
  ///   - keepingAxes: Whether the axes stay, with an extent of 1.
  public func logSumExp(axes first: Int, _ others: Int..., keepingAxes: Bool = false) -> Self {
    logSumExp(axes: [first] + others, keepingAxes: keepingAxes)
  }
  /// ln Σ eˣ along a list of axes.
  public func logSumExp(axes: [Int], keepingAxes: Bool = false) -> Self {
    let set = axisSet(axes, in: shape, operation: LogSumExp.name)
    let reduced = Self(apply(LogSumExp(), lanes(set).node)).squeeze(-1)
    return restoringAxes(reduced, set, keepingAxes)
  }
}

/// From rows `[…, N]` to `[…, 1]`.
package struct LogSumExp: Operation {
  package static let name = "logSumExp"

  package init() {}

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[0].rank > 0 else { throw ShapeError("takes rows [..., N], not a scalar") }
    return operands[0].replacing(axis: operands[0].rank - 1, with: 1)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    let axis = shape.rank - 1
    return ReferenceTensor(shape: shape) { index in
      let lane = (0..<x[0].shape[axis]).map { x[0][Array(index.dropLast()) + [$0]] }
      let greatest = lane.greatest
      if greatest.isInfinite { return greatest }
      return greatest + Exact.ln(lane.reduce(0) { $0 + Exact.exp($1 - greatest) })
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream * x[0].softmax(axis: -1)]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let greatest = Tile.operand(0).rowMax
    // ∞ − ∞ would be NaN.
    let shift = greatest.map(.absolute).isEqual(to: .constant(.infinity)).select(0, else: greatest)
    return .rows(shift + (.operand(0) - shift).map(.exp).rowSum.map(.log))
  }
}
