import NeuronikaBenchmarking
import Testing

/// The tests of the room, by file.
@Suite("Benchmarking")
struct BenchmarkingTests {}

/// A benchmark that takes a time on a simulated machine.
func simulated(
  _ id: String, _ nanoseconds: Double, on machine: SimulatedMachine, isControl: Bool = false
) -> Benchmark {
  Benchmark(id, group: "simulated", isControl: isControl) {
    Benchmark.Prepared(run: { machine.work(nanoseconds * Double($0)) })
  }
}

/// Two sides with some benchmarks of about 1 ms and two controls on one machine.
struct Simulation {
  static let controls = ["control/a", "control/b"]

  let ids: [String]
  private let base: LocalSide
  private let head: LocalSide
  private let seed: UInt64

  /// - Parameters:
  ///   - count: How many benchmarks there are besides the controls.
  ///   - effects: By which factor the head differs, for those that do.
  init(
    _ count: Int, noise: SimulatedMachine.Noise, effects: [String: Double] = [:], seed: UInt64
  ) {
    self.seed = seed
    let machine = SimulatedMachine(noise, seed: seed)
    let ids = (0..<count).map { "b\($0)" }
    let times = ids.enumerated().map { ($1, 1.2e6 * (1 + 0.3 * Double($0))) }
    func side(_ name: String, _ factors: [String: Double]) -> LocalSide {
      let own = times.map { simulated($0, $1 * (factors[$0] ?? 1), on: machine) }
      let watching = Simulation.controls.map {
        simulated($0, 1.1e6 * (factors[$0] ?? 1), on: machine, isControl: true)
      }
      return LocalSide(name, own + watching, clock: machine)
    }
    self.ids = ids
    base = side("base", [:])
    head = side("head", effects)
  }

  func compare(
    _ policy: Policy = Policy(), isOver: () -> Bool = { false }
  ) throws -> Comparison {
    try Comparison(
      ids, controls: Simulation.controls, in: Rounds(base: base, head: head, seed: seed),
      target: 1e6, policy: policy, isOver: isOver)
  }
}

extension SimulatedMachine.Noise {
  /// A machine by itself, a shared one, and one with a neighbour that works.
  static let quiet = Self(delay: 0.01, wander: 0.001, interruption: 0.01)
  static let shared = Self(delay: 0.04, wander: 0.005, interruption: 0.05)
  static let loud = Self(delay: 0.12, wander: 0.02, interruption: 0.2)
}
