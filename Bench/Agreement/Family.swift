import Neuronika

/// What belongs together, like the operations of a folder of `Sources/Graphs/Operations` or all
/// optimizers, and how a random case of each is drawn.
nonisolated struct Family {
  /// Draws operands and attributes, and applies the subject to them. What has no gradient is given
  /// as `VarDiff(result)`.
  typealias Draw = (inout Drawing) -> VarDiff

  let name: String
  /// By the names that the peers have for them too, in `Peers/operations.py` and beside it.
  let subjects: KeyValuePairs<String, Draw>

  init(_ name: String, _ subjects: KeyValuePairs<String, Draw>) {
    (self.name, self.subjects) = (name, subjects)
  }
}

/// All that is compared with the peers.
let families = [
  arithmeticFamily, convolutionFamily, elementwiseFamily, indexingFamily, joiningFamily, lossFamily,
  normalizationFamily, poolingFamily, productFamily, randomFamily, reductionFamily,
  resamplingFamily, softmaxFamily, viewFamily, activationFamily, layerFamily, lossFunctionFamily,
  optimizerFamily, scheduleFamily,
]

/// A random case of a subject, evaluated.
nonisolated struct AgreementCase {
  /// Unique, like `Reductions sum 3`.
  let id: String
  /// Like `Reductions sum`.
  let subject: String
  let drawing: Drawing
  let value: Tensor
  /// The gradient of each element of the value, if the value depends on a differentiable operand.
  let upstream: Tensor?

  /// Draws the case of a number and evaluates it as a user would.
  init(_ family: Family, _ name: String, _ draw: Family.Draw, number: Int, seed: UInt64) {
    subject = "\(family.name) \(name)"
    id = "\(subject) \(number)"
    var drawing = Drawing(seed: seed, id: id)
    let output = draw(&drawing)
    output.forward()
    value = output.data
    if output.parameters().isEmpty {
      upstream = nil
    } else {
      let seed = drawing.tensor(output.shape, -1...1)
      output.backward(seed)
      upstream = seed
    }
    self.drawing = drawing
  }

  /// The case in a line, for messages.
  var summary: String {
    let shapes = drawing.operands.map { "\($0.tensor.shape)" }.joined(separator: ", ")
    let attributes = drawing.attributes.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    return ([id, "of " + shapes] + attributes).joined(separator: " · ")
  }
}

/// What the peers read of a case, beside its tensors.
nonisolated extension AgreementCase: Encodable {
  private struct Attribute: Encodable {
    let value: any Encodable
    func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
  }
  private enum Key: CodingKey { case id, subject, attributes, operands, hasGradient }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    try fields.encode(id, forKey: .id)
    try fields.encode(subject, forKey: .subject)
    try fields.encode(drawing.attributes.mapValues(Attribute.init), forKey: .attributes)
    try fields.encode(drawing.operands.map(\.isDifferentiable), forKey: .operands)
    try fields.encode(upstream != nil, forKey: .hasGradient)
  }
}
