import NeuronikaTensors

extension Variable {
  /// The logarithm of the softmax along an axis: x − ln Σ eˣ.
  ///
  /// **Shape:** any of rank ≥ 1, kept.
  ///
  /// **Gradient:** upstream − eʸ · Σ upstream, with y the output and the sum along the axis.
  ///
  /// **Numerics:** the greatest element is subtracted before exponentials are taken, so that nothing
  /// overflows, and the logarithm is taken of their sum alone: `softmax(axis:).ln()` would give −∞
  /// for every element that lies more than about 87 below the greatest. A row that holds +∞ or NaN,
  /// or nothing but −∞, gives NaN. About 20 flops an element, one pass over memory along the last
  /// axis; another axis is brought there first.
  ///
  /// - Parameter axis: The axis along which the exponentials of the results add up to 1; a negative
  ///   one counts from the end.
  public func logSoftmax(axis: Int) -> Self {
    Self(apply(LogSoftmax(axis: oneAxis(axis, in: shape, operation: LogSoftmax.name)), node))
  }
}

package struct LogSoftmax: Operation {
  package static let name = "logSoftmax"
  let axis: Int

  package init(axis: Int) { self.axis = axis }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    _ = try resolvedAxis(axis, in: operands[0])
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    mapLanes(x, along: axis) { lanes in
      let greatest = lanes[0].greatest
      let sum = lanes[0].reduce(0) { $0 + Exact.exp($1 - greatest) }
      return lanes[0].map { $0 - greatest - Exact.ln(sum) }
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [VarDiff(apply(LogSoftmaxGradient(axis: axis), output.node, upstream.node))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let shifted = Tile.operand(0) - Tile.operand(0).rowMax
    let tile = shifted - shifted.map(.exp).rowSum.map(.log)
    return .rows(tile, along: axis, of: shape) { LogSoftmax(axis: $0) }
  }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(axis) }
}

/// The pullback of `logSoftmax`: g − eʸ · Σ g, of the output y and the upstream gradient g.
package struct LogSoftmaxGradient: Operation {
  package static let name = "logSoftmaxGradient"
  let axis: Int

  package init(axis: Int) { self.axis = axis }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    try equalShapes(operands, havingAxis: axis)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    mapLanes(x, along: axis) { lanes in
      let sum = lanes[1].reduce(0, +)
      return zip(lanes[0], lanes[1]).map { $1 - Exact.exp($0) * sum }
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let weighted = upstream * x[0].exp()
    return [
      -(weighted * x[1].sum(axes: [axis], keepingAxes: true)),
      upstream - weighted.sum(axes: [axis], keepingAxes: true),
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let (y, g) = (Tile.operand(0), Tile.operand(1))
    return .rows(g - y.map(.exp) * g.rowSum, along: axis, of: shape) {
      LogSoftmaxGradient(axis: $0)
    }
  }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(axis) }
}
