import NeuronikaGraphs

/// The layer the logarithm of the softmax along an axis.
///
/// **Shape:** any, kept. Everything else as ``Variable/logSoftmax(axis:)``.
public struct LogSoftmax: Layer {
  /// The axis; a negative one counts from the end.
  public var axis: Int

  /// A layer.
  ///
  /// - Parameter axis: The axis; a negative one counts from the end.
  public init(axis: Int = 1) { self.axis = axis }

  /// Applies the function along the axis.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input {
    input.logSoftmax(axis: axis)
  }

  /// The layer in a word.
  public var description: String { "LogSoftmax(axis \(axis))" }
}
