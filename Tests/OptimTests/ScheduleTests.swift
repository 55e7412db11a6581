import Foundation
import NeuronikaGraphs
import NeuronikaOptim
import NeuronikaTensors
import NeuronikaVariables
import Testing

@Suite struct ScheduleTests {
  private func optimizer(_ rate: Double = 0.1) -> SGD {
    SGD([Var.ones(1).requiresGrad()], learningRate: rate)
  }

  private func rates(
    _ optimizer: SGD, _ schedules: [any Schedule], epochs: Int
  ) -> [Double] {
    (0..<epochs).map { _ in
      for schedule in schedules { schedule.step() }
      return optimizer.learningRate
    }
  }

  private func expectEqual(_ rates: [Double], _ expected: [Double]) {
    #expect(rates.count == expected.count)
    for (rate, expected) in zip(rates, expected) {
      #expect((rate - expected).magnitude <= 1e-14 * expected.magnitude)
    }
  }

  @Test func stepLRDropsAfterEachPeriod() {
    let optimizer = optimizer(1)
    let schedule = StepLR(optimizer, every: 3, gamma: 0.5)
    #expect(rates(optimizer, [schedule], epochs: 7) == [1, 1, 0.5, 0.5, 0.5, 0.25, 0.25])
    #expect(schedule.epoch == 7)
  }

  @Test func exponentialLRDropsEachEpoch() {
    let optimizer = optimizer()
    expectEqual(
      rates(optimizer, [ExponentialLR(optimizer, gamma: 0.9)], epochs: 20),
      (1...20).map { 0.1 * pow(0.9, Double($0)) })
  }

  @Test func lambdaLRGivesExactlyTheFirstRateTimesTheFactor() {
    let optimizer = optimizer(0.3)
    let schedule = LambdaLR(optimizer) { Double($0) / 7 }
    #expect(optimizer.learningRate == 0.3)
    #expect(rates(optimizer, [schedule], epochs: 50) == (1...50).map { 0.3 * (Double($0) / 7) })
  }

  @Test func lambdaLRComesBackFromZero() {
    let optimizer = optimizer(0.3)
    let schedule = LambdaLR(optimizer) { $0 == 2 ? 0 : 1 }
    #expect(rates(optimizer, [schedule], epochs: 3) == [0.3, 0, 0.3])
  }

  @Test(arguments: [false, true]) func schedulesChainInAnyOrder(_ reversed: Bool) {
    let optimizer = optimizer()
    let schedules: [any Schedule] = [
      ExponentialLR(optimizer, gamma: 0.9), StepLR(optimizer, every: 2, gamma: 0.5),
      LambdaLR(optimizer) { 1 / Double(1 + $0) },
    ]
    expectEqual(
      rates(optimizer, reversed ? schedules.reversed() : schedules, epochs: 12),
      (1...12).map { epoch in
        0.1 * pow(0.9, Double(epoch)) * pow(0.5, Double(epoch / 2)) / Double(1 + epoch)
      })
  }

  @Test func aRateSetByHandStays() {
    let optimizer = optimizer(1)
    let schedule = ExponentialLR(optimizer, gamma: 0.5)
    schedule.step()
    optimizer.learningRate = 8
    schedule.step()
    #expect(optimizer.learningRate == 4)
  }

  @Test func aScheduleGoesOnFromItsState() throws {
    let factor = { (epoch: Int) in 1 / Double(1 + epoch) }
    let whole = optimizer()
    let expected = rates(whole, [LambdaLR(whole, factor), StepLR(whole, every: 4)], epochs: 9)

    let first = optimizer()
    let former: [any Schedule] = [LambdaLR(first, factor), StepLR(first, every: 4)]
    _ = rates(first, former, epochs: 5)
    let second = optimizer(3)
    let later: [any Schedule] = [LambdaLR(second, factor), StepLR(second, every: 4)]
    try second.load(first.state)
    for (old, new) in zip(former, later) { try new.load(old.state) }
    #expect(rates(second, later, epochs: 4) == Array(expected[5...]))
  }

  @Test func aPeriodOfZeroStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = StepLR(SGD([Var.ones(1).requiresGrad()], learningRate: 1), every: 0) }
    expect(result, says: "StepLR: the period is at least 1, but is 0")
  }
}
