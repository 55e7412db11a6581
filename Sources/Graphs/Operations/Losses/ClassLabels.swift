import NeuronikaTensors

// What the losses share that compare scores of classes with labels.

/// The shape of the losses, one for each label: that of the scores without the axis of the classes.
package func labelShape(scores: Shape, labels: Shape) throws(ShapeError) -> Shape {
  if scores.rank >= 2 {
    let shape = scores.removing(axis: 1)
    if labels == shape || (scores.rank == 2 && labels == Shape(scores[0], 1)) { return shape }
  }
  throw ShapeError(
    "takes scores [N, C, ...] and labels [N, ...]. scores \(scores) · labels \(labels)")
}

/// The shape rule of rows of scores `[..., C]` and a label for each, `[..., 1]`.
func labelColumnShape(_ operands: Shapes, classes: Int) throws(ShapeError) -> Shape {
  let (rows, labels) = (operands[0], operands[1])
  guard rows.rank >= 1, rows[rows.rank - 1] == classes,
    labels == rows.replacing(axis: rows.rank - 1, with: 1)
  else {
    throw ShapeError(
      "takes rows [..., \(classes)] and labels [..., 1]. rows \(rows) · labels \(labels)")
  }
  return labels
}

/// The complaint about class weights that aren't one for each class.
package func checkClassWeights(_ weights: Shape, classes: Int) throws(ShapeError) {
  guard weights == Shape(classes) else {
    throw ShapeError(
      "a weight for each of the \(classes) classes is needed, but there are \(weights)")
  }
}

func requireSmoothing(_ loss: String, _ smoothing: Float) {
  guard 0 <= smoothing, smoothing <= 1 else {
    stopProgram("\(loss): labelSmoothing has to be between 0 and 1, but is \(smoothing)")
  }
}

extension VarDiff {
  /// Scores `[N, C, …]` with the classes along the last axis.
  var classesLast: VarDiff {
    rank == 2 ? self : permute([0] + Array(2..<rank) + [1])
  }
}

/// Scores and labels in the form that losses of rows take, and how the labels weigh.
struct ClassLabels {
  /// The scores, `[N, …, C]`.
  let rows: VarDiff
  let classes: Int
  /// The labels, `[N, …, 1]`; 0 stands for one that doesn't count.
  let labels: VarDiff
  /// 1 for each label that counts and 0 for the others; `nil` if all count.
  private let counts: VarDiff?
  /// The weights of the labels' classes; `nil` if all weigh 1.
  let weights: VarDiff?

  /// Stops the program with a sentence that begins with the loss' name if the shapes are wrong.
  init(_ loss: String, scores: Node, labels given: Node, classWeights: Var?, ignoring: Int?) {
    do throws(ShapeError) {
      let shape = try labelShape(scores: scores.shape, labels: given.shape)
      (rows, classes) = (VarDiff(scores).classesLast, scores.shape[1])
      let column = VarDiff(given).reshape(shape.inserting(1, at: shape.rank))
      counts = ignoring.map { VarDiff(column .!= Float($0)) }
      labels = counts.map { column.where($0, else: 0) } ?? column
      if let classWeights { try checkClassWeights(classWeights.shape, classes: classes) }
    } catch { stopProgram("\(loss): \(error.description)") }
    let positions = Var(labels.node)
    weights = classWeights.map { VarDiff($0.indexSelect(positions).node) }
  }

  /// The losses, `[N, …, 1]`, of the labels that count, reduced.
  func reduced(_ losses: VarDiff, _ reduction: LossReduction) -> Node {
    let values = (counts.map { losses.where($0, else: 0) } ?? losses).squeeze(-1)
    guard reduction == .mean else { return values.reduced(reduction).node }
    let total: VarDiff
    switch (weights, counts) {
    case (let weights?, let counts?): total = weights * counts
    case (let one?, nil), (nil, let one?): total = one
    case (nil, nil): return values.mean().node
    }
    return (values.sum() / total.sum()).node
  }
}
