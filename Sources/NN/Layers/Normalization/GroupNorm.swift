import NeuronikaGraphs
import NeuronikaTensors

/// Normalises each group of channels of each sample, then scales and shifts each channel.
///
/// **Shape:** `[N, channels, …]`, kept. Everything else as ``Variable/groupNorm(groups:epsilon:)``.
///
/// **Initial values:** a weight of ones and a bias of zeros.
///
/// **Source:** Wu and He, *Group normalization*, 2018, equations 1–3.
public struct GroupNorm: Layer {
  /// The scale, of shape `[channels]`; `nil` for none.
  public var weight: VarDiff?
  /// The shift, of shape `[channels]`; `nil` for none.
  public var bias: VarDiff?
  /// How many groups the channels fall into.
  public let groups: Int
  /// How many channels there are.
  public let channels: Int
  /// What is added to the variance.
  public let epsilon: Float

  /// A layer. What doesn't fit together stops the program.
  ///
  /// - Parameters:
  ///   - groups: How many groups the channels fall into: 1 normalises over all of them, as many as
  ///     channels each on its own.
  ///   - channels: How many channels there are.
  ///   - epsilon: Added to the variance, greater than 0.
  ///   - learnsScale: Whether there are weight and bias.
  public init(groups: Int, _ channels: Int, epsilon: Float = 1e-5, learnsScale: Bool = true) {
    guard groups > 0, channels > 0, channels % groups == 0, epsilon > 0 else {
      stopProgram(
        "GroupNorm: takes channels that can be parted into the groups, and epsilon above 0, but "
          + "\(channels) channels, \(groups) groups and \(epsilon)")
    }
    (self.groups, self.channels, self.epsilon) = (groups, channels, epsilon)
    weight = learnsScale ? learnable("weight", .ones(Shape(channels))) : nil
    bias = learnsScale ? learnable("bias", .zeros(Shape(channels))) : nil
  }

  /// The weight, then the bias.
  public var children: Children { ["weight": weight, "bias": bias] }

  /// Applies the layer. An input of other channels stops the program.
  public func callAsFunction(_ input: some Variable) -> VarDiff {
    requireChannels("GroupNorm", channels, input.shape, weight)
    return scaledChannels(
      VarDiff(input.groupNorm(groups: groups, epsilon: epsilon).node), weight, bias)
  }

  /// The layer in a word.
  public var description: String {
    "GroupNorm(\(channels), \(groups) groups\(weight == nil ? ", no scale" : ""))"
  }
}

/// Stops the program unless a shape is `[N, channels, …]`.
func requireChannels(_ layer: String, _ channels: Int, _ shape: Shape, _ weight: VarDiff?) {
  guard shape.rank >= 2, shape[1] == channels else {
    stopProgram("\(layer): takes [N, \(channels), ...], but got \(shape)\(suffix(weight))")
  }
}

/// value · weight + bias for each channel, where there are any.
func scaledChannels(_ value: VarDiff, _ weight: VarDiff?, _ bias: VarDiff?) -> VarDiff {
  let extents = [Int](repeating: 1, count: value.rank - 2)
  func spread(_ numbers: VarDiff?) -> VarDiff? {
    value.rank == 2 ? numbers : numbers.map { $0.reshape(Shape([$0.shape[0]] + extents)) }
  }
  return scaled(value, spread(weight), spread(bias))
}
