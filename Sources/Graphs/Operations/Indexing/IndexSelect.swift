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
