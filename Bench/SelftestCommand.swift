import ArgumentParser
import Foundation
import NeuronikaBenchmarking

struct SelftestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selftest", abstract: "Check that this program tells a regression from noise.",
    discussion: """
      Runs the whole way, from rounds over files to the exit status, on a simulated machine with \
      seeded, skewed and drifting noise; no real time is read. With --real the work spins and the time \
      is real, which takes a calm machine.
      """)

  @Flag(help: "Measure spinning work on this machine instead of simulating it.")
  var real = false
  @Option(help: "How many seeds each case is run with. (default: 5, with --real 1)")
  var seeds: Int?

  func validate() throws {
    if let seeds, seeds < 1 { throw ValidationError("--seeds must be at least 1.") }
  }

  func run() throws {
    try MainActor.assumeIsolated {
      let folder =
        FileManager.default.temporaryDirectory.path + "/neuronika-selftest-\(UUID().uuidString)"
      defer { try? FileManager.default.removeItem(atPath: folder) }
      var table = TextTable(columns: ["case", "expected", "got", ""])
      var hasFailed = false
      for example in SelftestCase.all {
        let got = (1...(seeds ?? (real ? 1 : 5))).map { seed in
          progress("\(example.name), seed \(seed)")
          let stage = SelftestStage(isReal: real, seed: UInt64(seed), folder: folder)
          return SelftestCase.status { try example.run(stage) }
        }
        progress(nil)
        let isRight = got.allSatisfy { $0 == example.expected }
        hasFailed = hasFailed || !isRight
        table.rows.append([
          example.name, "\(example.expected.rawValue) \(example.expected.meaning)",
          Set(got.map { "\($0.rawValue)" }).sorted().joined(separator: ", "),
          isRight ? "ok" : "WRONG",
        ])
      }
      table.print()
      try Conclusion.conclude(hasFailed ? .failure : .success)
    }
  }
}

/// What a case is played on.
struct SelftestStage {
  let isReal: Bool
  let seed: UInt64
  let folder: String

  /// Compares two sides of which the head is slower by some factors.
  ///
  /// - Parameter wrong: A benchmark whose result is wrong.
  func compare(_ factors: [String: Double] = [:], wrong: String? = nil) throws -> Comparison {
    let machine = SimulatedMachine(SimulatedMachine.Noise(delay: 0.03, wander: 0.003), seed: seed)
    let clock: any BenchmarkClock = isReal ? SystemClock() : machine
    let names = (0..<6).map { "work-\($0)" }
    let controls = ["control/one", "control/two"]
    func side(_ name: String, _ factors: [String: Double]) -> LocalSide {
      LocalSide(
        name,
        (names + controls).enumerated().map { index, id in
          let nanoseconds = 1.2e6 * (1 + 0.2 * Double(index)) * (factors[id] ?? 1)
          return Benchmark(id, group: "selftest") {
            Benchmark.Prepared(
              run: { iterations in
                let total = nanoseconds * Double(iterations)
                if !isReal { return machine.work(total) }
                let start = clock.now()
                while clock.now() - start < total {}
              },
              verify: { if id == wrong { throw WrongResult("\(id): 2 has to be 3") } })
          }
        }, clock: clock)
    }
    let (base, head) = (side("base", [:]), side("head", factors))
    for id in names {
      for side in [base, head] { try side.prepare(id).verify() }
    }
    let options = try BenchOptions.parse([])
    let results = try Results(folder + "/run", Surroundings(threads: 1))
    let comparison = try compareSides(
      names, controls: controls, base: base, head: head, target: 1e6, policy: Policy(), seed: seed,
      results)
    _ = try present(comparison, options, results, isSilent: true)
    return comparison
  }
}

/// Something that happened, and the status it has to end with.
struct SelftestCase {
  let name: String
  let expected: ExitStatus
  /// Ends like a verb: well, or by throwing.
  let run: (SelftestStage) throws -> Void

  /// What the program would exit with.
  static func status(_ body: () throws -> Void) -> ExitStatus {
    do { try body() } catch {
      if let known = exitStatus(of: error) { return known }
      return BenchCommand.exitCode(for: error) == .validationFailure ? .usage : .failure
    }
    return .success
  }

