import CNeuronikaTiles
import NeuronikaGraphs
import NeuronikaTensors

/// A pooling or a resampling of images with channels last, as a step of a plan.
final class WindowStep {
  let work: WindowPass.Work
  /// `[N, …, C]` before and after.
  let input: Shape
  let output: Shape
  private let operands: [SlotOffset]
  private let out: Int
  private let windows: nk_windows
  private let tables: [UnsafeMutableRawPointer]
  /// The gradients of a convolution that alone read the result, and are the next steps.
  private(set) var readers: [ConvolutionStep] = []

  init(_ pass: WindowPass, operands: [SlotOffset], out: Int) {
    (work, input, output) = (pass.work, pass.input, pass.output)
    (self.operands, self.out) = (operands, out)
    // One spatial axis or two are the last of three.
    var single = AxisWindows()
    single.append([(position: 0, weight: 1)])
    let missing = 3 - pass.axes.count
    let axes = [AxisWindows](repeating: single, count: missing) + pass.axes
    func extents(_ shape: Shape) -> (Int, Int, Int) {
      let space = [Int](repeating: 1, count: missing) + shape.extents[1..<shape.rank - 1]
      return (space[0], space[1], space[2])
    }
    var tables: [UnsafeMutableRawPointer] = []
    func table<Element>(_ values: [Element]) -> UnsafePointer<Element> {
      let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(values.count, 1))
      memory.initialize(from: values, count: values.count)
      tables.append(UnsafeMutableRawPointer(memory))
      return UnsafePointer(memory)
    }
    let starts = axes.map { table($0.starts) }
    let positions = axes.map { table($0.positions) }
    let weights = axes.map { table($0.weights) }
    let (before, after) = (extents(input), extents(output))
    let isPartition = zip(axes, [before.0, before.1, before.2]).allSatisfy {
      $0.positions.count == $1 && Set($0.positions).count == $1
    }
    windows = nk_windows(
      images: input[0], input: before, output: after, channels: input[input.rank - 1],
      starts: (starts[0], starts[1], starts[2]),
      positions: (positions[0], positions[1], positions[2]),
      weights: (weights[0], weights[1], weights[2]), is_partition: isPartition ? 1 : 0,
      is_rectified: pass.isRectified ? 1 : 0)
    self.tables = tables
  }

  /// Is told which steps alone read the result, right after it was computed.
  func precede(_ readers: [ConvolutionStep]) {
    var windows = windows
    guard work == .maxPool(.route), nk_can_route_blocked(&windows) != 0,
      readers.allSatisfy({ $0.takesOutput(input) && $0.isParallel == readers[0].isParallel })
    else { return }
    self.readers = readers
  }

  deinit { for table in tables { table.deallocate() } }

  var isParallel: Bool { input.count + output.count >= TileProgram.parallelThreshold }

  func run(
    _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ context: RunContext, threads: Int
  ) {
    let result = slots[out]
    let memory = operands.map { slots[$0.slot] + $0.offset }
    var windows = windows
    let images = input[0]
    let rows = windows.output.0 * windows.output.1
    if input.count == 0 || output.count == 0 { return }
    let blocks = context.blocks(for: readers)
    withUnsafePointer(to: &windows) { windows in
      let windows = windows
      if let blocks {
        return ThreadTeam.divide(images * rows, threads: threads) {
          nk_max_pool_route_blocked(
            blocks, memory[0], memory[1], windows, $0.lowerBound, $0.upperBound)
        }
      }
      // Windows may share elements, so the gradients of an image are one thread's.
      if work == .maxPool(.route) {
        return ThreadTeam.divide(images, threads: threads) {
          nk_max_pool_route(
            result, memory[0], memory[1], windows, $0.lowerBound * rows, $0.upperBound * rows)
        }
      }
      ThreadTeam.divide(images * rows, threads: threads) {
        switch work {
        case .maxPool(.greatest):
          nk_max_pool(result, memory[0], windows, $0.lowerBound, $0.upperBound)
        case .maxPool:
          nk_max_pool_select(
            result, memory[0], memory[1], windows, $0.lowerBound, $0.upperBound)
        case .resampling:
          nk_resample(result, memory[0], windows, $0.lowerBound, $0.upperBound)
        }
      }
    }
  }
}
