import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// What the learnables of a model start from.
///
/// ```swift
/// let layer = Linear(256, 128)
/// layer.weight.initialize(.kaimingNormal())
/// layer.bias?.initialize(.zeros)
///
/// let network = Sequential {
///   Linear(4, 8)
///   Tanh()
///   Linear(8, 2)
/// }
/// for (name, parameter) in network.namedParameters where name.hasSuffix("weight") {
///   parameter.initialize(.xavierUniform(gain: .tanh), using: RandomSource(seed: 3))
/// }
/// ```
///
/// Each initializer is a static member; one of your own is a closure, ``init(_:_:)``.
public struct Initializer: Sendable {
  /// The name in messages.
  public let name: String
  private let make: @Sendable (Shape, Draw) throws(ShapeError) -> Tensor

  /// An initializer.
  ///
  /// - Parameters:
  ///   - name: The name in messages.
  ///   - make: Makes a tensor of a shape; its random numbers are functions of the draw. Throws a
  ///     sentence, without the name, if the shape doesn't fit.
  public init(
    _ name: String, _ make: @escaping @Sendable (Shape, Draw) throws(ShapeError) -> Tensor
  ) {
    (self.name, self.make) = (name, make)
  }

  /// A tensor of initial values.
  ///
  /// **Errors:** a shape that doesn't fit stops the program, with a sentence.
  ///
  /// - Parameters:
  ///   - shape: The extents.
  ///   - source: Where random numbers come from. Takes one draw.
  public func tensor(_ shape: Shape, using source: RandomSource = .current) -> Tensor {
    do throws(ShapeError) { return try make(shape, source.draw()) } catch {
      stopProgram("\(name): \(error.description)")
    }
  }

  /// As ``tensor(_:using:)``, throwing the sentence.
  package func values(_ shape: Shape, _ draw: Draw) throws(ShapeError) -> Tensor {
    try make(shape, draw)
  }
}

extension VarDiff {
  /// Gives a leaf initial values.
  ///
  /// **Errors:** a shape that the initializer has no values for stops the program with a sentence, and
  /// so does a variable that is no leaf.
  ///
  /// - Parameters:
  ///   - initializer: Which.
  ///   - source: Where random numbers come from. Takes one draw.
  public func initialize(_ initializer: Initializer, using source: RandomSource = .current) {
    do throws(ShapeError) { data = try initializer.values(shape, source.draw()) } catch {
      stopProgram(
        "\(initializer.name): \(error.description)" + (name.map { " (it is \"\($0)\")" } ?? ""))
    }
  }
}

/// Stops numbers that an initializer can't be made with.
func require(_ condition: Bool, _ initializer: String, _ sentence: @autoclosure () -> String) {
  if !condition { stopProgram("\(initializer): \(sentence())") }
}
