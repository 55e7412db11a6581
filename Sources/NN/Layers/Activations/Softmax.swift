import NeuronikaGraphs

/// The layer exponentials along an axis, divided by their sum.
///
/// **Shape:** any, kept. Everything else as ``Variable/softmax(axis:)``.
public struct Softmax: Layer {
  /// The axis; a negative one counts from the end.
  public var axis: Int

  /// A layer.
  ///
  /// - Parameter axis: The axis; a negative one counts from the end.
  public init(axis: Int = 1) { self.axis = axis }

  /// Applies the function along the axis.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input { input.softmax(axis: axis) }

  /// The layer in a word.
  public var description: String { "Softmax(axis \(axis))" }
}
