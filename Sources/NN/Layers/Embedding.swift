import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// A vector for each of some number of things: words, users, positions.
///
/// **Shape:** indices `[…]` → `[…, dimensions]`.
///
/// **Gradient:** added up in the rows that were looked up; the others get zeros.
///
/// **Initial values:** normally distributed with mean 0 and standard deviation 1.
///
/// ```swift
/// let words = Embedding(1000, 16)
/// print(words(Var.from([[3, 14, 15], [92, 65, 35]])).shape)  // [2, 3, 16]
/// ```
public struct Embedding: Layer {
  /// The vectors, of shape `[count, dimensions]`.
  public var weight: VarDiff

  /// A layer with random values.
  ///
  /// - Parameters:
  ///   - count: How many things there are, at least 1.
  ///   - dimensions: How long a vector is, at least 1.
  ///   - source: Where the values come from. Takes one draw.
  public init(_ count: Int, _ dimensions: Int, using source: RandomSource = .current) {
    guard count > 0, dimensions > 0 else {
      stopProgram("Embedding: count and dimensions are at least 1, but \(count) and \(dimensions)")
    }
    weight = learnable("weight", source.draw().normal(Shape(count, dimensions)))
  }

  /// The weight.
  public var children: Children { ["weight": weight] }

  /// Looks the vectors up.
  ///
  /// - Parameter indices: Whole numbers from 0 to count − 1. Another number stops the program with its
  ///   position when the value is computed.
  public func callAsFunction(_ indices: some Variable) -> VarDiff {
    weight.indexSelect(Var(indices.node), axis: 0)
  }

  /// The layer in a word.
  public var description: String { "Embedding(\(weight.shape[0]) → \(weight.shape[1]))" }
}
