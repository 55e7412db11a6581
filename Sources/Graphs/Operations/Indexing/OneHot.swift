import NeuronikaTensors

extension Variable {
  /// Labels as rows of zeros with a 1 at the label.
  ///
  /// **Shape:** `[…]` → `[…, C]`.
  ///
  /// **Gradient:** none: the result is a `Var`.
  ///
  /// - Parameter classes: C, the number of classes. The elements are whole numbers from 0 to C − 1;
  ///   another stops the program with its position when the value is computed.
  public func oneHot(classes: Int) -> Var {
    Var(applyWithoutGradient(OneHot(classes: classes), unsqueeze(-1).node))
  }
}

/// From labels `[…, 1]` to `[…, C]`.
package struct OneHot: Operation {
  package static let name = "oneHot"
  let classes: Int

  package init(classes: Int) { self.classes = classes }

  package var wholeNumberOperand: (operand: Int, bound: Int)? { (0, classes) }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let last = operands[0].rank - 1
    guard last >= 0, operands[0][last] == 1 else {
      throw ShapeError("takes labels [..., 1], not \(operands[0])")
    }
    guard classes >= 1 else { throw ShapeError("the number of classes is \(classes)") }
    return operands[0].replacing(axis: last, with: classes)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { index in
      x[0][Array(index.dropLast()) + [0]] == Double(index[index.count - 1]) ? 1 : 0
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .rows(Tile.columnIndex.isEqual(to: .operand(0)))
  }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(classes) }
}