  static let all = [
    SelftestCase(name: "the same code twice", expected: .success) { stage in
      try Conclusion.conclude(stage.compare().exitStatus())
    },
    SelftestCase(name: "one of six slower by 10 %", expected: .regression) { stage in
      let comparison = try stage.compare(["work-3": 1.1])
      let named = comparison.verdicts.filter { $0.outcome == .regressed }.map(\.id)
      guard named == ["work-3"] else { throw SelftestFailure("\(named) were named") }
      try Conclusion.conclude(comparison.exitStatus())
    },
    SelftestCase(name: "one of six faster by 10 %", expected: .success) { stage in
      let comparison = try stage.compare(["work-3": 0.9])
      let named = comparison.verdicts.filter { $0.outcome == .improved }.map(\.id)
      guard named == ["work-3"] else { throw SelftestFailure("\(named) were named") }
      try Conclusion.conclude(comparison.exitStatus())
    },
    SelftestCase(name: "the controls drift, too", expected: .void) { stage in
      let comparison = try stage.compare(["work-3": 1.1, "control/one": 1.1, "control/two": 1.1])
      try Conclusion.conclude(comparison.exitStatus())
    },
    SelftestCase(name: "a baseline, and the same again", expected: .success) { stage in
      try stage.check(against: 1)
    },
    SelftestCase(name: "a baseline that was faster by 10 %", expected: .regression) { stage in
      try stage.check(against: 0.9)
    },
    SelftestCase(name: "a counter that went up by one", expected: .regression) { stage in
      try stage.check(against: 1, counters: ["steps": 8])
    },
    SelftestCase(name: "a truncated baseline", expected: .nothingCompared) { stage in
      let store = BaselineStore(stage.folder)
      try store.save(stage.baseline(1), as: "cut")
      let path = try store.path("cut")
      let data = FileManager.default.contents(atPath: path)!
      try data.prefix(data.count / 2).write(to: URL(fileURLWithPath: path))
      _ = try store.load("cut")
    },
    SelftestCase(name: "a wrong result", expected: .wrongResult) { stage in
      _ = try stage.compare(wrong: "work-2")
    },
    SelftestCase(name: "too few rounds, with --strict", expected: .inconclusive) { stage in
      let rounds = (0..<4).map { number in
        let turn = Turn(nanoseconds: 100 + Double(number), iterations: 1)
        return Round(
          id: "b", number: number, baseIsOutside: true, base: [turn, turn], head: [turn, turn])
      }
      let verdicts = Verdict.judge([Evidence(rounds)], Policy())
      let comparison = Comparison(verdicts: verdicts, rounds: rounds)
      try Conclusion.conclude(comparison.exitStatus(isStrict: true))
    },
    SelftestCase(name: "a wrong flag", expected: .usage) { _ in
      _ = try BenchCommand.parseAsRoot(["run", "--rounds", "2"])
    },
  ]
}

/// The status was right, but not the reason.
struct SelftestFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension SelftestStage {
  /// Some turns, of a machine as noisy as the other one.
  private func series(_ factor: Double, seed: UInt64) -> [Series] {
    var random = SplitMix(seed: seed)
    return [("work", factor), ("control/one", 1)].map { id, factor in
      Series(
        id,
        turns: (0..<30).map { _ in
          Turn(
            nanoseconds: 1e6 * factor * (1 + 0.01 * random.exponential()), iterations: 1)
        })
    }
  }

  func baseline(_ factor: Double) -> Baseline {
    Baseline(
      utc: "2026-01-01T00:00:00Z", revision: nil,
      fingerprint: .current(threads: 1, build: "selftest"), libraries: [:],
      entries: series(factor, seed: 2 * seed).map {
        Baseline.Entry($0, isControl: $0.id != "work", counters: ["steps": 7])
      })
  }

  /// Saves a baseline, reads it and compares with it.
  func check(against factor: Double, counters: Counters = ["steps": 7]) throws {
    let store = BaselineStore(folder)
    try store.save(baseline(factor), as: "check")
    let comparison = Comparison.with(
      try store.load("check"), series(1, seed: 2 * seed + 1), counters: ["work": counters],
      libraries: [:], policy: Policy()
    ).comparison
    try Conclusion.conclude(comparison.exitStatus())
  }
}
