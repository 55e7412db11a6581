import NeuronikaGraphs
import NeuronikaTensors

/// Normalises over the last axes, then scales and shifts: y = (x − mean) / √(variance + ε) · weight +
/// bias.
///
/// **Shape:** `[…, shape…]`, kept. Everything else as ``Variable/layerNorm(epsilon:)``.
///
/// **Initial values:** a weight of ones and a bias of zeros.
///
/// **Source:** Ba, Kiros and Hinton, *Layer normalization*, 2016, equations 3 and 4.
public struct LayerNorm: Layer {
  /// The scale, of the normalised shape; `nil` for none.
  public var weight: VarDiff?
  /// The shift, of the normalised shape; `nil` for none.
  public var bias: VarDiff?
  /// The extents that are normalised over.
  public let shape: Shape
  /// What is added to the variance.
  public let epsilon: Float

  /// A layer.
  ///
  /// - Parameters:
  ///   - shape: The last extents of the input, which are normalised over: `LayerNorm(64)`. None stops
  ///     the program.
  ///   - epsilon: Added to the variance, greater than 0.
  ///   - learnsScale: Whether there are weight and bias.
  public init(_ shape: Shape, epsilon: Float = 1e-5, learnsScale: Bool = true) {
    guard shape.rank > 0, shape.count > 0, epsilon > 0 else {
      stopProgram(
        "LayerNorm: takes at least one extent, none of them 0, and epsilon above 0, but \(shape) "
          + "and \(epsilon)")
    }
    (self.shape, self.epsilon) = (shape, epsilon)
    weight = learnsScale ? learnable("weight", .ones(shape)) : nil
    bias = learnsScale ? learnable("bias", .zeros(shape)) : nil
  }

  /// The weight, then the bias.
  public var children: Children { ["weight": weight, "bias": bias] }

  /// Applies the layer. An input that ends with other extents stops the program.
  public func callAsFunction(_ input: some Variable) -> VarDiff {
    let extents = input.shape.extents
    guard extents.suffix(shape.rank).elementsEqual(shape.extents) else {
      stopProgram(
        "LayerNorm: takes an input whose last extents are \(shape), but got \(input.shape)"
          + suffix(weight))
    }
    let rows = Shape(extents.dropLast(shape.rank) + [shape.count])
    let value =
      shape.rank == 1
      ? input.layerNorm(epsilon: epsilon)
      : input.reshape(rows).layerNorm(epsilon: epsilon).reshape(input.shape)
    return scaled(VarDiff(value.node), weight, bias)
  }

  /// The layer in a word.
  public var description: String {
    "LayerNorm(\(shape.rank == 1 ? "\(shape[0])" : "\(shape)")\(weight == nil ? ", no scale" : ""))"
  }
}

/// value · weight + bias, where there are any.
func scaled(_ value: VarDiff, _ weight: VarDiff?, _ bias: VarDiff?) -> VarDiff {
  let product = weight.map { value * $0 } ?? value
  return bias.map { product + $0 } ?? product
}
