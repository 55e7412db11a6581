import CNeuronikaLimits
import CNeuronikaOpenMP
import Foundation
import NeuronikaBenchmarking

/// What the machine can do at most, measured in the same rounds as everything else.
enum MachineLimits {
  /// Work that moves fewer bytes finds them in a cache.
  static let cachedBytes = 1 << 25

  /// Arithmetic, memory and cache, on one thread and on all.
  static func benchmarks(threads: Int) -> [Benchmark] {
    Set([1, threads]).sorted().flatMap {
      [
        arithmetic(threads: $0),
        copy(
          "memory", bytes: 1 << 26, threads: $0, summary: "64 MB from one place to another"),
        copy("cache", bytes: $0 << 18, threads: $0, summary: "256 KB a thread, again and again"),
      ]
    }
  }

  private static func arithmetic(threads: Int) -> Benchmark {
    let rounds = 20_000
    let flops = Double(rounds * nk_multiply_add_flops() * threads)
    return Benchmark(
      "limit/arithmetic-\(threads)", group: "limits", summary: "multiply-adds in registers",
      work: Benchmark.Work(flops: flops)
    ) {
      Benchmark.Prepared(run: { iterations in
        onAll(threads) { _ in
          // A sum that is never this one: the compiler doesn't know.
          if nk_multiply_add(rounds * iterations) == 12345 { print() }
        }
      })
    }
  }

  private static func copy(
    _ name: String, bytes: Int, threads: Int, summary: String
  ) -> Benchmark {
    Benchmark(
      "limit/\(name)-\(threads)", group: "limits", summary: summary,
      work: Benchmark.Work(bytes: Double(2 * bytes))
    ) {
      let blocks = (MemoryBlock(bytes), MemoryBlock(bytes))
      return Benchmark.Prepared(run: { iterations in
        nonisolated(unsafe) let (from, to) = (blocks.0.start, blocks.1.start)
        onAll(threads) { thread in
          let (first, last) = (thread * bytes / threads, (thread + 1) * bytes / threads)
          for _ in 0..<iterations { memcpy(to + first, from + first, last - first) }
        }
      })
    }
  }

  /// On the team that the engine computes on: the waiting threads of any other would be in its way.
  private nonisolated static func onAll(_ threads: Int, _ body: @escaping @Sendable (Int) -> Void) {
    if threads == 1 { return body(0) }
    var work = TeamWork(body: body)
    withUnsafeMutablePointer(to: &work) { work in
      GOMP_parallel(
        { $0!.assumingMemoryBound(to: TeamWork.self).pointee.body(Int(omp_get_thread_num())) },
        work, UInt32(threads), 0)
    }
  }
}

/// What each thread does, given its number.
private nonisolated struct TeamWork {
  let body: @Sendable (Int) -> Void
}

/// Bytes that have been written to, so that they are there.
private final class MemoryBlock {
  nonisolated(unsafe) let start: UnsafeMutableRawPointer

  init(_ bytes: Int) {
    start = .allocate(byteCount: bytes, alignment: 64)
    memset(start, 1, bytes)
  }

  deinit { start.deallocate() }
}

/// The least time that work can take on this machine, by the best that it did: a limit that was
/// disturbed is none.
struct Roofline {
  /// Floating-point operations a nanosecond.
  let arithmetic: Double
  /// Bytes a nanosecond.
  let memory: Double
  /// Bytes a nanosecond, if there are few enough.
  let cache: Double

  /// From the limits measured with the most threads, or nil if they were not.
  init?(_ series: [Series], threads: Int, _ benchmarks: [Benchmark]) {
    func rate(_ kind: String, _ work: KeyPath<Benchmark.Work, Double>) -> Double? {
      let id = "limit/\(kind)-\(threads)"
      guard let series = series.first(where: { $0.id == id }),
        let benchmark = benchmarks.first(where: { $0.id == id })
      else { return nil }
      return benchmark.work[keyPath: work] / series.least
    }
    guard let arithmetic = rate("arithmetic", \.flops), let memory = rate("memory", \.bytes),
      let cache = rate("cache", \.bytes)
    else { return nil }
    (self.arithmetic, self.memory, self.cache) = (arithmetic, memory, max(cache, memory))
  }

  /// The share of the limit that binds, like 0.62 of arithmetic; nil if the work has no measure.
  func share(_ work: Benchmark.Work, nanoseconds: Double) -> (share: Double, limit: String)? {
    let isCached = work.bytes < Double(MachineLimits.cachedBytes)
    let least = (work.flops / arithmetic, work.bytes / (isCached ? cache : memory))
    if least.0 == 0, least.1 == 0 { return nil }
    return least.0 >= least.1
      ? (least.0 / nanoseconds, "arithmetic")
      : (least.1 / nanoseconds, isCached ? "cache" : "memory")
  }
}
