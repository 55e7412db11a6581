import NeuronikaGraphs
import NeuronikaTensors

/// In training, drops each element with a probability, drawn anew at each evaluation, and divides the
/// others by the probability to stay; in use, does nothing.
///
/// **Shape:** any, kept. Everything else as ``Variable/dropout(probability:mode:using:)``.
///
/// ```swift
/// let layer = Dropout(0.5)
/// let x = Var.ones(1000)
/// print(layer(x).data != x.data)  // true
/// layer.eval()
/// print(layer(x).data == x.data)  // true
/// ```
public struct Dropout: Layer {
  /// That of an element to be dropped.
  public let probability: Float
  /// What `train()` and `eval()` switch.
  public let mode = TrainingMode()
  private let source: RandomSource?

  /// A layer.
  ///
  /// - Parameters:
  ///   - probability: That of an element to be dropped, from 0 to 1; anything else stops the program.
  ///   - source: Where the numbers come from, a draw each time that the layer is applied; `nil` for the
  ///     source that is current then.
  public init(_ probability: Float = 0.5, using source: RandomSource? = nil) {
    guard 0 <= probability, probability <= 1 else {
      stopProgram("Dropout: the probability is from 0 to 1, but \(probability)")
    }
    (self.probability, self.source) = (probability, source)
  }

  /// The mode.
  public var children: Children { ["mode": mode] }

  /// Applies the layer.
  public func callAsFunction<Input: Variable>(_ input: Input) -> Input {
    input.dropout(probability: probability, mode: mode, using: source ?? .current)
  }

  /// The layer in a word.
  public var description: String { "Dropout(\(probability))" }
}
