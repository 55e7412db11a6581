import Foundation
import NeuronikaBenchmarking
import Testing

extension BenchmarkingTests {
  @Suite("The whole procedure")
  struct Procedure {
    @Test(
      "Identical code is called different in less than 2 of 100 runs",
      arguments: [("quiet", SimulatedMachine.Noise.quiet), ("shared", .shared), ("loud", .loud)])
    func falseAlarms(name: String, noise: SimulatedMachine.Noise) throws {
      let runs = 250
      let alarms = try (0..<runs).count { run in
        let comparison = try Simulation(10, noise: noise, seed: UInt64(run)).compare()
        return comparison.exitStatus() != .success
          || comparison.verdicts.contains { $0.outcome == .improved }
      }
      print("false alarms on a \(name) machine: \(alarms) of \(runs) runs of 10 benchmarks")
      #expect(Double(alarms) < 0.02 * Double(runs))
    }

    @Test("A slowdown is named as often as stated, never called equivalent, and names no other")
    func power() throws {
      let runs = 60
      print("power: of \(runs) runs of 8 benchmarks, one of them slower")
      print(
        "machine   effect  regressed  inconclusive  equivalent  void  smallest visible (median)")
      for (name, noise) in [
        ("quiet", SimulatedMachine.Noise.quiet), ("shared", .shared), ("loud", .loud),
      ] {
        for effect in [0.03, 0.05, 0.10] {
          var (named, open, missed, void) = (0, 0, 0, 0)
          var visible: [Double] = []
          for run in 0..<runs {
            let comparison = try Simulation(
              8, noise: noise, effects: ["b3": 1 + effect], seed: UInt64(1000 + run)
            ).compare()
            let verdict = comparison.verdicts[3]
            visible.append(verdict.smallestVisible)
            if !comparison.movedControls.isEmpty { void += 1 }
            switch verdict.outcome {
            case .regressed: named += 1
            case .inconclusive: open += 1
            case .equivalent: missed += 1
            case .improved: Issue.record("a slower benchmark was called faster")
            }
            let others = comparison.verdicts.filter { $0.id != "b3" }
            #expect(others.allSatisfy { $0.outcome != .regressed && $0.outcome != .improved })
          }
          let cells = [
            name.padding(toLength: 9, withPad: " ", startingAt: 0),
            String(format: "%5.0f %%", effect * 100), String(format: "%9d", named),
            String(format: "%12d", open), String(format: "%10d", missed),
            String(format: "%4d", void), String(format: "%5.1f %%", median(visible) * 100),
          ]
          print(cells.joined(separator: "  "))
          if effect >= 0.05 { #expect(missed == 0) }
          if effect == 0.10, name != "loud" { #expect(named == runs) }
          if effect == 0.05, name == "quiet" { #expect(named == runs) }
        }
      }
    }

    @Test("A faster benchmark is called improved, and the run succeeds")
    func improvement() throws {
      let comparison = try Simulation(5, noise: .shared, effects: ["b1": 0.85], seed: 3).compare()
      #expect(comparison.verdicts[1].outcome == .improved)
      #expect(comparison.exitStatus() == .success)
    }

    @Test("A control that moved makes the run void, whatever else was seen")
    func void() throws {
      let effects = ["control/a": 1.1, "b2": 1.2]
      let comparison = try Simulation(5, noise: .shared, effects: effects, seed: 4).compare()
      #expect(comparison.movedControls.map(\.id) == ["control/a"])
      #expect(comparison.exitStatus() == .void)
    }

    @Test("Only what the screen left open is measured again, with fresh rounds")
    func stages() throws {
      let comparison = try Simulation(6, noise: .quiet, effects: ["b2": 1.1], seed: 5).compare()
      #expect(comparison.verdicts.map(\.rounds) == [12, 12, 30, 12, 12, 12])
      #expect(comparison.decided == 1)
      #expect(comparison.rounds.count { $0.id == "b2" } == 42)
      #expect(comparison.rounds.count { $0.id == "b1" } == 12)
      #expect(comparison.controls.allSatisfy { $0.rounds == 42 })
    }

    @Test("When time is up, six rounds of each stage are there")
    func timeIsUp() throws {
      let simulation = Simulation(2, noise: .quiet, effects: ["b1": 1.1], seed: 5)
      let comparison = try simulation.compare(isOver: { true })
      #expect(comparison.verdicts.map(\.rounds) == [6, 6])
      #expect(comparison.rounds.count { $0.id == "b1" } == 12)
    }

    @Test("The same seed makes the same run")
    func repeatable() throws {
      func run() throws -> [Verdict] {
        try Simulation(4, noise: .loud, effects: ["b1": 1.05], seed: 6).compare().verdicts
      }
      #expect(try run() == run())
    }

    @Test("Nothing compared is no success")
    func nothing() throws {
      #expect(try Simulation(0, noise: .none, seed: 7).compare().exitStatus() == .nothingCompared)
    }

    @Test("An inconclusive benchmark fails a strict run only")
    func strict() throws {
      var policy = Policy()
      // So few rounds can't tell anything.
      (policy.screenRounds, policy.decisionRounds) = (3, 4)
      let comparison = try Simulation(2, noise: .quiet, seed: 8).compare(policy)
      #expect(comparison.verdicts.allSatisfy { $0.outcome == .inconclusive })
      #expect(comparison.verdicts.allSatisfy { $0.smallestVisible == .infinity })
      #expect(comparison.exitStatus() == .success)
      #expect(comparison.exitStatus(isStrict: true) == .inconclusive)
    }

    @Test("A difference below the absolute floor is none, however many percent it is")
    func absoluteFloor() {
      let logs = (0..<30).map { log(1.2) + 0.001 * Double($0 % 5) }
      func outcome(_ nanoseconds: Double) -> Verdict.Outcome {
        let evidence = Evidence(
          id: "b", logRatios: logs, sameSide: [], baseNanoseconds: nanoseconds)
        return Verdict.judge([evidence], Policy())[0].outcome
      }
      #expect(outcome(3) == .equivalent)
      #expect(outcome(300) == .regressed)
    }

    @Test("A floor wider than the threshold hides a difference, but never makes it equivalent")
    func floor() {
      let logs = (0..<30).map { log(1.05) + 0.0002 * Double($0 % 7) }
      let unquiet = (0..<60).map { 0.08 + 0.001 * Double($0 % 3) }
      let evidence = Evidence(id: "b", logRatios: logs, sameSide: unquiet, baseNanoseconds: 1e6)
      let verdict = Verdict.judge([evidence], Policy())[0]
      #expect(verdict.outcome == .inconclusive)
      #expect(verdict.floor > 0.08)
      #expect(verdict.smallestVisible > 0.08)
    }
  }
}
