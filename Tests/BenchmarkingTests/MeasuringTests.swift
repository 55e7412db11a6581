import NeuronikaBenchmarking
import Testing

extension BenchmarkingTests {
  @Suite("Measuring")
  struct Measuring {
    @Test("A turn is made long enough for the clock", arguments: [3.0, 900, 250_000, 4e6])
    func calibration(nanoseconds: Double) throws {
      let machine = SimulatedMachine(.shared, seed: 1)
      let side = LocalSide("s", [simulated("b", nanoseconds, on: machine)], clock: machine)
      let count = try side.calibrate(["b"], target: Calibration.target(for: machine))[0]
      let expected = max(1, 1e6 / nanoseconds)
      #expect(Double(count) >= 0.5 * expected && Double(count) <= 1.5 * expected + 1)
    }

    @Test("Calibration ends where no two readings agree, and where no time passes")
    func unsettled() {
      var time = 1e6
      let count = Calibration(target: 1e6).iterations { _ in
        time *= 1.5
        return time
      }
      #expect(count == 1)
      #expect(Calibration(target: 1e6).iterations { $0 > 1_000_000 ? 1e6 : 0 } > 1_000_000)
    }

    @Test("A coarse clock makes turns longer")
    func resolution() {
      final class Coarse: BenchmarkClock {
        let resolution = 1e4
        let interruptions = 0
        func now() -> Double { 0 }
      }
      #expect(Calibration.target(for: Coarse()) == 1e7)
      #expect(Calibration.target(for: SimulatedMachine(seed: 1)) == 1e6)
      #expect(Calibration.target(for: SimulatedMachine(seed: 1), wished: 5e6) == 5e6)
    }

    @Test("Warming up ends when three turns in a row agree, or at its limit")
    func warmUp() {
      var times = [9.0, 5, 3, 2, 1.02, 1, 1.04, 7].makeIterator()
      var turns = 0
      let hasSettled = WarmUp().run {
        turns += 1
        return times.next()!
      }
      #expect(hasSettled && turns == 7)
      var time = 1.0
      let never = WarmUp(limit: 10).run {
        time *= 2
        return time
      }
      #expect(!never && time == 1024)
      turns = 0
      let late = WarmUp().run(isLate: { turns == 2 }) {
        turns += 1
        return 1
      }
      #expect(!late && turns == 2)
    }

    @Test("The order is ABBA or BAAB, about as often, and the same from the same seed")
    func orders() throws {
      final class Named: Side {
        let name: String
        var log: (String) -> Void = { _ in }
        init(_ name: String) { self.name = name }
        func calibrate(_ ids: [String], target: Double) -> [Int] { ids.map { _ in 1 } }
        func warmUp(_ requests: [Request]) {}
        func turns(_ requests: [Request]) -> [Turn] {
          log(name)
          return requests.map { Turn(nanoseconds: 1, iterations: $0.iterations) }
        }
      }
      func orders(seed: UInt64) throws -> [String] {
        var all = ""
        let (base, head) = (Named("A"), Named("B"))
        base.log = { all += $0 }
        head.log = { all += $0 }
        var rounds = Rounds(base: base, head: head, seed: seed)
        try rounds.prepare(["b"], target: 1)
        return try (0..<100).map { _ in
          all = ""
          let round = try rounds.round(["b"])[0]
          #expect(all == (round.baseIsOutside ? "ABBA" : "BAAB"))
          return all
        }
      }
      let first = try orders(seed: 1)
      #expect(try first == orders(seed: 1))
      #expect((30...70).contains(first.count { $0 == "ABBA" }))
    }

    @Test("A linear drift cancels within a round")
    func drift() {
      func turn(_ time: Double) -> Turn { Turn(nanoseconds: time, iterations: 1) }
      let round = Round(
        id: "b", number: 0, baseIsOutside: true, base: [turn(100), turn(130)],
        head: [turn(110), turn(120)])
      #expect(round.logRatio == 0)
      #expect(round.sameSide.allSatisfy { $0 > 0 })
    }

    @Test("Disturbed turns are marked, and all turns are kept")
    func marks() throws {
      let machine = SimulatedMachine(.loud, seed: 9)
      let side = LocalSide("s", [simulated("b", 2e6, on: machine)], clock: machine)
      var survey = Survey(side, seed: 1)
      let series = try survey.measure(["b"], rounds: 50, target: 1e6)[0]
      #expect(series.turns.count == 50)
      #expect((1..<50).contains(series.disturbed))
      #expect(series.interval!.contains(series.median))
    }

    @Test("A survey that runs out of time keeps six rounds")
    func deadline() throws {
      let machine = SimulatedMachine(.quiet, seed: 9)
      let side = LocalSide("s", [simulated("b", 2e6, on: machine)], clock: machine)
      var survey = Survey(side, seed: 1)
      let series = try survey.measure(["b"], rounds: 50, target: 1e6, isOver: { true })[0]
      #expect(series.turns.count == 6)
    }

    @Test("The controls do what they say")
    func controls() throws {
      for control in Benchmark.controls {
        let ready = try control.prepare()
        ready.run(1)
        try ready.verify()
        #expect(control.isControl)
      }
    }

    @Test("The system's clock goes on, in steps that it tells")
    func systemClock() {
      let clock = SystemClock()
      let (first, second) = (clock.now(), clock.now())
      #expect(second >= first)
      #expect(clock.resolution > 0 && clock.resolution < 1e6)
      #expect(clock.interruptions >= 0)
    }
  }
}
