import CNeuronikaOpenMP
import CNeuronikaTiles
import NeuronikaGraphs

#if canImport(Glibc)
  import Glibc
#endif

/// What a thread keeps between runs, so that the steady state allocates nothing: scratch memory and
/// the buffers of the walk over the graph.
final class Workspace {
  private var memory: UnsafeMutablePointer<Float>
  private var capacity: Int
  private var pointerMemory: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  private var pointerCapacity: Int
  private var slotMemory: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  private var slotCapacity: Int
  private var numberMemory: UnsafeMutablePointer<Float>
  private var numberCapacity: Int
  private var regionThreads = 0
  var capture = Capture()
  /// Never grown between the binding of a plan and its run.
  private var draws: [BoundDraw] = []

  private init() {
    (capacity, pointerCapacity, slotCapacity, numberCapacity) = (0, 0, 0, 0)
    memory = .allocate(capacity: 1)
    pointerMemory = .allocate(capacity: 1)
    slotMemory = .allocate(capacity: 1)
    numberMemory = .allocate(capacity: 1)
  }

  deinit {
    memory.deallocate()
    pointerMemory.deallocate()
    slotMemory.deallocate()
    numberMemory.deallocate()
  }

  /// The calling thread's. It ends with the thread.
  static var current: Workspace {
    let slot = nk_thread_slot()
    if let known = slot.pointee {
      return Unmanaged<Workspace>.fromOpaque(known).takeUnretainedValue()
    }
    let workspace = Unmanaged.passRetained(Workspace()).toOpaque()
    slot.pointee = workspace
    pthread_setspecific(endOfThread, workspace)
    return Unmanaged<Workspace>.fromOpaque(workspace).takeUnretainedValue()
  }

  /// Releases a thread's workspace when the thread ends. Reading through the slot is faster.
  private static let endOfThread: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { workspace in
      nk_thread_slot().pointee = nil
      if let workspace { Unmanaged<Workspace>.fromOpaque(workspace).release() }
    }
    return key
  }()

  /// Sets how many threads the regions that oneDNN opens from this thread have.
  @inline(__always)
  func setRegionThreads(_ count: Int) {
    if regionThreads == count { return }
    omp_set_dynamic(0)
    omp_set_num_threads(Int32(count))
    regionThreads = count
  }

  /// Uninitialised memory, aligned to 64 bytes, until the next call.
  func scratch(floats: Int) -> UnsafeMutablePointer<Float> {
    if floats > capacity {
      memory.deallocate()
      capacity = max(floats, 1 << 15)
      memory = UnsafeMutableRawPointer.allocate(byteCount: capacity * 4, alignment: 64)
        .bindMemory(to: Float.self, capacity: capacity)
    }
    return memory
  }

  func pointers(_ count: Int) -> UnsafeMutablePointer<UnsafeMutablePointer<Float>> {
    grow(&pointerMemory, &pointerCapacity, count)
    return pointerMemory
  }

  func slots(_ count: Int) -> UnsafeMutablePointer<UnsafeMutablePointer<Float>> {
    grow(&slotMemory, &slotCapacity, count)
    return slotMemory
  }

  func numbers(_ count: Int) -> UnsafeMutablePointer<Float> {
    grow(&numberMemory, &numberCapacity, count)
    return numberMemory
  }

  /// Keeps a draw until the next plan is bound.
  func bind(_ draw: BoundDraw, at input: Int, of count: Int) -> UnsafeMutablePointer<Float> {
    if draws.count < count {
      draws = Array(repeating: BoundDraw(seed: 0, number: 0, round: 0), count: count)
    }
    return draws.withUnsafeMutableBufferPointer { draws in
      draws[input] = draw
      return UnsafeMutableRawPointer(draws.baseAddress! + input)
        .assumingMemoryBound(to: Float.self)
    }
  }

  /// Runs a body that may use the engine itself: on this thread it finds another workspace, because
  /// the plan that is running needs this one as it is.
  func lend<Result>(_ body: () -> Result) -> Result {
    let slot = nk_thread_slot()
    slot.pointee = nil
    defer {
      if let other = slot.pointee {
        Unmanaged<Workspace>.fromOpaque(other).release()
        let own = Unmanaged.passUnretained(self).toOpaque()
        pthread_setspecific(Workspace.endOfThread, own)
        regionThreads = 0
      }
      slot.pointee = Unmanaged.passUnretained(self).toOpaque()
    }
    return body()
  }

  private func grow<T>(_ memory: inout UnsafeMutablePointer<T>, _ capacity: inout Int, _ count: Int)
  {
    if count <= capacity { return }
    memory.deallocate()
    capacity = count * 2
    memory = .allocate(capacity: capacity)
  }
}
