import NeuronikaGraphs

/// What keeps weights small: something that is added to each gradient before an optimizer uses it.
///
/// Your own is one line:
///
/// ```swift
/// /// The derivative of ln cosh w.
/// struct LogCosh: Penalty {
///   func penalty(_ weight: Tile) -> Tile { 0.01 * weight.map(.tanh) }
/// }
/// ```
///
/// It is compiled into the optimizer's update, so it costs a few instructions on numbers that are in
/// the cache anyway. Stored gradients stay as they are. It applies to every parameter of the
/// optimizer, biases too; give them to an optimizer of their own if they should be free.
public protocol Penalty: Sendable {
  /// The derivative of the penalty with respect to a weight.
  ///
  /// - Parameter weight: The weight.
  /// - Returns: An elementwise expression, which is added to the gradient.
  func penalty(_ weight: Tile) -> Tile
}
