import NeuronikaTensors

extension Variable {
  /// The value broadcast to a shape by NumPy's rule.
  ///
  /// **Shape:** aligned at the last axis, each extent is equal to the target's or 1.
  ///
  /// **Gradient:** the upstream gradient summed over the stretched axes. Takes no memory.
  public func broadcast(to shape: Shape) -> Self { Self(apply(Broadcast(target: shape), node)) }
}

package struct Broadcast: Operation {
  package static let name = "broadcast"
  let target: Shape

  package init(target: Shape) { self.target = target }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard Shape.broadcast(operands[0], target) == target else {
      throw ShapeError(
        "\(operands[0]) does not broadcast to \(target): aligned at the last axis, each extent has "
          + "to be equal or 1")
    }
    return target
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { x[0].broadcast(at: $0) }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream.summed(to: x[0].shape)]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering { .view(.broadcast) }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(target) }
}
