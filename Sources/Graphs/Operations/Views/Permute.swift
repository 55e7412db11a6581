import NeuronikaTensors

extension Variable {
  /// The axes in another order: axis i of the result is axis `axes[i]` of the operand.
  ///
  /// **Shape:** `[A, B, C]` permuted by `2, 0, 1` → `[C, A, B]`.
  ///
  /// **Gradient:** the upstream gradient, permuted back. Takes no memory: a product or an
  /// elementwise operation reads it with other strides.
  ///
  /// - Parameter axes: All axes, each once; negative ones count from the end.
  public func permute(_ axes: Int...) -> Self { permute(axes) }
  public func permute(_ axes: [Int]) -> Self {
    // Resolved as far as they exist; the shape rule complains about the others.
    let resolved = axes.map { $0 < 0 && $0 >= -rank ? $0 + rank : $0 }
    return Self(apply(Permute(axes: resolved), node))
  }
}

package struct Permute: Operation {
  package static let name = "permute"
  let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let shape = operands[0]
    guard axes.sorted().elementsEqual(0..<shape.rank) else {
      throw ShapeError("\(axes) does not name every axis of \(shape) exactly once")
    }
    return Shape(axes.map { shape[$0] })
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { index in
      var source = index
      for (axis, from) in axes.enumerated() { source[from] = index[axis] }
      return x[0][source]
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    var inverse = axes
    for (axis, from) in axes.enumerated() { inverse[from] = axis }
    return [upstream.permute(inverse)]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .view(.permutation(axes))
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(axes.count)
    for axis in axes { structure.append(axis) }
  }
}
