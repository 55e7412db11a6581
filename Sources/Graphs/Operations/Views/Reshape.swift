import NeuronikaTensors

extension Variable {
  /// The same elements, in row-major order, under another shape.
  ///
  /// **Shape:** any → `shape`, with as many elements.
  ///
  /// **Gradient:** the upstream gradient under the former shape. Costs nothing at run time.
  public func reshape(_ shape: Shape) -> Self { Self(apply(Reshape(target: shape), node)) }
}

package struct Reshape: Operation {
  package static let name = "reshape"
  let target: Shape

  package init(target: Shape) { self.target = target }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[0].count == target.count else {
      throw ShapeError(
        "\(operands[0]) has \(operands[0].count) elements and \(target) has \(target.count)")
    }
    return target
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape, elements: x[0].elements)
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream.reshape(x[0].shape)]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering { .view(.reshape) }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(target) }
}
