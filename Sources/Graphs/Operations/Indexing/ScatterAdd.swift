import NeuronikaTensors

extension Variable {
  /// This variable with values added, each at an index along an axis: value `[i, j]` goes to
  /// `[indices[i, j], j]` along axis 0, and to `[i, indices[i, j]]` along axis 1. Values for one place
  /// add up. It is the transpose of `gather`; for whole slices see `indexAdd`.
  ///
  /// **Shape:** `[A, N, B]` with axis 1, indices and values `[A′, M, B′]` → `[A, N, B]`; A′ ≤ A and
  /// B′ ≤ B.
  ///
  /// **Gradient:** the upstream gradient; to the values, what `gather` takes of it. Indices get none.
  ///
  /// **Numerics:** values are added in row-major order, each sum rounded. Indices are as for `gather`.
  /// One pass over the values and two over the tensor.
  ///
  /// - Parameters:
  ///   - axis: The axis; a negative one counts from the end.
  ///   - indices: Whole numbers from 0 to N − 1, in any order, as often as wanted. Another number
  ///     stops the program with its position when the value is computed.
  ///   - values: What to add, one value for each index.
  public func scatterAdd(axis: Int, indices: Var, values: Var) -> Self {
    Self(scattered(node, axis, indices, values.node))
  }
  public func scatterAdd(axis: Int, indices: Var, values: VarDiff) -> VarDiff {
    VarDiff(scattered(node, axis, indices, values.node))
  }
}

private func scattered(_ whole: Node, _ axis: Int, _ indices: Var, _ values: Node) -> Node {
  do throws(ShapeError) {
    let axis = try gatherAxis(axis, of: whole.shape, indices.shape)
    let sums = apply(Scatter(axis: axis, extent: whole.shape[axis]), values, indices.node)
    let placed =
      sums.shape == whole.shape ? sums : apply(Place(leading: sums.shape, in: whole.shape), sums)
    return apply(Add(), whole, placed)
  } catch { stopProgram("scatterAdd: \(error.description)") }
}

/// Values added up at an index each along an axis of `extent`; the other axes run together. Also the
/// pullback of `gather`.
package struct Scatter: Operation {
  package static let name = "scatterAdd"
  let axis: Int
  let extent: Int

  package init(axis: Int, extent: Int) { (self.axis, self.extent) = (axis, extent) }

  package var wholeNumberOperand: (operand: Int, bound: Int)? { (1, extent) }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[0] == operands[1], axis < operands[0].rank else {
      throw ShapeError(
        "values and indices differ in shape. values \(operands[0]) · indices \(operands[1])")
    }
    return operands[0].replacing(axis: axis, with: extent)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    var result = ReferenceTensor(shape: shape) { _ in 0 }
    x[0].shape.forEachIndex { index in
      var place = index
      place[axis] = Int(x[1][index])
      result[place] += x[0][index]
    }
    return result
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [VarDiff(apply(Gather(axis: axis, extent: extent), upstream.node, x[1].node)), nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .scatterElements(axis: axis)
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(axis)
    structure.append(extent)
  }
}
