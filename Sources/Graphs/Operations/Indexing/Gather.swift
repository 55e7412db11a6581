import NeuronikaTensors

extension Variable {
  /// Elements chosen by an index each: place `[i, j]` of the result is `self[indices[i, j], j]` along
  /// axis 0, and `self[i, indices[i, j]]` along axis 1. For whole slices see `indexSelect`.
  ///
  /// **Shape:** `[A, N, B]` with axis 1 and indices `[A′, M, B′]` → `[A′, M, B′]`; A′ ≤ A and B′ ≤ B.
  ///
  /// **Gradient:** the upstream gradient, added up where the elements came from; indices get none.
  ///
  /// **Numerics:** exact. Indices count along the axis only, so that the 2²⁴ places up to which a
  /// `Float` names each are no limit to the size of the tensor. One pass over the indices.
  ///
  /// - Parameters:
  ///   - axis: The axis; a negative one counts from the end.
  ///   - indices: Whole numbers from 0 to N − 1, in any order, as often as wanted. Another number
  ///     stops the program with its position when the value is computed.
  public func gather(axis: Int, indices: Var) -> Self {
    do throws(ShapeError) {
      let axis = try gatherAxis(axis, of: shape, indices.shape)
      let looked = indices.shape.replacing(axis: axis, with: shape[axis])
      let part = looked == shape ? node : apply(Slice(leading: looked), node)
      return Self(apply(Gather(axis: axis, extent: shape[axis]), part, indices.node))
    } catch { stopProgram("gather: \(error.description)") }
  }
}

/// The axis, if the indices have the rank of the whole and fit into it along all other axes.
package func gatherAxis(
  _ axis: Int, of whole: Shape, _ indices: Shape
) throws(ShapeError) -> Int {
  let axis = try resolvedAxis(axis, in: whole)
  guard indices.rank == whole.rank,
    (0..<whole.rank).allSatisfy({ $0 == axis || indices[$0] <= whole[$0] })
  else {
    throw ShapeError(
      "indices \(indices) don't fit \(whole): the rank has to be the same, and no axis longer but "
        + "axis \(axis)")
  }
  return axis
}

/// Elements at an index each along an axis of `extent`; the other axes run together.
package struct Gather: Operation {
  package static let name = "gather"
  let axis: Int
  let extent: Int

  package init(axis: Int, extent: Int) { (self.axis, self.extent) = (axis, extent) }

  package var wholeNumberOperand: (operand: Int, bound: Int)? { (1, extent) }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let (whole, indices) = (operands[0], operands[1])
    guard axis < whole.rank, indices.rank == whole.rank,
      whole == indices.replacing(axis: axis, with: extent)
    else {
      throw ShapeError(
        "\(whole) and indices \(indices) differ not only along axis \(axis), \(extent) long")
    }
    return indices
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { index in
      var place = index
      place[axis] = Int(x[1][index])
      return x[0][place]
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [VarDiff(apply(Scatter(axis: axis, extent: extent), upstream.node, x[1].node)), nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .gatherElements(axis: axis)
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(axis)
    structure.append(extent)
  }
}
