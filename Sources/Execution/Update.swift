import CNeuronikaTiles
import NeuronikaGraphs
import NeuronikaTensors

/// Work on whole tensors outside a graph: adding gradients up, and the optimizers' updates.
package enum Update {
  /// Adds a tensor to another of the same shape, in place.
  package static func add(_ addend: Tensor, to sum: inout Tensor) {
    accumulation.run(count: sum.count, numbers: [], updating: &sum, reading: addend)
  }

  private static let accumulation = UpdateProgram(operands: 2, numbers: 0) { x, _ in
    [x[0] + x[1]]
  }
}
