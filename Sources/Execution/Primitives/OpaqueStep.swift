import NeuronikaGraphs
import NeuronikaTensors

/// Calls a closure on tensors.
final class OpaqueStep {
  let name: String
  private let body: @Sendable ([Tensor]) -> Tensor
  private let operands: [(source: SlotOffset, shape: Shape)]
  private let shape: Shape
  private let out: Int

  init(
    _ name: String, _ function: OpaqueFunction, operands: [(SlotOffset, Shape)], shape: Shape,
    out: Int
  ) {
    // Not its owner: that is the plan's to keep or not.
    body = function.body
    (self.name, self.shape, self.out) = (name, shape, out)
    self.operands = operands.map { (source: $0.0, shape: $0.1) }
  }

  /// Operands and result are copied: the closure may keep the ones, and the other may be a tensor
  /// that the program has elsewhere. Beside what a closure on tensors costs that is little.
  func run(_ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ workspace: Workspace) {
    let tensors = operands.map { operand in
      Tensor(uninitialized: operand.shape) { elements in
        let source = slots[operand.source.slot] + operand.source.offset
        elements.baseAddress?.initialize(from: source, count: elements.count)
      }
    }
    let result = workspace.lend { body(tensors) }
    guard result.shape == shape else {
      stopProgram(
        "\(name): the closure gave a tensor of shape \(result.shape), but the shape rule says "
          + "\(shape) for operands \(operands.map(\.shape))")
    }
    result.withUnsafeElements { elements in
      if let first = elements.baseAddress { slots[out].update(from: first, count: elements.count) }
    }
  }
}
