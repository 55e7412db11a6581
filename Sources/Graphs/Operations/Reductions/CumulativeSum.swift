import NeuronikaTensors

extension Variable {
  /// The sums of the elements up to each place along an axis.
  ///
  /// **Shape:** any of rank ≥ 1, kept.
  ///
  /// **Gradient:** the sums of the upstream gradient from each place on.
  ///
  /// **Numerics:** added in `Double` from first to last, each sum rounded once.
  ///
  /// - Parameter axis: The axis; a negative one counts from the end.
  public func cumsum(axis: Int) -> Self {
    Self(
      apply(CumulativeSum(axis: oneAxis(axis, in: shape, operation: CumulativeSum.name)), node))
  }
}

package struct CumulativeSum: Operation {
  package static let name = "cumsum"
  let axis: Int

  package init(axis: Int) { self.axis = axis }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    _ = try resolvedAxis(axis, in: operands[0])
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    mapLanes(x, along: axis) { lanes in
      var sum = 0.0
      return lanes[0].map {
        sum += $0
        return sum
      }
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream.flip(axes: axis).cumsum(axis: axis).flip(axes: axis)]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .rows(Tile.operand(0).rowScan, along: axis, of: shape) { CumulativeSum(axis: $0) }
  }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(axis) }
}
