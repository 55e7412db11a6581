import NeuronikaTensors

extension Variable {
  /// The cross-entropy of class scores (logits) and labels: ln Σⱼ e^xⱼ − x_label for each row.
  ///
  /// **Shape:** logits `[N, C]`, labels `[N]` (or `[N, 1]`) → `[N]` with `.none`, else `[]`.
  ///
  /// **Gradient:** upstream · (softmax(x) − one-hot(label)), in one pass that needs only the logits;
  /// labels get none.
  ///
  /// **Numerics:** the row's greatest score is subtracted before exponentials are taken, so that
  /// nothing overflows; a score of −∞ excludes its class. About 20 flops an element.
  ///
  /// - Parameters:
  ///   - labels: The classes: whole numbers from 0 to C − 1. A fraction, a negative or a greater one
  ///     stops the program with its position when the loss is computed.
  ///   - reduction: What becomes of the N losses.
  public func crossEntropy(_ labels: Var, reduction: LossReduction = .mean) -> Self {
    Self(crossEntropies(node, labels.node)).reduced(reduction)
  }
  public func crossEntropy(_ labels: VarDiff, reduction: LossReduction = .mean) -> VarDiff {
    VarDiff(crossEntropies(node, labels.node)).reduced(reduction)
  }
}

private func crossEntropies(_ logits: Node, _ labels: Node) -> Node {
  // Labels of another rank go as they are to the shape rule, which complains of them.
  let column = labels.shape.rank == 1 ? Var(labels).unsqueeze(1).node : labels
  let classes = logits.shape.rank == 2 ? logits.shape[1] : 0
  let losses = apply(CrossEntropy(classes: classes), logits, column)
  return Var(losses).squeeze(1).node
}

/// The losses of rows as a column `[N, 1]`, from logits `[N, C]` and labels `[N, 1]`.
package struct CrossEntropy: Operation {
  package static let name = "crossEntropy"
  let classes: Int

  package init(classes: Int) { self.classes = classes }

  package var wholeNumberOperand: (operand: Int, bound: Int)? { (1, classes) }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let (logits, labels) = (operands[0], operands[1])
    guard logits.rank == 2, labels.rank == 2, labels[1] == 1, labels[0] == logits[0] else {
      let given = labels.rank == 2 && labels[1] == 1 ? Shape(labels[0]) : labels
      throw ShapeError("takes logits [N, C] and labels [N]. logits \(logits) · labels \(given)")
    }
    return labels
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { index in
      let row = (0..<x[0].shape[1]).map { x[0][[index[0], $0]] }
      let greatest = row.greatest
      let sum = row.reduce(0) { $0 + Exact.exp($1 - greatest) }
      return Exact.ln(sum) - (row[Int(x[1][index])] - greatest)
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [
      VarDiff(
        apply(CrossEntropyGradient(classes: classes), [x[0].node, x[1].node, upstream.node])), nil,
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let greatest = Tile.operand(0).rowMax
    let exponentials = (Tile.operand(0) - greatest).map(.exp)
    let score = Tile.operand(0).rowElement(at: .operand(1))
    return .rows(exponentials.rowSum.map(.log) - (score - greatest))
  }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(classes) }
}

/// The pullback of `crossEntropy` to the logits: (softmax(x) − one-hot(label)) · g, from logits
/// `[N, C]`, labels `[N, 1]` and the upstream gradient `[N, 1]`.
package struct CrossEntropyGradient: Operation {
  package static let name = "crossEntropyGradient"
  let classes: Int

  package init(classes: Int) { self.classes = classes }

  package var wholeNumberOperand: (operand: Int, bound: Int)? { (1, classes) }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    _ = try CrossEntropy(classes: classes).shape(of: Shapes(operands[0], operands[1]))
    guard operands[2] == operands[1] else {
      throw ShapeError("an upstream gradient of \(operands[2]) for losses of \(operands[1])")
    }
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    let softmax = Softmax(axis: 1).specification([x[0]], shape: shape)
    return ReferenceTensor(shape: shape) { index in
      let label = Int(x[1][[index[0], 0]])
      return (softmax[index] - (index[1] == label ? 1 : 0)) * x[2][[index[0], 0]]
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let one = VarDiff(scalar(1)).broadcast(to: x[2].shape)
    let slope = VarDiff(
      apply(CrossEntropyGradient(classes: classes), [x[0].node, x[1].node, one.node]))
    let softmax = x[0].softmax(axis: 1)
    return [
      VarDiff(apply(SoftmaxGradient(axis: 1), softmax.node, (upstream * x[2]).node)),
      nil,
      (upstream * slope).sum(axes: 1, keepingAxes: true),
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let exponentials = (Tile.operand(0) - Tile.operand(0).rowMax).map(.exp)
    let share = Tile.operand(2) / exponentials.rowSum
    return .rows((exponentials * share).rowAdding(-Tile.operand(2), at: .operand(1)))
  }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(classes) }
}
