import Neuronika

/// How a classifier does on images that it doesn't learn from.
public struct Scores {
  /// The mean cross-entropy, in nats.
  public let loss: Double
  /// The share of right answers.
  public let accuracy: Double
  /// For each image, in order, the logits of all classes: `[count, classes]`.
  public let logits: Tensor
  /// The true classes.
  public let labels: Tensor

  /// The probability that the classifier gives to each class: `[count, classes]`.
  public var probabilities: Tensor { withoutGradients { Var(logits).softmax(axis: 1).data } }

  /// The class that it finds most probable, for each image.
  public var predictions: [Int] {
    withoutGradients { Var(logits).argmax(axis: 1).data.elements.map { Int($0) } }
  }

  /// Asks a model about all images, in the mode for use, and leaves it in the mode for training.
  ///
  /// - Parameters:
  ///   - model: Gives logits `[N, classes]` for a batch.
  ///   - images: What to ask about.
  ///   - batchSize: How many at once. Larger ones take memory, not accuracy.
  public init(_ model: any Layer, on images: ImageDataset, batchSize: Int = 500) {
    model.eval()
    defer { model.train() }
    let parts = withoutGradients {
      images.batches(of: batchSize).map { x, _ in Var(model(Var(x)).data) }
    }
    let labels = images.labels
    let logits = withoutGradients { cat(parts, axis: 0).data }
    self.labels = labels
    self.logits = logits
    loss = withoutGradients { Double(Var(logits).crossEntropy(Var(labels)).item) }
    accuracy = Neuronika.accuracy(logits, labels)
  }
}
