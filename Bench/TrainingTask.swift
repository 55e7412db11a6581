import Foundation
import NeuronikaBenchmarking

/// A model, its data and how it is trained: all that the implementations have to agree on.
nonisolated struct TrainingTask: Codable, Sendable {
  enum Activation: String, Codable { case relu, tanh, softplus }
  enum Loss: String, Codable { case squaredError, crossEntropy }
  enum Optimizer: String, Codable { case sgd, adam }

  /// What stands in a row in a network.
  enum Layer: Codable {
    case linear(outputs: Int)
    /// Square kernels that move by 1, over images `[channels, height, width]`.
    case convolution(channels: Int, kernel: Int, padding: Int = 0)
    /// The greatest of each square of an image.
    case maxPool(size: Int)
    case flatten
    case activation(kind: Activation)
  }

  /// Something that is added to the loss, times a factor.
  struct Term: Codable {
    enum Kind: String, Codable, CaseIterable {
      /// The sum of the squares of all weights.
      case weights
      /// The mean square of the last layer's outputs.
      case scores
      /// The mean absolute value of what the last layer is given.
      case activity
    }
    let kind: Kind
    let factor: Float
  }

  /// What the step is asked to be at most, in words and as numbers.
  enum Goal: Codable {
    case nanoseconds(Double)
    case ratios([String: Double])
  }

  let id: String
  /// The shape of an example.
  let input: [Int]
  /// The last one is linear.
  var layers: [Layer]
  var hasBias = true
  var batch: Int
  let loss: Loss
  var optimizer = Optimizer.sgd
  let learningRate: Double
  var terms: [Term] = []
  /// How many different batches there are; they take turns.
  var batches = 8
  var goal: Goal?

  /// The layers with the shapes of an example before and after them.
  var stages: [(layer: Layer, input: [Int], output: [Int])] {
    var shape = input
    return layers.map { layer in
      let before = shape
      shape = layer.output(of: before)
      return (layer, before, shape)
    }
  }

  /// The shapes of the weights, `[outputs, inputs]` and `[outputs, inputs, height, width]`.
  var weights: [[Int]] { stages.compactMap { $0.layer.weight(for: $0.input) } }

  /// The length of the result of an example.
  var outputs: Int { stages.last!.output[0] }

  var isConvolutional: Bool { input.count > 1 }

  /// The floating-point operations of the products in a step: one forwards and two backwards for
  /// each layer, but none for the gradient of the input.
  var flops: Double {
    let products = stages.compactMap { stage in
      // A weight is used once for each place of an image.
      stage.layer.weight(for: stage.input).map {
        2 * Double(batch * $0.reduce(1, *) * stage.output.dropFirst().reduce(1, *))
      }
    }
    return 3 * products.reduce(0, +) - products[0]
  }

  /// The model in a few words, like `784-512-256-10 relu, batch 128`.
  var summary: String {
    let shape = layers.compactMap { layer -> String? in
      switch layer {
      case .linear(let outputs): "\(outputs)"
      case .convolution(let channels, let kernel, _): "\(channels)@\(kernel)×\(kernel)"
      case .maxPool(let size): "max\(size)×\(size)"
      case .flatten, .activation: nil
      }
    }
    var words = [([input.map(String.init).joined(separator: "×")] + shape).joined(separator: "-")]
    for case .activation(let kind) in layers.prefix(2) { words.append(kind.rawValue) }
    if !hasBias { words.append("no bias") }
    if optimizer != .sgd { words.append(optimizer.rawValue) }
    words += terms.map { "+\($0.kind.rawValue)" }
    return words.joined(separator: " ") + ", batch \(batch)"
  }
}

