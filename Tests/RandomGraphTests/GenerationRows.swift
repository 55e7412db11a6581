import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

extension Generation {
  mutating func addReduction() {
    let x = operand()!
    let (shape, bound) = (shape(x), bounds[x])
    if shape.rank == 0 || numbers.chance(0.1) {
      return numbers.chance(0.5)
        ? add(.total, [x], bound * Float(max(shape.count, 1)).squareRoot())
        : add(.average, [x], bound)
    }
    let axes = (0..<shape.rank).filter { _ in numbers.chance(0.45) }
    let keeping = numbers.chance(0.4)
    let terms = axes.reduce(1) { $0 * max(shape[$1], 1) }
    switch numbers.below(9) {
    case 0, 1:
      add(
        Move("Sum", "$0.sum(axes: \(axes), keepingAxes: \(keeping))") {
          $0[0].sum(axes: axes, keepingAxes: keeping)
        }, [x], bound * Float(terms).squareRoot())
    case 2, 3:
      add(
        Move("Mean", "$0.mean(axes: \(axes), keepingAxes: \(keeping))") {
          $0[0].mean(axes: axes, keepingAxes: keeping)
        }, [x], bound)
    case 4: addVariance(x, axes, keeping)
    case 5: addNorm(x, axes, keeping)
    case 6:
      add(
        Move("LogSumExp", "$0.logSumExp(axes: \(axes), keepingAxes: \(keeping))") {
          $0[0].logSumExp(axes: axes, keepingAxes: keeping)
        }, [x], bound + 8)
    case 7: addExtreme(x, axes, keeping)
    default: addPosition(x, keeping)
    }
  }

  private mutating func addVariance(_ x: Int, _ axes: [Int], _ keeping: Bool) {
    if axes.reduce(1, { $0 * shape(x)[$1] }) < 2 { return addUnary() }
    let correction = numbers.below(2)
    if numbers.chance(0.6) {
      add(
        Move(
          "Variance",
          "$0.variance(axes: \(axes), correction: \(correction), keepingAxes: \(keeping))"
        ) { $0[0].variance(axes: axes, correction: correction, keepingAxes: keeping) }, [x],
        2 * bounds[x] * bounds[x])
    } else {
      // The root's slope has no bound where all are equal.
      let y = separated(x)
      add(
        Move("Variance", "$0.standardDeviation(axes: \(axes), keepingAxes: \(keeping))") {
          $0[0].standardDeviation(axes: axes, keepingAxes: keeping)
        }, [y], 2)
    }
  }

  private mutating func addNorm(_ x: Int, _ axes: [Int], _ keeping: Bool) {
    let order = numbers.pick([1, 2, 2, 3, .infinity] as [Float])
    let terms = axes.reduce(1) { $0 * max(shape(x)[$1], 1) }
    if order == .infinity {
      if shape(x).count == 0 { return addUnary() }
      let y = separated(x)
      add(
        Move("Norm", "$0.norm(axes: \(axes), order: .infinity, keepingAxes: \(keeping))") {
          $0[0].norm(axes: axes, order: .infinity, keepingAxes: keeping)
        }, [y], 2)
    } else if order == 1 {
      add(
        Move("Norm", "$0.norm(axes: \(axes), order: 1, keepingAxes: \(keeping))") {
          $0[0].norm(axes: axes, order: 1, keepingAxes: keeping)
        }, [x], bounds[x] * Float(terms))
    } else {
      add(
        Move(
          "Norm",
          "($0.softplus() + 0.1).norm(axes: \(axes), order: \(order), keepingAxes: \(keeping))"
        ) { ($0[0].softplus() + 0.1).norm(axes: axes, order: order, keepingAxes: keeping) }, [x],
        (bounds[x] + 1) * Float(terms).squareRoot())
    }
  }

