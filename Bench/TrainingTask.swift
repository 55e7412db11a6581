import Foundation

/// A model, its data and how it is trained: all that the implementations have to agree on.
nonisolated struct TrainingTask: Codable, Sendable {
  enum Activation: String, Codable { case relu, tanh, softplus }
  enum Loss: String, Codable { case squaredError, crossEntropy }

  /// Something that is added to the loss, times a factor.
  struct Term: Codable {
    enum Kind: String, Codable, CaseIterable {
      /// The sum of the squares of all weights.
      case weights
      /// The mean square of the last layer's outputs.
      case scores
      /// The mean absolute value of the last hidden layer.
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
  /// Inputs, hidden layers, outputs.
  let widths: [Int]
  var activation = Activation.relu
  var hasBias = true
  let batch: Int
  let loss: Loss
  let learningRate: Double
  var terms: [Term] = []
  /// How many different batches there are; they take turns.
  var batches = 8
  var goal: Goal?

  /// The layers' numbers of inputs and outputs.
  var layers: [(inputs: Int, outputs: Int)] {
    zip(widths, widths.dropFirst()).map { ($0, $1) }
  }

  /// The floating-point operations of the products in a step: one forwards and two backwards for
  /// each layer, but none for the gradient of the input.
  var flops: Double {
    let products = layers.map { 2 * Double(batch * $0.inputs * $0.outputs) }
    return 3 * products.reduce(0, +) - products[0]
  }

  /// The model in a few words, like `784-512-256-10 relu, batch 128`.
  var summary: String {
    let shape = widths.map(String.init).joined(separator: "-")
    var words = layers.count > 1 ? [shape, activation.rawValue] : [shape]
    if !hasBias { words.append("no bias") }
    words += terms.map { "+\($0.kind.rawValue)" }
    return words.joined(separator: " ") + ", batch \(batch)"
  }
}

/// The initial weights and the batches of a task.
nonisolated struct TrainingData {
  /// `[outputs, inputs]` for each layer, rows one after another.
  var weights: [[Float]] = []
  /// Empty without biases.
  var biases: [[Float]] = []
  /// Inputs `[batch, inputs]`, and targets `[batch, outputs]` or labels `[batch]`.
  var batches: [(inputs: [Float], targets: [Float])] = []

  /// Draws them. The targets come from a random linear map of the inputs, so that there is something
  /// to learn.
  init(_ task: TrainingTask, seed: UInt64) {
    var random = SplitMix(seed: seed)
    for byte in task.id.utf8 { random = SplitMix(seed: random.next() ^ UInt64(byte)) }
    for layer in task.layers {
      let bound = 1 / Float(layer.inputs).squareRoot()
      weights.append((0..<layer.inputs * layer.outputs).map { _ in random.uniform(-bound, bound) })
      if task.hasBias {
        biases.append((0..<layer.outputs).map { _ in random.uniform(-bound, bound) })
      }
    }
    let (inputs, outputs) = (task.widths[0], task.widths.last!)
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

/// The generator of S. Vigna's and G. Steele's *Fast splittable pseudorandom number generators*
/// (OOPSLA 2014): small, and independent of the library that is measured.
nonisolated struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func uniform(_ low: Float, _ high: Float) -> Float {
    low + (high - low) * Float(next() >> 40) * 0x1p-24
  }
}

/// Writes tasks with their data to one file, for the peers.
func writeTasks(_ tasks: [(task: TrainingTask, data: TrainingData)], to file: URL) throws {
  var tensors = TensorFile()
  for (task, data) in tasks {
    for (index, layer) in task.layers.enumerated() {
      tensors.add("\(task.id)/weight.\(index)", data.weights[index], [layer.outputs, layer.inputs])
      if task.hasBias {
        tensors.add("\(task.id)/bias.\(index)", data.biases[index], [layer.outputs])
      }
    }
    for (index, batch) in data.batches.enumerated() {
      tensors.add("\(task.id)/x.\(index)", batch.inputs, [task.batch, task.widths[0]])
      let isLabels = task.loss == .crossEntropy
      let shape = isLabels ? [task.batch] : [task.batch, task.widths.last!]
      tensors.add("\(task.id)/y.\(index)", batch.targets, shape)
    }
  }
  try tensors.write(tasks.map(\.task), as: "tasks", to: file)
}
