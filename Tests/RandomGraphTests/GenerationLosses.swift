import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

extension Generation {
  mutating func addLoss() {
    if numbers.chance(0.5) { return addPairLoss() }
    guard let x = operand({ $0.rank >= 2 && $0.count > 0 && $0.rank <= 4 }) else {
      return addLeaf(matrixShape())
    }
    let classes = shape(x)[1]
    if numbers.chance(0.25) { return addSoftCrossEntropy(x) }
    let labels = wholeNumbers(shape(x).removing(axis: 1), below: classes)
    let weights = leaf(Shape(classes), isDifferentiable: false)
    let isWeighted = numbers.chance(0.4)
    let ignored: Int? = numbers.chance(0.3) ? numbers.below(classes) : nil
    // The mean of none, where all are ignored, is no number.
    let reduction = numbers.pick(
      ignored == nil ? [.none, .sum, .mean] : [.none, .sum] as [LossReduction])
    let bound = (bounds[x] + 6) * (reduction == .sum ? Float(shape(labels).count) : 1)
    let options =
      "classWeights: \(isWeighted ? "Var($2.sigmoid().node)" : "nil"), ignoring: "
      + "\(ignored.map { "\($0)" } ?? "nil"), reduction: .\(reduction)"
    if numbers.chance(0.6) {
      let smoothing = numbers.pick([0, 0, 0.2] as [Float])
      add(
        Move("CrossEntropy", "$0.crossEntropy($1, labelSmoothing: \(smoothing), \(options))") {
          $0[0].crossEntropy(
            $0[1], classWeights: isWeighted ? Var($0[2].sigmoid().node) : nil,
            labelSmoothing: smoothing, ignoring: ignored, reduction: reduction)
        }, [x, labels, weights], bound)
    } else {
      add(
        Move("NegativeLogLikelihood", "$0.negativeLogLikelihood($1, \(options))") {
          $0[0].negativeLogLikelihood(
            $0[1], classWeights: isWeighted ? Var($0[2].sigmoid().node) : nil,
            ignoring: ignored, reduction: reduction)
        }, [x, labels, weights], bound)
    }
  }

  private mutating func addSoftCrossEntropy(_ x: Int) {
    let shape = shape(x)
    let targets = operand { $0 == shape } ?? leaf(shape)
    let smoothing = numbers.pick([0, 0.1] as [Float])
    add(
      Move(
        "SoftCrossEntropy",
        "$0.crossEntropy(probabilities: $1.softmax(axis: 1), labelSmoothing: \(smoothing))"
      ) {
        $0[0].crossEntropy(probabilities: $0[1].softmax(axis: 1), labelSmoothing: smoothing)
      }, [x, targets], bounds[x] + 8)
  }

  private mutating func addPairLoss() {
    guard let x = operand({ $0.count > 0 }) else { return addLeaf(matrixShape()) }
    let shape = shape(x)
    let target = operand { $0 == shape } ?? leaf(shape)
    let reduction = numbers.pick(LossReduction.allCases)
    let c = numbers.float(0.3...1.5)
    let count = reduction == .sum ? Float(shape.count) : reduction == .batchMean ? 8 : 1
    let bound = bounds[x] + bounds[target] + 4
    switch numbers.below(5) {
    case 0:
      add(
        Move(
          "BinaryCrossEntropy",
          "(0.8 * $0.sigmoid() + 0.1).binaryCrossEntropy($1.sigmoid(), reduction: .\(reduction))"
        ) {
          (0.8 * $0[0].sigmoid() + 0.1).binaryCrossEntropy($0[1].sigmoid(), reduction: reduction)
        }, [x, target], 4 * count)
    case 1:
      add(
        Move(
          "BinaryCrossEntropyWithLogits",
          "$0.binaryCrossEntropyWithLogits($1.sigmoid(), reduction: .\(reduction))"
        ) { $0[0].binaryCrossEntropyWithLogits($0[1].sigmoid(), reduction: reduction) },
        [x, target], bound * count)
    case 2:
      add(
        Move("Huber", "$0.huber($1, delta: \(c), reduction: .\(reduction))") {
          $0[0].huber($0[1], delta: c, reduction: reduction)
        }, [x, target], c * bound * count)
    case 3:
      add(
        Move("Huber", "$0.smoothL1($1, beta: \(c), reduction: .\(reduction))") {
          $0[0].smoothL1($0[1], beta: c, reduction: reduction)
        }, [x, target], bound * count)
    default:
      add(
        Move("KLDivergence", "$0.klDivergence($1.sigmoid(), reduction: .\(reduction))") {
          $0[0].klDivergence($0[1].sigmoid(), reduction: reduction)
        }, [x, target], bound * count)
    }
  }
}