nonisolated extension TrainingTask.Layer {
  /// The shape of an example after the layer.
  fileprivate func output(of input: [Int]) -> [Int] {
    switch self {
    case .linear(let outputs): [outputs]
    case .convolution(let channels, let kernel, let padding):
      [channels] + input.dropFirst().map { $0 + 2 * padding - kernel + 1 }
    case .maxPool(let size): [input[0]] + input.dropFirst().map { $0 / size }
    case .flatten: [input.reduce(1, *)]
    case .activation: input
    }
  }

  /// The shape of the weight, if the layer has one.
  fileprivate func weight(for input: [Int]) -> [Int]? {
    switch self {
    case .linear(let outputs): [outputs, input[0]]
    case .convolution(let channels, let kernel, _): [channels, input[0], kernel, kernel]
    default: nil
    }
  }
}

nonisolated extension [TrainingTask.Layer] {
  /// Linear layers with an activation between them.
  static func linear(
    _ outputs: [Int], _ activation: TrainingTask.Activation = .relu
  ) -> [TrainingTask.Layer] {
    [.linear(outputs: outputs[0])]
      + outputs.dropFirst().flatMap { [.activation(kind: activation), .linear(outputs: $0)] }
  }
}

/// The initial weights and the batches of a task.
nonisolated struct TrainingData {
  /// In row-major order, for each layer that has one.
  var weights: [[Float]] = []
  /// Empty without biases.
  var biases: [[Float]] = []
  /// Inputs `[batch, …]`, and targets `[batch, outputs]` or labels `[batch]`.
  var batches: [(inputs: [Float], targets: [Float])] = []

  /// Draws them. The targets come from a random linear map of the inputs, so that there is something
  /// to learn.
  init(_ task: TrainingTask, seed: UInt64) {
    var random = SplitMix(seed: seed)
    for byte in task.id.utf8 { random = SplitMix(seed: random.next() ^ UInt64(byte)) }
    for shape in task.weights {
      let bound = 1 / Float(shape.dropFirst().reduce(1, *)).squareRoot()
      weights.append((0..<shape.reduce(1, *)).map { _ in random.uniform(-bound, bound) })
      if task.hasBias {
        biases.append((0..<shape[0]).map { _ in random.uniform(-bound, bound) })
      }
    }
    let (inputs, outputs) = (task.input.reduce(1, *), task.outputs)
    let bound = (3 / Float(inputs)).squareRoot()
    let teacher = (0..<inputs * outputs).map { _ in random.uniform(-bound, bound) }
    for _ in 0..<task.batches {
      let x = (0..<task.batch * inputs).map { _ in random.uniform(-1.7, 1.7) }
      var y: [Float] = []
      for row in 0..<task.batch {
        let scores = (0..<outputs).map { output in
          (0..<inputs).reduce(Float(0)) { sum, input in
            sum + x[row * inputs + input] * teacher[output * inputs + input]
          }
        }
        switch task.loss {
        case .crossEntropy: y.append(Float(scores.indices.max { scores[$0] < scores[$1] }!))
        case .squaredError: y += scores.map { $0 + random.uniform(-0.1, 0.1) }
        }
      }
      batches.append((x, y))
    }
  }
}

/// Writes tasks with their data to one file, for the peers.
func writeTasks(_ tasks: [(task: TrainingTask, data: TrainingData)], to file: URL) throws {
  var tensors = TensorFile()
  for (task, data) in tasks {
    for (index, shape) in task.weights.enumerated() {
      tensors.add("\(task.id)/weight.\(index)", data.weights[index], shape)
      if task.hasBias { tensors.add("\(task.id)/bias.\(index)", data.biases[index], [shape[0]]) }
    }
    for (index, batch) in data.batches.enumerated() {
      tensors.add("\(task.id)/x.\(index)", batch.inputs, [task.batch] + task.input)
      let isLabels = task.loss == .crossEntropy
      let shape = isLabels ? [task.batch] : [task.batch, task.outputs]
      tensors.add("\(task.id)/y.\(index)", batch.targets, shape)
    }
  }
  try tensors.write(tasks.map(\.task), as: "tasks", to: file)
}
