/// Some iterations of a benchmark that were timed together.
public struct Turn: Equatable, Codable, Sendable {
  /// The time of one iteration, the mean over the turn.
  public let nanoseconds: Double
  /// How many iterations there were.
  public let iterations: Int
  /// How often other work took the processor meanwhile. Marks the turn; no turn is ever dropped.
  public let interruptions: Int

  /// - Parameters:
  ///   - nanoseconds: The time of one iteration.
  ///   - iterations: How many there were.
  ///   - interruptions: How often other work took the processor meanwhile.
  public init(nanoseconds: Double, iterations: Int, interruptions: Int = 0) {
    self.nanoseconds = nanoseconds
    self.iterations = iterations
    self.interruptions = interruptions
  }
}

/// A wish for a turn.
public struct Request: Equatable, Sendable {
  /// The benchmark's name.
  public let id: String
  /// How many iterations to time together.
  public let iterations: Int

  /// - Parameters:
  ///   - id: The benchmark's name.
  ///   - iterations: How many iterations to time together.
  public init(_ id: String, iterations: Int) {
    self.id = id
    self.iterations = iterations
  }
}

/// One of the two versions that are compared, or the only one that is measured: this process, or
/// another program that is asked.
public protocol Side: AnyObject {
  /// What it is called in tables.
  var name: String { get }

  /// Finds how many iterations take as long as a turn should.
  ///
  /// - Parameters:
  ///   - ids: The benchmarks, which are prepared if need be.
  ///   - target: The least time of a turn, in nanoseconds.
  /// - Returns: The iterations of a turn, for each benchmark.
  func calibrate(_ ids: [String], target: Double) throws -> [Int]

  /// Runs each until its time has settled.
  func warmUp(_ requests: [Request]) throws

  /// Is called before each round. What differs from one start of a program to the next can be drawn
  /// anew here; without an implementation nothing is.
  func beginRound() throws

  /// Does the turns, one after another.
  func turns(_ requests: [Request]) throws -> [Turn]
}

extension Side {
  public func beginRound() {}
}

/// This process as a side.
public final class LocalSide: Side {
  /// What it is called in tables.
  public let name: String
  private let clock: any BenchmarkClock
  private let benchmarks: [String: Benchmark]
  private let warmingUp: Double
  private var prepared: [String: Benchmark.Prepared] = [:]

  /// - Parameters:
  ///   - name: What it is called in tables.
  ///   - benchmarks: What it can do; no name twice.
  ///   - clock: What tells the time.
  ///   - warmingUp: After so many nanoseconds a benchmark is warm, whether its times agree or not.
  public init(
    _ name: String, _ benchmarks: [Benchmark], clock: any BenchmarkClock, warmingUp: Double = 2e8
  ) {
    self.name = name
    self.warmingUp = warmingUp
    self.clock = clock
    self.benchmarks = Dictionary(benchmarks.map { ($0.id, $0) }) { first, _ in
      fatalError("LocalSide: there are two benchmarks named \"\(first.id)\"")
    }
  }

  /// A benchmark with its data in place, which is made at the first call.
  public func prepare(_ id: String) throws -> Benchmark.Prepared {
    if let ready = prepared[id] { return ready }
    guard let benchmark = benchmarks[id] else {
      fatalError("LocalSide: \"\(name)\" has no benchmark named \"\(id)\"")
    }
    let ready = try benchmark.prepare()
    prepared[id] = ready
    return ready
  }

  /// Finds how many iterations take as long as a turn should.
  public func calibrate(_ ids: [String], target: Double) throws -> [Int] {
    try ids.map { id in
      let ready = try prepare(id)
      return Calibration(target: target).iterations { time(ready, $0) * Double($0) }
    }
  }

  /// Runs each until three turns in a row agree, or it is clear that they won't, or the time for it is
  /// over.
  public func warmUp(_ requests: [Request]) throws {
    for request in requests {
      let ready = try prepare(request.id)
      let start = clock.now()
      WarmUp().run(isLate: { clock.now() - start > warmingUp }) { time(ready, request.iterations) }
    }
  }

  /// Does the turns.
  public func turns(_ requests: [Request]) throws -> [Turn] {
    try requests.map { request in
      let ready = try prepare(request.id)
      let before = clock.interruptions
      let nanoseconds = time(ready, request.iterations)
      return Turn(
        nanoseconds: nanoseconds, iterations: request.iterations,
        interruptions: clock.interruptions - before)
    }
  }

  private func time(_ ready: Benchmark.Prepared, _ iterations: Int) -> Double {
    ready.reset()
    let start = clock.now()
    ready.run(iterations)
    return (clock.now() - start) / Double(iterations)
  }
}
