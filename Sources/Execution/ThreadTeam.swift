import CNeuronikaOpenMP
import CNeuronikaTiles
import NeuronikaTensors
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The one team of threads, oneDNN's and the tile programs'.
///
/// libgomp keeps a team for each thread that opens a region. So a plan with parallel parts takes a
/// process-wide lock; if another thread has it, the plan runs with one thread.
package enum ThreadTeam {
  private static let isTaken = Atomic<Bool>(false)
  private static let wanted = Atomic<Int>(0)

  /// How many threads a plan uses: by default as many as the process may run at once.
  package static var count: Int {
    get {
      let set = wanted.load(ordering: .relaxed)
      if set > 0 { return set }
      let found = defaultCount
      wanted.store(found, ordering: .relaxed)
      return found
    }
    set {
      if newValue < 1 { stopProgram("threads: at least 1 thread is needed, not \(newValue)") }
      wanted.store(newValue, ordering: .relaxed)
    }
  }

  /// `NEURONIKA_THREADS`, or the smaller of the affinity mask and the control group's quota.
  private static var defaultCount: Int {
    if let text = getenv("NEURONIKA_THREADS").map({ String(cString: $0) }) {
      guard let count = Int(text), (1...1024).contains(count) else {
        stopProgram("NEURONIKA_THREADS: a whole number from 1 to 1024 is needed, not \"\(text)\"")
      }
      return count
    }
    let allowed = Int(omp_get_num_procs())
    return max(1, min(allowed, quota ?? allowed))
  }

  /// The processors that the control group's quota is worth, rounded up.
  private static var quota: Int? {
    func numbers(_ path: String) -> [Double]? {
      guard let file = fopen(path, "r") else { return nil }
      defer { fclose(file) }
      var buffer = [CChar](repeating: 0, count: 128)
      guard fgets(&buffer, 128, file) != nil else { return nil }
      let text = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      return String(decoding: text, as: UTF8.self).split { " \n".contains($0) }.map {
        Double($0) ?? -1
      }
    }
    var limit: (quota: Double, period: Double)?
    if let both = numbers("/sys/fs/cgroup/cpu.max"), both.count == 2 {
      limit = (both[0], both[1])
    } else if let quota = numbers("/sys/fs/cgroup/cpu/cpu.cfs_quota_us")?.first,
      let period = numbers("/sys/fs/cgroup/cpu/cpu.cfs_period_us")?.first
    {
      limit = (quota, period)
    }
    guard let limit, limit.quota > 0, limit.period > 0 else { return nil }
    return max(1, Int((limit.quota / limit.period).rounded(.up)))
  }

  /// Takes the team for the calling thread.
  ///
  /// - Returns: Whether nobody else had it.
  static func tryTake() -> Bool {
    isTaken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
  }

  /// Takes the team, waiting for whoever has it.
  static func take() {
    var spins = 0
    while !tryTake() {
      spins += 1
      if spins > 64 { sched_yield() }
    }
  }

  static func release() { isTaken.store(false, ordering: .releasing) }

  /// Runs the body with denormals flushed to zero on the calling thread and, for a team, on every
  /// member; restores afterwards. Denormals slow training down by up to forty times.
  @inline(__always)
  static func run(threads: Int, isParallel: Bool, workspace: Workspace, _ body: () -> Void) {
    if isParallel && threads > 1 {
      GOMP_parallel(
        { _ in ThreadTeam.members[Int(omp_get_thread_num())] = nk_flush_denormals() }, nil,
        UInt32(threads), 0)
      body()
      GOMP_parallel(
        { _ in nk_restore_denormals(ThreadTeam.members[Int(omp_get_thread_num())]) }, nil,
        UInt32(threads), 0)
    } else {
      let former = nk_flush_denormals()
      body()
      nk_restore_denormals(former)
    }
  }

  /// Parts a range among the threads of the team, evenly and in order.
  static func divide(_ count: Int, threads: Int, _ body: (Range<Int>) -> Void) {
    if threads == 1 { return body(0..<count) }
    withoutActuallyEscaping(body) { body in
      var work = Work(count: count, threads: threads, body: body)
      withUnsafeMutablePointer(to: &work) { work in
        GOMP_parallel(
          { data in
            let work = data!.assumingMemoryBound(to: Work.self).pointee
            let thread = Int(omp_get_thread_num())
            work.body(
              thread * work.count / work.threads..<(thread + 1) * work.count / work.threads)
          }, work, UInt32(threads), 0)
      }
    }
  }

  private struct Work {
    let count: Int
    let threads: Int
    let body: (Range<Int>) -> Void
  }

  /// The former state of each member. Only whoever has the team uses it.
  nonisolated(unsafe) private static let members = UnsafeMutablePointer<UInt32>.allocate(
    capacity: 1024)
}

/// Runs the body with another number of threads for all plans of this process.
///
/// - Parameters:
///   - count: The number of threads, at least 1.
///   - body: What to run.
public func withThreads<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> Result {
  let former = ThreadTeam.count
  ThreadTeam.count = count
  defer { ThreadTeam.count = former }
  return try body()
}

/// Sets the number of threads for all plans of this process from now on.
///
/// The default is `NEURONIKA_THREADS` or else as many as the process may run at once: the smaller of
/// its affinity mask and its control group's quota.
///
/// - Parameter count: The number of threads, at least 1.
public func setThreads(_ count: Int) { ThreadTeam.count = count }
