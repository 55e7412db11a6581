import NeuronikaTensors

/// Whether a part of a model behaves as in training or as in use.
///
/// A layer that behaves differently, like dropout, stores one and declares it; `train()` and `eval()`
/// of every module above switch it, and so do those of every variable computed with it.
public final class TrainingMode {
  /// Whether the part behaves as in training.
  public var isTraining = true

  /// A mode, switched to training.
  public init() {}
}

extension Variable {
  /// In training, each element is 0 with a probability p and divided by 1 − p otherwise, drawn anew
  /// at each evaluation; in use, the value as it is.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** upstream / (1 − p) where the element was kept and 0 elsewhere; in use the upstream
  /// gradient.
  ///
  /// **Numerics:** p = 1 gives zeros and p = 0 the value. The probability is an operand: a changed
  /// one compiles nothing. In use it costs nothing, in training about 10 integer operations an
  /// element.
  ///
  /// **Source:** Srivastava et al., *Dropout: a simple way to prevent neural networks from
  /// overfitting*, JMLR 15, 2014, section 4; scaled in training as in section 10.
  ///
  /// - Parameters:
  ///   - probability: That of an element to be dropped, from 0 to 1.
  ///   - mode: Switches between training and use; looked at when the value is computed.
  ///   - source: Where the numbers come from. Takes one draw.
  public func dropout(
    probability: Float, mode: TrainingMode = TrainingMode(), using source: RandomSource = .current
  ) -> Self {
    guard 0 <= probability, probability <= 1 else {
      stopProgram("dropout probability has to be between 0 and 1, but got \(probability)")
    }
    let noise = RandomUniform.node(shape, from: source)
    return Self(apply(Dropout(mode: mode), [node, noise, scalar(probability)]))
  }
}

/// The first operand where the second, uniform noise, is not below the third, the probability.
package struct Dropout: Operation {
  package static let name = "dropout"
  /// Shared with whoever switches it, on the graph's one thread.
  private nonisolated(unsafe) let mode: TrainingMode

  package init(mode: TrainingMode) { self.mode = mode }

  package var trainingMode: TrainingMode? { mode }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[0] == operands[1], operands[2].rank == 0 else {
      throw ShapeError(
        "takes two equal shapes and a scalar, not \(operands[0]), \(operands[1]) and "
          + "\(operands[2])")
    }
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    if !mode.isTraining { return x[0] }
    let probability = x[2].elements[0]
    return ReferenceTensor(
      shape: shape,
      elements: zip(x[0].elements, x[1].elements).map { value, noise in
        noise < probability ? 0 : value / (1 - probability)
      })
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [VarDiff(apply(self, [upstream.node, x[1].node, x[2].node])), nil, nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    if !mode.isTraining { return .view(.reshape) }
    let isDropped = Tile.binary(.less, .operand(1), .operand(2))
    return .elementwise(isDropped.select(0, else: .operand(0) / (1 - .operand(2))))
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(mode.isTraining ? 1 : 0)
  }
}
