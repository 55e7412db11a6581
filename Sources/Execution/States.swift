import NeuronikaGraphs
import NeuronikaTensors
import Synchronization

/// What is known of a leaf.
package final class LeafState: NamedState {
  /// The value.
  package var tensor: Tensor {
    didSet { version = Evaluation.newest }
  }
  /// The newest evaluation when the value was last changed: one of that number or less has seen
  /// another value, and its backward refuses.
  package private(set) var version: UInt64 = 0
  /// The accumulated gradient; `nil` stands for zeros.
  package var gradient: Tensor?

  /// Counts the leaves in the order they are made.
  package let serial: UInt64

  private static let made = Atomic<UInt64>(0)

  package init(_ tensor: Tensor, name: String? = nil) {
    self.tensor = tensor
    serial = LeafState.made.add(1, ordering: .relaxed).newValue
    super.init()
    self.name = name
  }

  /// Tells that the memory of the value was written in place.
  package func touch() { version = Evaluation.newest }
}

/// What is kept of a computed node: a value that the program can still name, a gradient, and, for
/// the node that `forward` was called on, the evaluation's record.
package final class ComputedState: NodeState {
  package var value: Tensor?
  /// Whether the value is computed with channels last, which the graph alone decides: a plan that
  /// takes it for an input goes on in that order, as one that computed it would.
  var isChannelsLast = false
  package var gradient: Tensor? {
    didSet { if gradient != nil { seed = nil } }
  }
  /// The seed of the last backward that started here with a number.
  package var seed: Float?
  package var evaluation: Evaluation?
  /// Whether `noGrad()` was called, and no `withGrad()` since.
  package var isGradientOff = false

  /// The gradient, if there was a backward.
  package func gradient(of shape: Shape) -> Tensor? {
    gradient ?? seed.map { Tensor(repeating: $0, shape: shape) }
  }
}
