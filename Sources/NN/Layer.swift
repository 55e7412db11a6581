import NeuronikaGraphs

/// A module that makes one variable of another: what a ``Sequential`` and a list of layers are made of.
///
/// Layers of different types stand in one list, and a loop may run through it. Its variable is a
/// `VarDiff` from the beginning, because most layers give one:
///
/// ```swift
/// var layers: [any Layer] = []
/// for width in [8, 16, 32] {
///   layers.append(Linear(width, 2 * width))
///   layers.append(Relu())
/// }
///
/// var x = VarDiff(Var.rand(5, 8))
/// for layer in layers { x = layer(x) }
/// print(x.shape)  // [5, 64]
/// ```
///
/// A type conforms with a method that takes `some Variable`, or with one that takes any `Variable` and
/// gives the same kind, as layers do that learn nothing.
public protocol Layer: Module {
  /// Applies the layer.
  func callAsFunction(_ input: VarDiff) -> VarDiff
}

extension Layer {
  /// What a layer has that learns nothing: no children.
  public var children: Children { [:] }

  /// Applies the layer to a variable that can't be differentiated.
  @_disfavoredOverload
  public func callAsFunction(_ input: Var) -> VarDiff { self(VarDiff(input)) }
}
