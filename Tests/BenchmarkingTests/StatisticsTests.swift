import Foundation
import NeuronikaBenchmarking
import Testing

extension BenchmarkingTests {
  @Suite("Statistics")
  struct Statistics {
    @Test("The binomial tail is that of fair coins")
    func tail() {
      #expect(upperTail(10, 0) == 1)
      #expect(upperTail(10, 11) == 0)
      #expect(abs(upperTail(10, 10) - 1 / 1024) < 1e-15)
      #expect(abs(upperTail(10, 8) - 56 / 1024) < 1e-14)
      for n in [1, 7, 30, 200] {
        for k in 0...n {
          #expect(abs(upperTail(n, k) + upperTail(n, n - k + 1) - 1) < 1e-12, "\(n), \(k)")
        }
      }
    }

    @Test("The interval of the median takes the tabled order statistics")
    func ranks() {
      // W. Conover's table of the binomial distribution: 95 % takes ranks 3 to 10 of 12, 10 to 21
      // of 30, 2 to 9 of 10, 1 to 6 of 6.
      for (n, low, high) in [(12, 3, 10), (30, 10, 21), (10, 2, 9), (6, 1, 6)] {
        let values = (1...n).map(Double.init).shuffled()
        #expect(medianInterval(values) == Double(low)...Double(high), "\(n)")
      }
      #expect(medianInterval([1, 2, 3, 4, 5]) == nil)
      #expect(medianInterval([]) == nil)
    }

    @Test("The median of an even count is the mean of the middle two")
    func middle() {
      #expect(median([3, 1, 2]) == 2)
      #expect(median([4, 1, 3, 2]) == 2.5)
    }

    @Test("Values at the bound speak for the hypothesis")
    func ties() {
      #expect(signTest([1, 1, 1, 1], medianAbove: 1) == 1)
      #expect(abs(signTest([2, 2, 2, 2], medianAbove: 1) - 1 / 16) < 1e-15)
      #expect(abs(signTest([0, 0, 0, 1], medianBelow: 1) - 5 / 16) < 1e-15)
    }

    @Test("The least number of agreeing signs is the first that is significant")
    func least() {
      #expect(leastAgreeing(12, significance: 0.05) == 10)
      #expect(leastAgreeing(4, significance: 0.05) == nil)
      for n in 5...60 {
        let k = leastAgreeing(n, significance: 0.01)
        #expect(k.map { upperTail(n, $0) <= 0.01 && upperTail(n, $0 - 1) > 0.01 } ?? (n < 7))
      }
    }

    @Test("Holm's procedure steps down and stops at the first that isn't small enough")
    func stepDown() {
      #expect(holm([0.01, 0.04, 0.03, 0.005], significance: 0.05) == [true, false, false, true])
      #expect(holm([0.05], significance: 0.05) == [true])
      #expect(holm([], significance: 0.05) == [])
      #expect(holm([0.02, 0.02, 0.02], significance: 0.05) == [false, false, false])
      #expect(holm([0.016, 0.024, 0.05], significance: 0.05) == [true, true, true])
    }

    @Test("Holm's chance of any false rejection stays below the significance")
    func familywise() {
      var random = SplitMix(seed: 5)
      let runs = 4000
      let wrong = (0..<runs).count { _ in
        holm((0..<20).map { _ in random.uniform() }, significance: 0.05).contains(true)
      }
      #expect(Double(wrong) / Double(runs) < 0.06)
    }

    @Test(
      "The interval covers the true ratio 94 to 97 times in 100, with skewed noise and common drift",
      arguments: [12, 30])
    func coverage(rounds: Int) throws {
      let covered = try Self.coverage(
        rounds: rounds, noise: .init(delay: 0.05, wander: 0.01, drift: 0.0005, interruption: 0.05))
      print("coverage of \(rounds) rounds, skewed noise, common drift: \(covered)")
      #expect((0.94...0.97).contains(covered))
    }

    @Test("What independent drift does to the interval is reported")
    func independentDrift() throws {
      let noise = SimulatedMachine.Noise(delay: 0.05, wander: 0.01, interruption: 0.05)
      let covered = try Self.coverage(rounds: 30, noise: noise, areApart: true)
      print("coverage of 30 rounds, skewed noise, drift of each side by itself: \(covered)")
      #expect(covered < 0.94, "if it holds too, it can be promised")
    }

    /// How often the interval of a ratio of 1.07 has it in it.
    ///
    /// - Parameter areApart: Whether each side has a machine of its own, which wanders by itself.
    static func coverage(
      rounds: Int, noise: SimulatedMachine.Noise, areApart: Bool = false
    ) throws -> Double {
      let (trials, ratio) = (3000, 1.07)
      var hits = 0
      for trial in 0..<trials {
        let one = SimulatedMachine(noise, seed: UInt64(2 * trial))
        let other = areApart ? SimulatedMachine(noise, seed: UInt64(2 * trial + 1)) : one
        var sides = Rounds(
          base: LocalSide("base", [simulated("b", 2e6, on: one)], clock: one),
          head: LocalSide("head", [simulated("b", 2e6 * ratio, on: other)], clock: other),
          seed: UInt64(trial))
        try sides.prepare(["b"], target: 1e6)
        let logs = try (0..<rounds).flatMap { _ in try sides.round(["b"]).map(\.logRatio) }
        if medianInterval(logs)!.contains(log(ratio)) { hits += 1 }
      }
      return Double(hits) / Double(trials)
    }
  }
}
