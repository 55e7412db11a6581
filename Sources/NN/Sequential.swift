import NeuronikaGraphs
import NeuronikaTensors

/// Layers applied one after another.
///
/// ```swift
/// let isDeep = true
/// let network = Sequential {
///   Conv2d(1, 8, kernelSize: 3)
///   Relu()
///   MaxPool(kernelSize: 2)
///   Flatten()
///   if isDeep {
///     Linear(8 * 13 * 13, 32)
///     Relu()
///   }
///   for width in [32, 32] { Linear(width, 32) }
///   Linear(32, 10)
/// }
/// let scores = network(Var.rand(4, 1, 28, 28))  // a VarDiff of shape [4, 10]
/// ```
///
/// The layers are called by their positions, so a learnable is `0.weight`, and `body.0.weight` where
/// the whole is a child called `body`. What a condition leaves out takes no position.
public struct Sequential: Layer {
  /// The layers in their order.
  public let layers: [any Layer]

  /// Layers written one below the other, with conditions and loops.
  public init(@LayerBuilder _ layers: () -> [any Layer]) { self.layers = layers() }

  /// The layers of a list.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// The layers, called by their positions.
  public var children: Children {
    Children(layers.enumerated().map { (name: "\($0.offset)", child: $0.element) })
  }

  /// Applies all layers. Without any, the input.
  public func callAsFunction(_ input: some Variable) -> VarDiff {
    layers.reduce(VarDiff(input.node)) { value, layer in layer(value) }
  }

  /// How many layers there are.
  public var count: Int { layers.count }

  /// The layer at a position, from 0.
  public subscript(position: Int) -> any Layer {
    guard layers.indices.contains(position) else {
      stopProgram("Sequential: there is no layer \(position) among \(layers.count)")
    }
    return layers[position]
  }
}

/// Collects the layers of a ``Sequential``: statements that are layers or lists of layers, `if`,
/// `switch` and `for`.
@resultBuilder
public enum LayerBuilder {
  /// A layer stands for itself.
  public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
  /// A list stands for its layers.
  public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
  /// What stands one below the other.
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap(\.self) }
  /// What an `if` without `else` leaves out is nothing.
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
  /// The first branch.
  public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
  /// The other branch.
  public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
  /// What a loop makes.
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap(\.self) }
  /// What may be used only where a condition says that it is available.
  public static func buildLimitedAvailability(_ part: [any Layer]) -> [any Layer] { part }
}
