import NeuronikaTensors

/// Uniform random numbers from 0 up to, but not including, 1, drawn anew at every evaluation: what
/// dropout makes its mask of.
///
/// The numbers are a function of the node's draw and of how many times it has drawn, so what has to
/// be computed again for a backward has the same ones, and a seed gives the same ones whatever else
/// the process computes.
package struct RandomUniform: Operation {
  package static let name = "randomUniform"
  let target: Shape

  /// A node that draws from a source.
  package static func node(_ shape: Shape, from source: RandomSource) -> Node {
    let node = Node(
      RandomUniform(target: shape), Operands(), shape: shape, isDifferentiable: false)
    node.draw = source.draw()
    return node
  }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { target }

  /// Random numbers have no specification but their distribution: the reference executor is given
  /// those that the engine drew.
  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    fatalError("random numbers are given to the reference executor")
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    []
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering { .random }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(target) }
}
