import Foundation
import NeuronikaGraphs
import NeuronikaOptim
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// From 1 down to 0 along half a cosine.
private func fall(_ share: Double) -> Double { (1 + cos(.pi * share)) / 2 }

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

  @Test func multiplicativeLRMultipliesByEachFactor() {
    let optimizer = optimizer(2)
    let schedule = MultiplicativeLR(optimizer) { 1 / Double($0) }
    expectEqual(rates(optimizer, [schedule], epochs: 5), [2, 1, 1 / 3, 1 / 12, 1 / 60])
  }

  @Test func multiStepLRDropsAtMilestones() {
    let optimizer = optimizer(1)
    let schedule = MultiStepLR(optimizer, at: [1, 4], gamma: 0.5)
    #expect(rates(optimizer, [schedule], epochs: 6) == [0.5, 0.5, 0.5, 0.25, 0.25, 0.25])
  }

  @Test func cosineAnnealingLRFollowsACosineAndStays() {
    let optimizer = optimizer()
    let schedule = CosineAnnealingLR(optimizer, over: 8, to: 0.1)
    #expect(optimizer.learningRate == 0.1)
    expectEqual(
      rates(optimizer, [schedule], epochs: 12),
      (1...12).map { 0.01 + 0.09 * fall(Double(min($0, 8)) / 8) })
  }

  @Test func linearWarmUpLRRisesToTheOptimizersRateAndLeavesIt() {
    let optimizer = optimizer(0.2)
    let schedule = LinearWarmUpLR(optimizer, over: 4, from: 0.2)
    #expect(optimizer.learningRate == 0.2 * 0.2)
    expectEqual(
      rates(optimizer, [schedule], epochs: 6), [0.4, 0.6, 0.8, 1, 1, 1].map { 0.2 * $0 })
  }

  @Test func oneCycleLRRisesAndFallsAlongCosines() {
    let optimizer = optimizer(0.5)
    let schedule = OneCycleLR(optimizer, over: 10, rise: 0.4, from: 0.1, to: 0.01)
    #expect(optimizer.learningRate == 0.05)
    let rising = (1...3).map { 1 - 0.9 * fall(Double($0) / 3) }
    let falling = (1...6).map { 0.01 + 0.99 * fall(Double($0) / 6) }
    expectEqual(
      rates(optimizer, [schedule], epochs: 11), (rising + falling + [0.01, 0.01]).map { 0.5 * $0 })
  }

  @Test(arguments: [0, 1]) func oneCycleLRMayOnlyFallOrOnlyRise(_ rise: Double) {
    let optimizer = optimizer(1)
    let schedule = OneCycleLR(optimizer, over: 3, rise: rise, from: 0.5, to: 0.25)
    let all = [optimizer.learningRate] + rates(optimizer, [schedule], epochs: 3)
    expectEqual(all, rise == 0 ? [1, 0.625, 0.25, 0.25] : [0.5, 0.75, 1, 1])
  }

  @Test func reduceOnPlateauLRWaitsDropsAndCoolsDown() {
    let optimizer = optimizer(1)
    let schedule = ReduceOnPlateauLR(
      optimizer, gamma: 0.5, patience: 1, threshold: 0.1, cooldown: 2, minimum: 0.2)
    let losses = [10, 9.5, 9.5, 8, 8, 8, 8, 8, 8, 8, .nan, 1, 1, 1, 1, 1, 1]
    let rates = losses.map { loss in
      schedule.step(loss)
      return optimizer.learningRate
    }
    #expect(
      rates == [
        1, 1, 0.5,  // the second that isn't better by a tenth
        0.5, 0.5, 0.5, 0.25,  // 8 is better, two epochs cool down, two count
        0.25, 0.25, 0.25, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2,
      ])
    #expect(schedule.best == 1 && schedule.epoch == 17)
  }

  @Test func reduceOnPlateauLRTakesAccuraciesAndNegativeLosses() {
    let optimizer = optimizer(1)
    let accuracy = ReduceOnPlateauLR(optimizer, better: .greater, gamma: 0.5, patience: 0)
    for value in [0.5, 0.6, 0.7] { accuracy.step(value) }
    #expect(optimizer.learningRate == 1)
    accuracy.step(0.7)
    #expect(optimizer.learningRate == 0.5)
    let loss = ReduceOnPlateauLR(optimizer, gamma: 0.5, patience: 0, threshold: 0.1)
    for value in [-1, -2, -4.0] { loss.step(value) }
    #expect(optimizer.learningRate == 0.5)
    loss.step(-4.1)
    #expect(optimizer.learningRate == 0.25)
  }

  @Test func reduceOnPlateauLRGoesOnFromItsState() throws {
    let losses = [3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1.0]
    func run(_ range: Range<Int>, _ schedule: ReduceOnPlateauLR) -> [Double] {
      losses[range].map { loss in
        schedule.step(loss)
        return schedule.optimizer.learningRate
      }
    }
    func make(_ rate: Double) -> ReduceOnPlateauLR {
      ReduceOnPlateauLR(optimizer(rate), gamma: 0.5, patience: 1, cooldown: 1)
    }
    let whole = run(0..<11, make(1))
    for cut in 0...losses.count {
      let former = make(1)
      _ = run(0..<cut, former)
      let later = make(8)
      try later.optimizer.load(former.optimizer.state)
      try later.load(former.state)
      #expect(run(cut..<11, later) == Array(whole[cut...]))
    }
  }

  @Test func aWarmUpAndACosineChain() {
    let optimizer = optimizer(0.4)
    let schedules: [any Schedule] = [
      LinearWarmUpLR(optimizer, over: 4), CosineAnnealingLR(optimizer, over: 10, to: 0.2),
      MultiStepLR(optimizer, at: [6], gamma: 0.5),
    ]
    expectEqual(
      rates(optimizer, schedules, epochs: 12),
      (1...12).map { epoch in
        let warm = epoch < 4 ? 0.1 + 0.9 * Double(epoch) / 4 : 1
        let cosine = 0.2 + 0.8 * fall(Double(min(epoch, 10)) / 10)
        return 0.4 * warm * cosine * (epoch < 6 ? 1 : 0.5)
      })
  }

  @Test func schedulesInClosedFormGoOnFromTheirStates() throws {
    func make(_ optimizer: SGD) -> [any Schedule] {
      [
        LinearWarmUpLR(optimizer, over: 3), CosineAnnealingLR(optimizer, over: 7),
        OneCycleLR(optimizer, over: 9),
        MultiplicativeLR(optimizer) { $0.isMultiple(of: 2) ? 0.9 : 1.1 },
      ]
    }
    let whole = optimizer()
    let expected = rates(whole, make(whole), epochs: 8)
    let first = optimizer()
    let former = make(first)
    _ = rates(first, former, epochs: 4)
    let second = optimizer(3)
    let later = make(second)
    try second.load(first.state)
    for (old, new) in zip(former, later) { try new.load(old.state) }
    #expect(rates(second, later, epochs: 4) == Array(expected[4...]))
  }

  @Test func anEpochThatIsNoCountIsRefused() {
    var state = State()
    state["epoch"] = .integer(.max)
    #expect(throws: StateError.self) { try ExponentialLR(optimizer(), gamma: 1).load(state) }
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

  @Test func hyperParametersOfSchedulesHaveRanges() async {
    let gamma = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = ExponentialLR(SGD([Var.ones(1).requiresGrad()], learningRate: 1), gamma: .nan) }
    expect(gamma, says: "ExponentialLR: gamma has to be finite and at least 0.0, but is nan")
    let milestones = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = MultiStepLR(SGD([Var.ones(1).requiresGrad()], learningRate: 1), at: [3, 3]) }
    expect(
      milestones, says: "MultiStepLR: milestones are at least 1 and ascend, but 3 comes after 3")
    let length = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = CosineAnnealingLR(SGD([Var.ones(1).requiresGrad()], learningRate: 1), over: 0) }
    expect(length, says: "CosineAnnealingLR: the length is at least 1, but is 0")
    let start = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = LinearWarmUpLR(SGD([Var.ones(1).requiresGrad()], learningRate: 1), over: 5, from: 0)
    }
    expect(
      start, says: "LinearWarmUpLR: the start has to be greater than 0 and at most 1, but is 0.0")
    let cycle = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = OneCycleLR(SGD([Var.ones(1).requiresGrad()], learningRate: 1), over: 1) }
    expect(cycle, says: "OneCycleLR: the length is at least 2, but is 1")
    let patience = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = ReduceOnPlateauLR(SGD([Var.ones(1).requiresGrad()], learningRate: 1), patience: -1)
    }
    expect(
      patience, says: "ReduceOnPlateauLR: patience and cooldown are at least 0, but are -1 and 0")
  }
}
