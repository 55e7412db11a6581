import NeuronikaGraphs
import NeuronikaTensors

/// All axes from one on, seen as one: what stands between convolutions and ``Linear``.
///
/// **Shape:** `[N, C, H, W]` → `[N, C · H · W]`; in general the axes before `axis` are kept.
public struct Flatten: Layer {
  /// The first axis that is joined.
  public let axis: Int

  /// A layer.
  ///
  /// - Parameter axis: The first axis that is joined, at least 0; 1 keeps the batch.
  public init(from axis: Int = 1) {
    guard axis >= 0 else { stopProgram("Flatten: the axis is at least 0, but \(axis)") }
    self.axis = axis
  }

  /// Applies the layer. An input that lacks the axis stops the program.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input {
    guard input.rank > axis else {
      stopProgram("Flatten: joins axes from \(axis) on, but got \(input.shape)")
    }
    let extents = input.shape.extents
    return input.reshape(Shape(extents[..<axis] + [extents[axis...].reduce(1, *)]))
  }

  /// The layer in a word.
  public var description: String { axis == 1 ? "Flatten" : "Flatten(from \(axis))" }
}
