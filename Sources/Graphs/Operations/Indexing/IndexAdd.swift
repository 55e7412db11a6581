import NeuronikaTensors

extension Variable {
  /// This variable with slices added at indices along an axis; slices for one place add up.
  ///
  /// **Shape:** `[A, N, B]` with axis 1, indices `[…]` and values `[A, …, B]` → `[A, N, B]`.
  ///
  /// **Gradient:** the upstream gradient; to the values, its slices at the indices, as `indexSelect`
  /// takes them. Indices get none.
  ///
  /// **Numerics:** slices are added from first to last, each sum rounded.
  ///
  /// - Parameters:
  ///   - axis: The axis; a negative one counts from the end.
  ///   - indices: Whole numbers from 0 to N − 1, in any order, as often as wanted. Another number
  ///     stops the program with its position when the value is computed.
  ///   - values: The slices.
  public func indexAdd(axis: Int, indices: Var, values: Var) -> Self {
    Self(indexAdded(node, axis, indices, values.node))
  }
  public func indexAdd(axis: Int, indices: Var, values: VarDiff) -> VarDiff {
    VarDiff(indexAdded(node, axis, indices, values.node))
  }
}

private func indexAdded(_ whole: Node, _ axis: Int, _ indices: Var, _ values: Node) -> Node {
  do throws(ShapeError) {
    let axis = try indexAddAxis(axis, of: whole.shape, indices.shape, values: values.shape)
    let sums = apply(IndexAdd(axis: axis, extent: whole.shape[axis]), values, indices.node)
    return apply(Add(), whole, sums)
  } catch { stopProgram("indexAdd: \(error.description)") }
}

/// The axis, if the values have the shape that the indices ask for.
package func indexAddAxis(
  _ axis: Int, of whole: Shape, _ indices: Shape, values: Shape
) throws(ShapeError) -> Int {
  let axis = try resolvedAxis(axis, in: whole)
  var extents = whole.extents
  extents.replaceSubrange(axis...axis, with: indices.extents)
  guard values == Shape(extents) else {
    throw ShapeError(
      "values at \(indices) indices along axis \(axis) of \(whole) have shape \(Shape(extents)), "
        + "not \(values)")
  }
  return axis
}

/// Slices added up at indices along an axis of `extent`: also the pullback of `indexSelect`.
package struct IndexAdd: Operation {
  package static let name = "indexAdd"
  let axis: Int
  let extent: Int

  package init(axis: Int, extent: Int) { (self.axis, self.extent) = (axis, extent) }

  package var wholeNumberOperand: (operand: Int, bound: Int)? { (1, extent) }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let (slices, indices) = (operands[0], operands[1])
    guard slices.rank >= axis + indices.rank,
      Array(slices.extents[axis..<axis + indices.rank]) == indices.extents
    else {
      throw ShapeError("slices \(slices) don't have the axes of the indices \(indices) at \(axis)")
    }
    var extents = slices.extents
    extents.replaceSubrange(axis..<axis + indices.rank, with: [extent])
    return Shape(extents)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    var result = ReferenceTensor(shape: shape) { _ in 0 }
    x[0].shape.forEachIndex { index in
      let chosen = Array(index[axis..<axis + x[1].shape.rank])
      let rest = index[(axis + chosen.count)...]
      result[Array(index[..<axis]) + [Int(x[1][chosen])] + rest] += x[0][index]
    }
    return result
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [VarDiff(apply(IndexSelect(axis: axis, extent: extent), upstream.node, x[1].node)), nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering { .scatter(axis: axis) }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(axis)
    structure.append(extent)
  }
}
