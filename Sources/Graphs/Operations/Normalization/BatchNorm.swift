import NeuronikaTensors

extension Variable {
  /// Each channel with its mean over batch and space subtracted and divided by its standard deviation:
  /// y = (x − mean) / √(variance + ε). Scale, shift and running statistics are the caller's.
  ///
  /// **Shape:** `[N, C, …]` of rank ≥ 2, kept.
  ///
  /// **Gradient:** (g − mean(g) − y · mean(g · y)) / √(variance + ε), with g the upstream gradient and
  /// means over batch and space.
  ///
  /// **Numerics:** the mean is subtracted before squaring; the variance has no correction. About 10
  /// flops an element, three passes over memory forwards and two backwards.
  ///
  /// **Source:** Ioffe and Szegedy, *Batch normalization*, 2015, algorithm 1.
  ///
  /// - Parameter epsilon: Added to the variance, greater than 0; a static attribute.
  public func batchNorm(epsilon: Float = 1e-5) -> Self {
    Self(apply(BatchNorm(epsilon: epsilon), node))
  }
}

package struct BatchNorm: Operation {
  package static let name = "batchNorm"
  let epsilon: Float

  package init(epsilon: Float) { self.epsilon = epsilon }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[0].rank >= 2 else {
      throw ShapeError("takes [N, C, …], not \(operands[0])")
    }
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    mapChannels(x) { channel in normalized(channel[0], Double(epsilon)).y }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [VarDiff(apply(BatchNormGradient(epsilon: epsilon), x[0].node, upstream.node))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .composition { Statistics($0[0], epsilon).y }
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(Int(epsilon.bitPattern))
  }
}

/// The pullback of `batchNorm`, from its input and the upstream gradient.
package struct BatchNormGradient: Operation {
  package static let name = "batchNormGradient"
  let epsilon: Float

  package init(epsilon: Float) { self.epsilon = epsilon }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[0].rank >= 2, operands[0] == operands[1] else {
      throw ShapeError("takes two [N, C, …] of one shape, not \(operands[0]) and \(operands[1])")
    }
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    mapChannels(x) { channel in
      let (y, reciprocal) = normalized(channel[0], Double(epsilon))
      let g = channel[1]
      let mean = g.reduce(0, +) / Double(g.count)
      let share = zip(g, y).reduce(0) { $0 + $1.0 * $1.1 } / Double(g.count)
      return zip(g, y).map { ($0 - mean - $1 * share) * reciprocal }
    }
  }

  // As that of `LayerNormGradient`, with means over batch and space.
  package func pullback(_ u: VarDiff, operands: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let g = operands[1]
    let statistics = Statistics(operands[0], epsilon)
    let (y, r) = (statistics.y, statistics.reciprocal)
    let (gy, uy) = (channelMean(g * y), channelMean(u * y))
    let slope = channelMean(u * g) - channelMean(u) * channelMean(g) - uy * gy
    let throughY = VarDiff(
      apply(BatchNormGradient(epsilon: epsilon), operands[0].node, (u * gy + g * uy).node))
    return [
      -(r * (throughY + y * (r * slope))),
      VarDiff(apply(BatchNormGradient(epsilon: epsilon), operands[0].node, u.node)),
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .composition { operands in
      let statistics = Statistics(operands[0], epsilon)
      let (y, g) = (statistics.y, operands[1])
      return (g - channelMean(g) - y * channelMean(g * y)) * statistics.reciprocal
    }
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(Int(epsilon.bitPattern))
  }
}

/// The input normalised, and 1/√(variance + ε) of each channel.
private struct Statistics {
  let y: VarDiff
  let reciprocal: VarDiff

  init(_ x: VarDiff, _ epsilon: Float) {
    let centred = x - channelMean(x)
    reciprocal = (channelMean(centred.square()) + epsilon).rsqrt()
    y = centred * reciprocal
  }
}

/// The mean over batch and space of each channel, `[1, C, 1 …]`.
func channelMean(_ x: VarDiff) -> VarDiff {
  x.mean(axes: [0] + Array(2..<x.rank), keepingAxes: true)
}

/// What the closure makes of each channel's elements, put back where they stood.
func mapChannels(
  _ x: [ReferenceTensor], _ body: ([[Double]]) -> [Double]
) -> ReferenceTensor {
  var places = [[Int]](repeating: [], count: x[0].shape[1])
  var position = 0
  x[0].shape.forEachIndex { index in
    places[index[1]].append(position)
    position += 1
  }
  var result = x[0]
  for channel in places {
    let values = body(x.map { operand in channel.map { operand.elements[$0] } })
    for (place, value) in zip(channel, values) { result.elements[place] = value }
  }
  return result
}
