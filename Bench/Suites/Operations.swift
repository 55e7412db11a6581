import Neuronika
import NeuronikaBenchmarking

/// Operations by themselves.
let operationBenchmarks: [Benchmark] = operations.flatMap(\.benchmarks)

private let operations: [OperationBenchmark] =
  products + images + [
    OperationBenchmark(id: "relu/1048576", shapes: [[1 << 20]]) { $0[0].relu() },
    OperationBenchmark(id: "exp/1048576", shapes: [[1 << 20]]) { $0[0].exp() },
    OperationBenchmark(id: "add/1048576", shapes: [[1 << 20], [1 << 20]]) { $0[0] + $0[1] },
    // Ten operations in one pass over memory.
    OperationBenchmark(id: "chain/1048576", shapes: [[1 << 20], [1 << 20]]) { x in
      let inner = (x[0] * x[1] + x[0]).tanh() * 0.5 + x[1]
      return ((inner - x[0]).exp() * x[1]).sigmoid() + inner
    },
    OperationBenchmark(id: "broadcast-rows/4096x256", shapes: [[4096, 256], [256]]) {
      $0[0] + $0[1]
    },
    OperationBenchmark(id: "broadcast-columns/4096x256", shapes: [[4096, 256], [4096, 1]]) {
      $0[0] * $0[1]
    },
    OperationBenchmark(id: "sum/1048576", shapes: [[1 << 20]]) { $0[0].sum() },
    OperationBenchmark(id: "sum-rows/4096x256", shapes: [[4096, 256]]) { $0[0].sum(axes: 1) },
    OperationBenchmark(id: "sum-columns/4096x256", shapes: [[4096, 256]]) { $0[0].sum(axes: 0) },
    OperationBenchmark(id: "max-rows/4096x256", shapes: [[4096, 256]]) { $0[0].max(axes: 1) },
    OperationBenchmark(id: "softmax/4096x256", shapes: [[4096, 256]]) { $0[0].softmax(axis: 1) },
    OperationBenchmark(id: "layer-norm/4096x256", shapes: [[4096, 256]]) { $0[0].layerNorm() },
    OperationBenchmark(id: "cross-entropy/512x10", shapes: [[512, 10]]) { crossEntropy($0[0]) },
    OperationBenchmark(id: "cross-entropy/4096x1000", shapes: [[4096, 1000]]) {
      crossEntropy($0[0])
    },
  ]

/// Products of matrices: square ones, and those of a multilayer perceptron.
private let products: [OperationBenchmark] =
  [32, 64, 128, 256, 512, 1024].map { size in
    OperationBenchmark(
      id: "mm/\(size)", shapes: [[size, size], [size, size]],
      smallShapes: size > 128 ? [[size, 64], [64, 65]] : nil, flops: 2 * pow3(size)
    ) { $0[0].mm($0[1]) }
  }
  + [(128, 784, 512), (128, 512, 256), (128, 256, 10), (64, 13, 1)].map { rows, inner, columns in
    OperationBenchmark(
      id: "mm-layer/\(rows)x\(inner)x\(columns)", shapes: [[rows, inner], [inner, columns]],
      smallShapes: inner > 128 ? [[16, inner], [inner, min(columns, 64)]] : nil,
      flops: 2 * Double(rows * inner * columns)
    ) { $0[0].mm($0[1]) }
  }

/// What convolutional networks are made of.
private let images: [OperationBenchmark] = [
  OperationBenchmark(
    id: "convolution/64x32x26x26", shapes: [[64, 32, 26, 26], [64, 32, 3, 3]],
    // Large enough for the algorithm that is timed.
    smallShapes: [[7, 32, 14, 14], [64, 32, 3, 3]], flops: 2 * 64 * 64 * 32 * 9 * 24 * 24
  ) { $0[0].convolution($0[1]) },
  OperationBenchmark(
    id: "convolution/64x1x28x28", shapes: [[64, 1, 28, 28], [6, 1, 5, 5]],
    smallShapes: [[4, 1, 28, 28], [6, 1, 5, 5]], flops: 2 * 64 * 6 * 25 * 24 * 24
  ) { $0[0].convolution($0[1]) },
  OperationBenchmark(
    id: "max-pool/64x32x24x24", shapes: [[64, 32, 24, 24]], smallShapes: [[2, 32, 8, 8]]
  ) { $0[0].maxPool(kernelSize: 2) },
]

private func crossEntropy(_ scores: VarDiff) -> VarDiff {
  scores.crossEntropy(Var(labels(scores.shape[0], scores.shape[1])))
}

private func labels(_ rows: Int, _ classes: Int) -> Tensor {
  if let known = labelsMade[[rows, classes]] { return known }
  let made = Tensor((0..<rows).map { Float($0 % classes) })
  labelsMade[[rows, classes]] = made
  return made
}

private var labelsMade: [Shape: Tensor] = [:]

private func pow3(_ size: Int) -> Double { Double(size) * Double(size) * Double(size) }
