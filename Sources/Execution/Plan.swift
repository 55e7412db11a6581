import CNeuronikaOneDNN
import NeuronikaGraphs
import NeuronikaTensors
import Synchronization

/// One thing a running plan does.
enum Step {
  case tiles(TileProgram)
  case product(ProductStep)
  case convolution(ConvolutionStep)
  case windows(WindowStep)
  case assembly(AssemblyStep)
  case slices(SlicesStep)
  case opaque(OpaqueStep)
  case random(RandomStep)
}

/// The steps of a forward or a backward, and their memory.
struct Segment {
  struct Owned {
    var slot: Int
    var count: Int
  }
  struct Placed {
    var slot: Int
    var offset: Int
  }

  var steps: [Step] = []
  /// What outlives the call: buffers of their own.
  var owned: [Owned] = []
  /// What dies inside the call: offsets into one block.
  var arena: [Placed] = []
  var arenaSize = 0
}

/// How often each pass found something to do, for tests and for `NEURONIKA_EXPLAIN`.
package struct PassCounts: Sendable {
  package var shared = 0
  package var bias = 0
  package var relu = 0
  package var fused = 0

  mutating func add(_ other: PassCounts) {
    shared += other.shared
    bias += other.bias
    relu += other.relu
    fused += other.fused
  }
}

/// Everything that can be known of an evaluation from the structure of its graph: what to run, on
/// which memory, in which order. Immutable; many evaluations, on several threads, may run one plan.
package final class Plan: @unchecked Sendable {
  /// A value or gradient that a node gets.
  struct Result {
    var position: Int
    var slot: Int
    var shape: Shape
  }

  struct Check {
    var operand: SlotOffset
    var count: Int
    var bound: Int
    var operation: String
    /// Whether `backward` computes the labels.
    var isBackward: Bool
  }

  /// The captured positions of the inputs; their slots are the first.
  let inputs: [Int]
  let hasSeed: Bool
  let slotCount: Int
  let forward: Segment
  let backward: Segment?
  let values: [Result]
  let gradients: [Result]
  let threads: Int
  let words: [Int]
  let hash: Int
  let isParallel: Bool
  var labelChecks: [Check] = []
  /// The inputs that are draws of random operations.
  var draws: Set<Int> = []
  /// The positions of the values that are computed with channels last.
  var channelsLast: [Int] = []
  /// What closures on tensors refer to and no graph that the plan is run for keeps alive.
  var owners: [AnyObject] = []
  /// The captured positions of the inputs that no step reads and no result is: what they feed is
  /// left out, as what batch normalisation does in use is left out in training.
  var unread: Set<Int> = []
  package internal(set) var passes = PassCounts()
  private let contexts = Mutex<[RunContext]>([])

  init(
    inputs: [Int], hasSeed: Bool, slotCount: Int, forward: Segment, backward: Segment?,
    values: [Result], gradients: [Result], threads: Int, words: [Int], hash: Int
  ) {
    self.inputs = inputs
    self.hasSeed = hasSeed
    self.slotCount = slotCount
    self.forward = forward
    self.backward = backward
    self.values = values
    self.gradients = gradients
    self.threads = threads
    self.words = words
    self.hash = hash
    let steps = forward.steps + (backward?.steps ?? [])
    for segment in [forward, backward].compactMap(\.self) {
      for case (.convolution(let former), .convolution(let step))
        in zip(segment.steps, segment.steps.dropFirst())
      {
        step.follow(former)
      }
    }
    isParallel =
      threads > 1
      && steps.contains {
        switch $0 {
        case .tiles(let program): program.threads(of: threads) > 1
        case .product(let product): product.isParallel
        case .convolution(let step): step.isParallel
        case .windows(let step): step.isParallel
        case .assembly, .slices, .opaque, .random: false
        }
      }
  }

  /// How many values share a tile program with another.
  var fusedCount: Int {
    (forward.steps + (backward?.steps ?? [])).reduce(0) { sum, step in
      if case .tiles(let program) = step {
        sum + max(program.listing.count - 1, 0)
      } else {
        sum
      }
    }
  }

  /// What the plan itself takes, roughly.
  var bytes: Int {
    (forward.steps + (backward?.steps ?? [])).reduce(words.count * 8 + 1024) { sum, step in
      switch step {
      case .tiles(let program): sum + program.instructions.count * 40 + 512
      case .product(let step): sum + (step.product.usesPrimitive ? 4096 : 512)
      case .convolution(let step): sum + 16_384 + step.bytes
      case .windows: sum + 2048
      case .assembly, .slices, .opaque, .random: sum + 256
      }
    }
  }

  func check(_ check: LabelCheck, _ schedule: Scheduler) -> Check {
    Check(
      operand: schedule.operand(check.operand), count: check.operand.view.count, bound: check.bound,
      operation: check.operation, isBackward: schedule.isBackward(check.operand))
  }

  /// Runs a segment on bound slots.
  func run(
    _ segment: Segment, _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>,
    _ workspace: Workspace
  ) {
    if WorkCounting.isOn { WorkCounting.add(segment) }
    let context = takeContext(workspace)
    ThreadTeam.run(threads: threads, isParallel: isParallel, workspace: workspace) {
      if Explain.isOn {
        Explain.timed(self, segment) { run($0, slots, context, workspace) }
      } else {
        for step in segment.steps { run(step, slots, context, workspace) }
      }
    }
    contexts.withLock { $0.append(context) }
  }

  @inline(__always)
  private func run(
    _ step: Step, _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>,
    _ context: RunContext, _ workspace: Workspace
  ) {
    switch step {
    case .tiles(let program): program.run(slots: slots, threads: threads, workspace: workspace)
    case .product(let product):
      workspace.setRegionThreads(product.isParallel ? threads : 1)
      product.run(slots, context, threads: threads)
    case .convolution(let step):
      workspace.setRegionThreads(step.isParallel ? threads : 1)
      step.run(slots, context, threads: threads, workspace)
    case .windows(let step):
      // The primitives of its readers may be made here, for as many threads as they will run with.
      if let reader = step.readers.first {
        workspace.setRegionThreads(reader.isParallel ? threads : 1)
      }
      step.run(slots, context, threads: step.isParallel ? threads : 1)
    case .assembly(let step): step.run(slots, workspace)
    case .slices(let step): step.run(slots)
    case .opaque(let step): step.run(slots, workspace)
    case .random(let step): step.run(slots)
    }
  }

  private func takeContext(_ workspace: Workspace) -> RunContext {
    contexts.withLock { $0.popLast() } ?? RunContext()
  }

  /// Stops at the first label that is no whole number in range.
  ///
  /// - Parameter isBackward: Whether those are looked at that `backward` computes, or the others.
  func checkLabels(
    _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, isBackward: Bool = false
  ) {
    for check in labelChecks where check.isBackward == isBackward {
      let labels = UnsafeBufferPointer(
        start: slots[check.operand.slot] + check.operand.offset, count: check.count)
      if let complaint = wholeNumberComplaint(of: labels, bound: check.bound) {
        stopProgram("\(check.operation): \(complaint)")
      }
    }
  }
}
