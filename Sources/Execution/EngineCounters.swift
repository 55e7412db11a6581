import CNeuronikaOneDNN
import NeuronikaGraphs
import NeuronikaTensors
import Synchronization

/// What the engine did, in whole numbers: the same for the same work on a quiet machine and on a busy
/// one, so that a change of the work shows in them when times can't tell it.
///
/// They don't depend on the number of threads, except where a plan does: a product that is too small
/// for two threads is planned for one.
public struct EngineCounters: Sendable, Equatable {
  /// Vertices of graphs that were made, leaves and numbers among them.
  public var nodes = 0
  /// Plans that were compiled: 0 in the steady state of a loop.
  public var compilations = 0
  /// How often a plan ran, its forward and its backward counted apart.
  public var runs = 0
  /// Steps of those runs.
  public var steps = 0
  /// Products of matrices, by oneDNN.
  public var products = 0
  /// Convolutions and their gradients, by oneDNN or by kernels of our own.
  public var convolutions = 0
  /// What tile programs compute: how often, by tiles, whether a kernel does one thing or two.
  public var kernels: [String: Int] = [:]
  /// Blocks of memory that runs took, from the free lists or from the system.
  public var buffers = 0
  /// Their size in bytes.
  public var bytes = 0
  /// Floating-point operations: two for each multiplication and addition of a product or a
  /// convolution, one for each element that a tile kernel gives.
  public var flops = 0

  fileprivate static func + (left: EngineCounters, right: EngineCounters) -> EngineCounters {
    var sum = left
    sum.runs += right.runs
    sum.steps += right.steps
    sum.products += right.products
    sum.convolutions += right.convolutions
    sum.kernels.merge(right.kernels, uniquingKeysWith: +)
    sum.buffers += right.buffers
    sum.bytes += right.bytes
    sum.flops += right.flops
    return sum
  }
}

/// Counts what the engine does while a body runs, on all threads.
///
/// Counting costs some microseconds a plan; outside of such a body nothing is counted. Bodies must not
/// overlap.
///
/// - Returns: The counters, and what the body returns.
public func countingWork<Result, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> (counters: EngineCounters, result: Result) {
  let (nodes, compilations) = (Node.madeCount, PlanCache.compilations)
  WorkCounting.begin()
  defer { WorkCounting.end() }
  let result = try body()
  var counters = WorkCounting.sum
  counters.nodes = Node.madeCount - nodes
  counters.compilations = PlanCache.compilations - compilations
  return (counters, result)
}

/// The version of oneDNN that the engine runs on, like `2.6.3`.
public var oneDNNVersion: String {
  guard let version = dnnl_version()?.pointee else { return "unknown" }
  return "\(version.major).\(version.minor).\(version.patch)"
}

/// Where runs are counted, if they are.
enum WorkCounting {
  private static let isCounting = Atomic(false)
  private static let counted = Mutex(EngineCounters())

  static var isOn: Bool { isCounting.load(ordering: .relaxed) }
  static var sum: EngineCounters { counted.withLock { $0 } }

  static func begin() {
    let wasOn = isCounting.exchange(true, ordering: .relaxed)
    if wasOn { stopProgram("countingWork: another body is being counted; let it end first") }
    counted.withLock { $0 = EngineCounters() }
  }

  static func end() { isCounting.store(false, ordering: .relaxed) }

  /// Counts a run of a segment of a plan.
  static func add(_ segment: Segment) {
    var own = EngineCounters()
    own.runs = 1
    own.steps = segment.steps.count
    own.buffers = segment.owned.count + (segment.arena.isEmpty ? 0 : 1)
    own.bytes = 4 * (segment.owned.reduce(0) { $0 + $1.count } + segment.arenaSize)
    for step in segment.steps {
      switch step {
      case .product(let step):
        own.products += 1
        own.flops += 2 * step.product.contraction.size
      case .convolution(let step):
        own.convolutions += 1
        own.flops += 2 * step.product.size
      case .tiles(let program): own.add(program, tiles: program.tileCount, elements: program.count)
      case .windows: own.kernels["windows", default: 0] += 1
      case .assembly: own.kernels["assembly", default: 0] += 1
      case .slices: own.kernels["slices", default: 0] += 1
      case .opaque: own.kernels["opaque", default: 0] += 1
      case .random: own.kernels["random", default: 0] += 1
      }
    }
    counted.withLock { $0 = $0 + own }
  }

  /// Counts an update of tensors.
  static func add(_ program: TileProgram, counts: UnsafeBufferPointer<Int>) {
    var own = EngineCounters()
    own.runs = 1
    own.steps = 1
    for count in counts {
      own.add(
        program, tiles: (count + TileProgram.tile - 1) / TileProgram.tile, elements: count)
    }
    counted.withLock { $0 = $0 + own }
  }
}

extension EngineCounters {
  fileprivate mutating func add(_ program: TileProgram, tiles: Int, elements: Int) {
    for word in program.listing { kernels[word, default: 0] += tiles }
    flops += program.listing.count * elements
  }
}
