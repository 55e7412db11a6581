import NeuronikaTensors

/// The first operand in training, the second in use; further ones are computed along with it. What
/// isn't chosen is not computed, unless somebody holds it.
///
/// The mode is looked at when a value is computed. A gradient is that of the operand chosen when it is
/// derived: a `backward()` always agrees with its `forward()`, and a gradient taken as a variable
/// keeps to the mode in which it was taken.
package struct ModeSwitch: Operation {
  package static let name = "modeSwitch"
  /// Shared with whoever switches it, on the graph's one thread.
  private nonisolated(unsafe) let mode: TrainingMode

  package init(_ mode: TrainingMode) { self.mode = mode }

  package var trainingMode: TrainingMode? { mode }
  private var chosen: Int { mode.isTraining ? 0 : 1 }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[0] == operands[1] else {
      throw ShapeError(
        "takes two equal shapes to choose from, not \(operands[0]) and \(operands[1])")
    }
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor { x[chosen] }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    x.indices.map { $0 == chosen ? upstream : nil }
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .composition { $0[chosen] }
  }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(chosen) }
}
