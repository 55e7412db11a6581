import NeuronikaGraphs
import NeuronikaTensors

/// An update program bound to leaves, their gradients and buffers of their shapes: an optimizer's
/// step.
///
/// All leaves are updated in place in one region. What doesn't change from step to step is prepared,
/// because a small model's whole training step takes a few microseconds.
package final class LeafUpdates {
  package let leaves: [LeafState]
  /// The buffers of the first leaf, then those of the second.
  package var buffers: [Tensor]
  /// How many updates each leaf has had.
  package var steps: [Int]
  package let bufferCount: Int

  private let program: UpdateProgram
  private let numberCount: Int
  private let sizes: [Int]
  private let counts: UnsafeMutablePointer<Int>
  private let slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  /// Numbers for each leaf; used is the first place of those with equal steps.
  private let numbers: UnsafeMutablePointer<Float>

  /// - Parameters:
  ///   - leaves: What to update; no leaf twice.
  ///   - buffers: How many buffers each leaf has. They start as zeros.
  ///   - numbers: How many numbers each update takes.
  ///   - body: From the value, the gradient, the buffers and the numbers the new value and the new
  ///     buffers.
  package init(
    _ leaves: [LeafState], buffers bufferCount: Int, numbers numberCount: Int,
    _ body: (Tile, Tile, [Tile], [Tile]) -> [Tile]
  ) {
    self.leaves = leaves
    self.bufferCount = bufferCount
    self.numberCount = numberCount
    program = UpdateProgram(operands: bufferCount + 2, numbers: numberCount) { x, numbers in
      body(x[0], x[bufferCount + 1], Array(x[1..<bufferCount + 1]), numbers)
    }
    buffers = leaves.flatMap { leaf in
      (0..<bufferCount).map { _ in Tensor.zeros(leaf.tensor.shape) }
    }
    steps = leaves.map { _ in 0 }
    sizes = leaves.map(\.tensor.count)
    counts = .allocate(capacity: max(leaves.count, 1))
    slots = .allocate(capacity: max(leaves.count * program.stride, 1))
    numbers = .allocate(capacity: max(leaves.count * numberCount, 1))
  }

  deinit {
    counts.deallocate()
    slots.deallocate()
    numbers.deallocate()
  }

  /// Updates every leaf that has a gradient.
  ///
  /// - Parameter fill: Writes the numbers of the updates that are their leaves' given ones, from 1
  ///   on: called once if all leaves had a gradient each time.
  package func run(_ fill: (_ step: Int, UnsafeMutableBufferPointer<Float>) -> Void) {
    var active = 0
    var lastStep = 0
    var shared = numbers
    for index in leaves.indices {
      let leaf = leaves[index]
      guard let gradient = leaf.gradient?.storage.pointer else { continue }
      let step = steps[index] + 1
      steps[index] = step
      if step != lastStep {
        lastStep = step
        shared = numbers + index * numberCount
        fill(step, UnsafeMutableBufferPointer(start: shared, count: numberCount))
      }
      // Tells the leaf, too, that it changes.
      leaf.tensor.makeUnique()

      var slot = slots + active * program.stride
      slot.pointee = leaf.tensor.storage.pointer
      for buffer in index * bufferCount..<(index + 1) * bufferCount {
        buffers[buffer].makeUnique()
        slot += 1
        slot.pointee = buffers[buffer].storage.pointer
      }
      slot += 1
      slot.pointee = gradient
      for number in 0..<numberCount {
        slot += 1
        slot.pointee = shared + number
      }
      counts[active] = sizes[index]
      active += 1
    }
    program.run(updates: active, counts: counts, slots: slots, Workspace.current)
  }

  /// Sets all gradients to zero.
  package func zeroGradients() {
    for leaf in leaves { leaf.gradient = nil }
  }
}
