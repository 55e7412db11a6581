import NeuronikaTensors

extension Variable {
  /// Exponentials divided by their sum along an axis: numbers between 0 and 1 that add up to 1.
  ///
  /// **Shape:** any of rank ≥ 1, kept.
  ///
  /// **Gradient:** y · (upstream − Σ upstream · y), with y the output and the sum along the axis.
  ///
  /// **Numerics:** the greatest element is subtracted first, so that nothing overflows; an element
  /// of −∞ gives 0. A row that holds +∞ or NaN, or nothing but −∞, gives NaN. About 20 flops an
  /// element, one pass over memory along the last axis; another axis is brought there first.
  ///
  /// **Source:** Bridle, *Probabilistic interpretation of feedforward classification network
  /// outputs*, 1990.
  ///
  /// - Parameter axis: The axis along which the results add up to 1; a negative one counts from the
  ///   end.
  public func softmax(axis: Int) -> Self {
    Self(apply(Softmax(axis: oneAxis(axis, in: shape, operation: Softmax.name)), node))
  }
}

package struct Softmax: Operation {
  package static let name = "softmax"
  let axis: Int

  package init(axis: Int) { self.axis = axis }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    _ = try resolvedAxis(axis, in: operands[0])
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    mapLanes(x, along: axis) { lanes in
      let greatest = lanes[0].greatest
      let exponentials = lanes[0].map { Exact.exp($0 - greatest) }
      let sum = exponentials.reduce(0, +)
      return exponentials.map { $0 / sum }
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [VarDiff(apply(SoftmaxGradient(axis: axis), output.node, upstream.node))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let exponentials = (Tile.operand(0) - Tile.operand(0).rowMax).map(.exp)
    return .rows(exponentials / exponentials.rowSum, along: axis, of: shape) { Softmax(axis: $0) }
  }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(axis) }
}

/// The pullback of `softmax`: y · (g − Σ g · y), of the output y and the upstream gradient g.
package struct SoftmaxGradient: Operation {
  package static let name = "softmaxGradient"
  let axis: Int

  package init(axis: Int) { self.axis = axis }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    try equalShapes(operands, havingAxis: axis)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    mapLanes(x, along: axis) { lanes in
      let (y, g) = (lanes[0], lanes[1])
      let sum = zip(y, g).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(y, g).map { $0 * ($1 - sum) }
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let (y, g) = (x[0], x[1])
    let centred = g - (g * y).sum(axes: [axis], keepingAxes: true)
    let leaked = (upstream * y).sum(axes: [axis], keepingAxes: true)
    return [
      upstream * centred - g * leaked,
      VarDiff(apply(SoftmaxGradient(axis: axis), y.node, upstream.node)),
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let (y, g) = (Tile.operand(0), Tile.operand(1))
    return .rows(y * (g - (g * y).rowSum), along: axis, of: shape) { SoftmaxGradient(axis: $0) }
  }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(axis) }
}
