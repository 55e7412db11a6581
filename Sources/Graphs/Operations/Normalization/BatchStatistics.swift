import NeuronikaTensors

/// Who is told the statistics of each batch in training, to keep running ones.
package final class BatchObserver {
  /// Only in training is there anything to tell.
  let mode: TrainingMode
  /// Takes mean and variance of each channel, `[2, C]`, and of how many elements they are.
  let take: (Tensor, _ count: Int) -> Void

  package init(mode: TrainingMode, _ take: @escaping (Tensor, _ count: Int) -> Void) {
    (self.mode, self.take) = (mode, take)
  }
}

/// Mean and variance of each channel over batch and space: `[N, C, …]` → `[2, C]`. An observer is told
/// them. They get no gradient, and share their sums with `batchNorm` of the same variable.
package struct BatchStatistics: Operation {
  package static let name = "batchStatistics"
  /// Shared with the layer that it belongs to, on the graph's one thread. What it does with the values
  /// is no part of the plan.
  private nonisolated(unsafe) let observer: BatchObserver
  /// How many elements of a channel there are.
  private let count: Int

  package init(_ observer: BatchObserver, of shape: Shape) {
    self.observer = observer
    count = shape.rank < 2 || shape[1] == 0 ? 0 : shape.count / shape[1]
  }

  /// A node that tells the observer.
  package static func node(of x: Node, _ observer: BatchObserver) -> Node {
    let node = applyWithoutGradient(BatchStatistics(observer, of: x.shape), x)
    node.isObserved = true
    return node
  }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[0].rank >= 2 else { throw ShapeError("takes [N, C, …], not \(operands[0])") }
    return Shape(2, operands[0][1])
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    var sums = [Double](repeating: 0, count: shape[1])
    x[0].shape.forEachIndex { sums[$0[1]] += x[0][$0] }
    let means = sums.map { $0 / Double(count) }
    var squares = [Double](repeating: 0, count: shape[1])
    x[0].shape.forEachIndex { index in
      let distance = x[0][index] - means[index[1]]
      squares[index[1]] += distance * distance
    }
    return ReferenceTensor(shape: shape, elements: means + squares.map { $0 / Double(count) })
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .composition { operands in
      let mean = channelMean(operands[0])
      let variance = channelMean((operands[0] - mean).square())
      return cat([mean.reshape([1, shape[1]]), variance.reshape([1, shape[1]])], axis: 0)
    }
  }
}

extension BatchStatistics: ObservingOperation {
  package var isObserving: Bool { observer.mode.isTraining }
  package func observe(_ value: Tensor) { observer.take(value, count) }
}
