import NeuronikaTensors

extension Variable {
  /// Slices along an axis, chosen by index: `table.indexSelect(tokens, axis: 0)` is an embedding
  /// lookup.
  ///
  /// **Shape:** `[A, N, B]` with axis 1 and indices of shape `[…]` → `[A, …, B]`.
  ///
  /// **Gradient:** the upstream slices, added up where they came from; indices get none.
  ///
  /// - Parameters:
  ///   - indices: Whole numbers from 0 to N − 1, in any order, as often as wanted. Another number
  ///     stops the program with its position when the value is computed.
  ///   - axis: The axis; a negative one counts from the end.
  public func indexSelect(_ indices: Var, axis: Int = 0) -> Self {
    do throws(ShapeError) {
      let axis = try resolvedAxis(axis, in: shape)
      return Self(apply(IndexSelect(axis: axis, extent: shape[axis]), node, indices.node))
    } catch { stopProgram("indexSelect: \(error.description)") }
  }
}

package struct IndexSelect: Operation {
  package static let name = "indexSelect"
  let axis: Int
  let extent: Int

  package init(axis: Int, extent: Int) { (self.axis, self.extent) = (axis, extent) }

  package var wholeNumberOperand: (operand: Int, bound: Int)? { (1, extent) }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard axis < operands[0].rank, operands[0][axis] == extent else {
      throw ShapeError("axis \(axis) of \(operands[0]) is not \(extent) long")
    }
    var extents = operands[0].extents
    extents.replaceSubrange(axis...axis, with: operands[1].extents)
    return Shape(extents)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { index in
      let chosen = Array(index[axis..<axis + x[1].shape.rank])
      let rest = index[(axis + chosen.count)...]
      return x[0][Array(index[..<axis]) + [Int(x[1][chosen])] + rest]
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [VarDiff(apply(IndexAdd(axis: axis, extent: extent), upstream.node, x[1].node)), nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering { .gather(axis: axis) }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(axis)
    structure.append(extent)
  }
}

/// Slices added up at indices along an axis of `extent`: the pullback of `indexSelect`.
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
