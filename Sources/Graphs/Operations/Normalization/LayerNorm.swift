import NeuronikaTensors

extension Variable {
  /// Each row along the last axis, with its mean subtracted and divided by its standard deviation:
  /// y = (x − mean) / √(variance + ε). Scale and shift are the caller's: `y * weight + bias`.
  ///
  /// **Shape:** any of rank ≥ 1, kept.
  ///
  /// **Gradient:** (g − mean(g) − y · mean(g · y)) / √(variance + ε), with g the upstream gradient,
  /// in one pass.
  ///
  /// **Numerics:** the mean is subtracted before squaring; the variance has no correction. A row of
  /// equal elements gives zeros. About 10 flops an element, one pass over memory.
  ///
  /// **Source:** Ba, Kiros and Hinton, *Layer normalization*, 2016, equation 3.
  ///
  /// - Parameter epsilon: Added to the variance, greater than 0; a static attribute.
  public func layerNorm(epsilon: Float = 1e-5) -> Self {
    Self(apply(LayerNorm(epsilon: epsilon), node))
  }
}

package struct LayerNorm: Operation {
  package static let name = "layerNorm"
  let epsilon: Float

  package init(epsilon: Float) { self.epsilon = epsilon }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[0].rank > 0 else { throw ShapeError("takes rows [..., N], not a scalar") }
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    mapLanes(x, along: shape.rank - 1) { normalized($0[0], Double(epsilon)).y }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [VarDiff(apply(LayerNormGradient(epsilon: epsilon), x[0].node, upstream.node))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let (y, _) = normalizedTile(epsilon, length: shape[shape.rank - 1])
    return .rows(y)
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(Int(epsilon.bitPattern))
  }
}

/// The pullback of `layerNorm`, from its input and the upstream gradient.
package struct LayerNormGradient: Operation {
  package static let name = "layerNormGradient"
  let epsilon: Float

  package init(epsilon: Float) { self.epsilon = epsilon }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    try equalShapes(operands, havingAxis: -1)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    mapLanes(x, along: shape.rank - 1) { lanes in
      let (y, reciprocal) = normalized(lanes[0], Double(epsilon))
      let g = lanes[1]
      let mean = g.reduce(0, +) / Double(g.count)
      let share = zip(g, y).reduce(0) { $0 + $1.0 * $1.1 } / Double(g.count)
      return zip(g, y).map { ($0 - mean - $1 * share) * reciprocal }
    }
  }

  // With J the Jacobian of the normalisation, symmetric, this is J g, and u · J g is
  // s = r n (m(u g) − m(u) m(g) − m(u y) m(g y)), m being the mean of a row and r = 1/√(variance + ε).
  // It depends on x through r, whose slope is −r² y / n, and through y.
  package func pullback(_ u: VarDiff, operands: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let (x, g) = (operands[0], operands[1])
    func mean(_ value: VarDiff) -> VarDiff { value.mean(axes: -1, keepingAxes: true) }
    let y = x.layerNorm(epsilon: epsilon)
    let r = (x.variance(axes: -1, correction: 0, keepingAxes: true) + epsilon).rsqrt()
    let (gy, uy) = (mean(g * y), mean(u * y))
    let slope = mean(u * g) - mean(u) * mean(g) - uy * gy
    let throughY = VarDiff(
      apply(LayerNormGradient(epsilon: epsilon), x.node, (u * gy + g * uy).node))
    return [
      -(r * (throughY + y * (r * slope))),
      VarDiff(apply(LayerNormGradient(epsilon: epsilon), x.node, u.node)),
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let length = shape[shape.rank - 1]
    let (y, reciprocal) = normalizedTile(epsilon, length: length)
    let (g, share) = (Tile.operand(1), Tile.constant(1 / Float(length)))
    return .rows((g - g.rowSum * share - y * ((g * y).rowSum * share)) * reciprocal)
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(Int(epsilon.bitPattern))
  }
}

/// The first operand's rows normalised, and 1/√(variance + ε) of each.
private func normalizedTile(_ epsilon: Float, length: Int) -> (y: Tile, reciprocal: Tile) {
  let share = Tile.constant(1 / Float(length))
  let centred = Tile.operand(0) - Tile.operand(0).rowSum * share
  let reciprocal = (centred.map(.square).rowSum * share + .constant(epsilon))
    .map(.reciprocalSquareRoot)
  return (centred * reciprocal, reciprocal)
}

/// What the specifications of norms make of the elements that share a mean.
func normalized(_ values: [Double], _ epsilon: Double) -> (y: [Double], reciprocal: Double) {
  let count = Double(values.count)
  let mean = values.reduce(0, +) / count
  let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
  let reciprocal = 1 / (variance + epsilon).squareRoot()
  return (values.map { ($0 - mean) * reciprocal }, reciprocal)
}
