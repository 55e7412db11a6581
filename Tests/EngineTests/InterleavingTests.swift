import Foundation
import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

@Suite struct InterleavingTests {
  /// A graph with a product that is worth two threads.
  private struct Model {
    let (x, w, b): (Var, VarDiff, VarDiff)
    let loss: VarDiff

    init(_ seed: UInt64) {
      x = Var.from(random([48, 40], seed))
      w = Var.from(random([40, 56], seed + 1)).requiresGrad()
      b = Var.from(random([56], seed + 2)).requiresGrad()
      loss = ((x.mm(w) + b).relu().softplus() * 0.5).mean()
    }

    var result: [Tensor] { [loss.data, w.grad, b.grad] }
  }

  private func alone(_ seed: UInt64) -> [Tensor] {
    let model = Model(seed)
    model.loss.backward()
    return model.result
  }

  @Test func twoLiveGraphsOfOneStructureNeverDisturbEachOther() {
    let expected = (alone(10), alone(20))
    let orders: [[(Int, isForward: Bool)]] = [
      [(0, true), (1, true), (0, false), (1, false)],
      [(0, true), (1, true), (1, false), (0, false)],
      [(1, true), (0, true), (0, false), (1, false)],
      [(0, true), (0, false), (1, true), (1, false)],
    ]
    for order in orders {
      let models = [Model(10), Model(20)]
      for (which, isForward) in order {
        if isForward { models[which].loss.forward() } else { models[which].loss.backward() }
      }
      #expect(zip(models[0].result, expected.0).allSatisfy { $0.isNear($1) })
      #expect(zip(models[1].result, expected.1).allSatisfy { $0.isNear($1) })
    }
  }

  @Test func manyLiveGraphsKeepTheirOwnValues() {
    let models = (0..<20).map { Model(UInt64($0)) }
    for model in models { model.loss.forward() }
    for model in models.reversed() { model.loss.backward() }
    for (seed, model) in models.enumerated() {
      #expect(zip(model.result, alone(UInt64(seed))).allSatisfy { $0.isNear($1) })
    }
  }

  @Test func twoThreadsRunGraphsOfOneStructureAtOnce() async {
    await #expect(processExitsWith: .success) {
      let expected = (0..<2).map { expectedResults(UInt64(100 + $0)) }
      let wrong = Findings<[Int]>()
      wrong.value = [0, 0]
      let lock = NSLock()
      DispatchQueue.concurrentPerform(iterations: 2) { thread in
        var mistakes = 0
        for _ in 0..<1000 {
          let results = expectedResults(UInt64(100 + thread))
          if !zip(results, expected[thread]).allSatisfy({ $0.isNear($1) }) { mistakes += 1 }
        }
        lock.withLock { wrong.value![thread] = mistakes }
      }
      #expect(wrong.value == [0, 0])
    }
  }

  @Test func twoThreadsRunPersistentGraphsAtOnce() async {
    await #expect(processExitsWith: .success) {
      let wrong = Findings<[Int]>()
      wrong.value = [0, 0]
      let lock = NSLock()
      let expected = (0..<2).map { expectedResults(UInt64(7 + $0)) }
      DispatchQueue.concurrentPerform(iterations: 2) { thread in
        let w = Var.from(random([40, 56], UInt64(8 + thread))).requiresGrad()
        let b = Var.from(random([56], UInt64(9 + thread))).requiresGrad()
        let loss =
          ((Var.from(random([48, 40], UInt64(7 + thread))).mm(w) + b).relu().softplus() * 0.5)
          .mean()
        var mistakes = 0
        for _ in 0..<1000 {
          loss.forward()
          loss.zeroGrad()
          loss.backward()
          if !zip([loss.data, w.grad, b.grad], expected[thread]).allSatisfy({ $0.isNear($1) }) {
            mistakes += 1
          }
        }
        lock.withLock { wrong.value![thread] = mistakes }
      }
      #expect(wrong.value == [0, 0])
    }
  }
}

private func expectedResults(_ seed: UInt64) -> [Tensor] {
  let w = Var.from(random([40, 56], seed + 1)).requiresGrad()
  let b = Var.from(random([56], seed + 2)).requiresGrad()
  let loss = ((Var.from(random([48, 40], seed)).mm(w) + b).relu().softplus() * 0.5).mean()
  loss.backward()
  return [loss.data, w.grad, b.grad]
}
