import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// Normalises each channel over batch and space, then scales and shifts it: y = (x − mean) /
/// √(variance + ε) · weight + bias.
///
/// In training, mean and variance are those of the batch, and gradients flow through them. Whenever an
/// evaluation computes the result, the running statistics move towards the batch's:
///
///     running ← (1 − momentum) · running + momentum · batch
///
/// In use, after `eval()`, the running statistics take the batch's place, and nothing moves. So a
/// training loop needs no line for them:
///
/// ```swift
/// let network = Sequential {
///   Linear(4, 8)
///   BatchNorm(8)
///   Relu()
///   Linear(8, 1)
/// }
/// let optimizer = SGD(network.parameters, learningRate: 0.1)
/// let (x, y) = (Var.randn(32, 4), Var.randn(32, 1))
/// for _ in 1...10 {
///   let loss = mseLoss(network(x), y)
///   loss.backward()  // computes the loss, so moves the statistics once
///   optimizer.step()
///   optimizer.zeroGrad()
/// }
/// network.eval()
/// print(network(Var.randn(1, 4)).shape)  // [1, 1]
/// ```
///
/// An evaluation is what `forward()` does, or a `backward()` or a look at the value that has to compute
/// it first. Building a graph moves nothing, nor does a second `backward()`; each `forward()` of a graph
/// that is kept moves once. A layer that is applied twice in one graph moves twice.
///
/// **Shape:** `[N, channels]` or `[N, channels, …]`, kept: one type for any number of spatial axes.
///
/// **Gradient:** as ``Variable/batchNorm(epsilon:)`` in training; in use that of a map of each element.
/// A gradient taken as a variable, by ``grad(of:wrt:)``, is that of the mode in which it was taken.
///
/// **Numerics:** the batch is normalised with its own variance, and the running variance is made of
/// unbiased ones, with n / (n − 1), as the paper has it. Running mean and variance start as zeros and
/// ones; they are buffers, saved with the module's state as `runningMean` and `runningVariance`.
///
/// **Source:** Ioffe and Szegedy, *Batch normalization*, 2015, algorithms 1 and 2; the running averages
/// are those of the last paragraph of section 3.1.
public struct BatchNorm: Layer {
  /// The scale, of shape `[channels]`; `nil` for none.
  public var weight: VarDiff?
  /// The shift, of shape `[channels]`; `nil` for none.
  public var bias: VarDiff?
  /// The mean of each channel that is subtracted in use.
  public let runningMean: Var
  /// The variance of each channel that is divided by in use.
  public let runningVariance: Var
  /// What `train()` and `eval()` switch.
  public let mode = TrainingMode()
  /// How many channels there are.
  public let channels: Int
  /// The share of each batch in the running statistics.
  public let momentum: Float
  /// What is added to the variance.
  public let epsilon: Float

  private let observer: BatchObserver

  /// A layer. What makes no sense stops the program.
  ///
  /// - Parameters:
  ///   - channels: How many channels there are, at least 1.
  ///   - momentum: The share of each batch in the running statistics, from 0 to 1. (Momentum in other
  ///     places means what stays, here it is what comes: 0.1 remembers some ten batches.)
  ///   - epsilon: Added to the variance, greater than 0.
  ///   - learnsScale: Whether there are weight and bias.
  public init(
    _ channels: Int, momentum: Float = 0.1, epsilon: Float = 1e-5, learnsScale: Bool = true
  ) {
    guard channels > 0, 0 <= momentum, momentum <= 1, epsilon > 0 else {
      stopProgram(
        "BatchNorm: takes at least 1 channel, a momentum from 0 to 1 and epsilon above 0, but "
          + "\(channels), \(momentum) and \(epsilon)")
    }
    (self.channels, self.momentum, self.epsilon) = (channels, momentum, epsilon)
    weight = learnsScale ? learnable("weight", .ones(Shape(channels))) : nil
    bias = learnsScale ? learnable("bias", .zeros(Shape(channels))) : nil
    let (mean, variance) = (Var.zeros(channels), Var.ones(channels))
    (mean.name, variance.name) = ("runningMean", "runningVariance")
    (runningMean, runningVariance) = (mean, variance)
    observer = BatchObserver(mode: mode) { statistics, count in
      // A single element says nothing of the variance.
      let correction = Float(count) / Float(max(count - 1, 1))
      statistics.withUnsafeElements { batch in
        move(mean, to: batch[..<channels], by: momentum, times: 1)
        move(variance, to: batch[channels...], by: momentum, times: correction)
      }
    }
  }

  /// Weight and bias, the running statistics, and the mode.
  public var children: Children {
    [
      "weight": weight, "bias": bias, "runningMean": runningMean,
      "runningVariance": runningVariance, "mode": mode,
    ]
  }

  /// Applies the layer.
  ///
  /// - Parameter input: `[N, channels, …]`. Other channels stop the program, and so does a single
  ///   element for each channel in training, which would be its own mean.
  public func callAsFunction(_ input: some Variable) -> VarDiff {
    requireChannels("BatchNorm", channels, input.shape, weight)
    if mode.isTraining, input.shape.count == channels {
      stopProgram(
        "BatchNorm: in training a channel needs more than one element, but got \(input.shape). Leave "
          + "out a last batch of one row, or call eval()" + suffix(weight))
    }
    let statistics = BatchStatistics.node(of: input.node, observer)
    let extents = [Int](repeating: 1, count: input.rank - 2)
    func spread(_ numbers: Var) -> Var { numbers.reshape(Shape([channels] + extents)) }
    let used = (input - spread(runningMean)) * (spread(runningVariance) + epsilon).rsqrt()
    let trained = input.batchNorm(epsilon: epsilon)
    let value = VarDiff(
      apply(ModeSwitch(mode), [trained.node, used.node, statistics]))
    return scaledChannels(value, weight, bias)
  }

  /// The layer in a word.
  public var description: String {
    "BatchNorm(\(channels)\(weight == nil ? ", no scale" : ""))"
  }
}

/// Moves running numbers towards those of a batch, times a factor.
private func move(
  _ running: Var, to batch: Swift.Slice<UnsafeBufferPointer<Float>>, by share: Float,
  times factor: Float
) {
  running.data.withUnsafeMutableElements { running in
    for (place, number) in zip(running.indices, batch) {
      running[place] += share * (number * factor - running[place])
    }
  }
}