  private mutating func addExtreme(_ x: Int, _ axes: [Int], _ keeping: Bool) {
    if shape(x).count == 0 { return addUnary() }
    // Where elements are equal but for rounding, that decides where the gradient goes.
    let y = numbers.chance(0.6) ? separated(x) : x
    let move =
      numbers.chance(0.5)
      ? Move("Extreme", "$0.max(axes: \(axes), keepingAxes: \(keeping))") {
        $0[0].max(axes: axes, keepingAxes: keeping)
      }
      : Move("Extreme", "$0.min(axes: \(axes), keepingAxes: \(keeping))") {
        $0[0].min(axes: axes, keepingAxes: keeping)
      }
    add(move, [y], bounds[y])
  }

  private mutating func addPosition(_ x: Int, _ keeping: Bool) {
    if shape(x).count == 0 { return addUnary() }
    let y = numbers.chance(0.8) ? separated(x) : x
    let axis = numbers.below(shape(y).rank)
    let move =
      numbers.chance(0.5)
      ? Move("ArgExtreme", "VarDiff($0.argmax(axis: \(axis), keepingAxes: \(keeping)))") {
        VarDiff($0[0].argmax(axis: axis, keepingAxes: keeping))
      }
      : Move("ArgExtreme", "VarDiff($0.argmin(axis: \(axis), keepingAxes: \(keeping)))") {
        VarDiff($0[0].argmin(axis: axis, keepingAxes: keeping))
      }
    let extent = shape(y)[axis]
    add(move, [y], Float(extent), classes: extent)
  }

  mutating func addRows() {
    guard let x = operand({ $0.rank > 0 }) else { return addLeaf(matrixShape()) }
    let axis = numbers.below(shape(x).rank)
    switch numbers.below(6) {
    case 0: add(Move("Softmax", "$0.softmax(axis: \(axis))") { $0[0].softmax(axis: axis) }, [x], 1)
    case 1:
      add(
        Move("LogSoftmax", "$0.logSoftmax(axis: \(axis))") { $0[0].logSoftmax(axis: axis) }, [x],
        bounds[x] + 8)
    case 2:
      add(
        Move("CumulativeSum", "$0.cumsum(axis: \(axis))") { $0[0].cumsum(axis: axis) }, [x],
        bounds[x] * Float(max(shape(x)[axis], 1)).squareRoot())
    default: addLoss()
    }
  }

  mutating func addNormalization() {
    guard let x = operand({ $0.rank > 0 && $0.count > 0 }) else { return addLeaf(matrixShape()) }
    // A small one would divide rounding errors by next to nothing where elements are equal.
    let epsilon = numbers.pick([0.1, 0.5] as [Float])
    let shape = shape(x)
    switch shape.rank == 1 ? 0 : numbers.below(4) {
    case 0:
      add(
        Move("LayerNorm", "$0.layerNorm(epsilon: \(epsilon))") {
          $0[0].layerNorm(epsilon: epsilon)
        }, [x], 4)
    case 1, 2: addBatchNorm(x, epsilon)
    default:
      let groups = numbers.pick((1...shape[1]).filter { shape[1] % $0 == 0 })
      add(
        Move("GroupNorm", "$0.groupNorm(groups: \(groups), epsilon: \(epsilon))") {
          $0[0].groupNorm(groups: groups, epsilon: epsilon)
        }, [x], 4)
    }
  }

  mutating func addBatchNorm(_ x: Int, _ epsilon: Float = 0.1) {
    if numbers.chance(0.25) { return addBatchNormLayer(x, epsilon) }
    add(
      Move("BatchNorm", "$0.batchNorm(epsilon: \(epsilon))") {
        $0[0].batchNorm(epsilon: epsilon)
      }, [x], 4)
  }

  /// As the layer does it: by the batch's statistics in training, of which somebody is told.
  private mutating func addBatchNormLayer(_ x: Int, _ epsilon: Float) {
    add(
      Move("BatchNorm", "batchNormLayer($0, epsilon: \(epsilon))") {
        let mode = TrainingMode()
        let statistics = BatchStatistics.node(
          of: $0[0].node, BatchObserver(mode: mode) { _, _ in })
        let normalized = $0[0].batchNorm(epsilon: epsilon)
        return VarDiff(apply(ModeSwitch(mode), [normalized.node, $0[0].node, statistics]))
      }, [x], 4)
  }
}
