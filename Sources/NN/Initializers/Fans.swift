import NeuronikaGraphs
import NeuronikaTensors

/// How many numbers go into an output of a weight, and to how many outputs an input goes.
public struct Fans: Sendable, Hashable {
  /// The inputs of an output.
  public let input: Int
  /// The outputs of an input.
  public let output: Int

  /// The fans of a weight.
  ///
  /// **Errors:** a weight of fewer than two axes has none, and stops the program.
  ///
  /// - Parameter shape: `[outputs, inputs]`, or `[outputs, inputs, …]` with the extents of a kernel,
  ///   whose *product* multiplies both.
  public init(of shape: Shape) {
    do throws(ShapeError) { self = try Fans.checked(shape) } catch {
      stopProgram("Fans: \(error.description)")
    }
  }

  package static func checked(_ shape: Shape) throws(ShapeError) -> Fans {
    guard shape.rank >= 2 else {
      throw ShapeError(
        "fans are those of a weight [outputs, inputs, ...], but \(shape) has rank \(shape.rank)")
    }
    let kernel = shape.extents[2...].reduce(1, *)
    return Fans(input: shape[1] * kernel, output: shape[0] * kernel)
  }

  private init(input: Int, output: Int) { (self.input, self.output) = (input, output) }
}
