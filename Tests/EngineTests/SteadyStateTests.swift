import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// In processes of their own, because all of it counts for the whole process.
@Suite struct SteadyStateTests {
  @Test func tenThousandStepsKeepTheSameMemory() async {
    await #expect(processExitsWith: .success) {
      let (w, b) = (Var.from(random([13, 4])).requiresGrad(), Var.zeros(4).requiresGrad())
      var (nodes, bytes, compilations) = (0, 0, 0)
      for step in 1...10_000 {
        autoreleased {
          let loss = (Var.from(random([16, 13], UInt64(step % 7))).mm(w) + b).tanh().pow(2).mean()
          loss.forward()
          loss.backward()
          descend([w, b])
        }
        if step == 1000 {
          (nodes, bytes, compilations) = (
            Node.liveCount, Storage.liveBytes, EngineStatistics.compilations
          )
        }
      }
      #expect(Node.liveCount == nodes)
      #expect(Storage.liveBytes == bytes)
      #expect(EngineStatistics.compilations == compilations)
      #expect(compilations == 1)
    }
  }

  @Test func aPersistentGraphKeepsTheSameMemory() async {
    await #expect(processExitsWith: .success) {
      let (w, x) = (Var.from(random([13, 4])).requiresGrad(), Var.from(random([16, 13])))
      let h = x.mm(w).tanh()
      let (loss, accuracy) = (h.pow(2).mean(), h.sum())
      var (nodes, bytes, compilations) = (0, 0, 0)
      for step in 1...3000 {
        x.data = random([16, 13], UInt64(step % 7))
        loss.forward()
        accuracy.forward()
        loss.backward()
        descend([w])
        if step == 500 {
          (nodes, bytes, compilations) = (
            Node.liveCount, Storage.liveBytes, EngineStatistics.compilations
          )
        }
      }
      #expect(Node.liveCount == nodes)
      #expect(Storage.liveBytes == bytes)
      #expect(EngineStatistics.compilations == compilations)
    }
  }

  @Test func backwardInTheSteadyStateBuildsAndCompilesNothing() async {
    await #expect(processExitsWith: .success) {
      let w = Var.from(random([8, 4])).requiresGrad()
      func loss() -> VarDiff { VarDiff(apply(Counted(), (w * 2).node)).sum() }
      loss().backward()
      let (compilations, pullbacks) = (EngineStatistics.compilations, Counted.pullbacks)
      #expect(pullbacks > 0)
      for _ in 0..<50 {
        let next = loss()
        next.forward()
        let nodes = Node.liveCount
        next.backward()
        next.backward(0.5)
        #expect(Node.liveCount == nodes)
      }
      #expect(Counted.pullbacks == pullbacks, "a gradient was derived again")
      #expect(EngineStatistics.compilations == compilations)
    }
  }

  @Test func aTensorSeedInTheSteadyStateCompilesNothing() async {
    await #expect(processExitsWith: .success) {
      let w = Var.from(random([8, 4])).requiresGrad()
      var compilations = 0
      for step in 0..<50 {
        let y = (w * 2).tanh()
        y.forward()
        y.backward(random([8, 4], UInt64(step)))
        if step == 1 { compilations = EngineStatistics.compilations }
      }
      #expect(EngineStatistics.compilations == compilations)
    }
  }

  @Test func aChangingLearningRateAndAShortLastBatchCompileTwice() async {
    await #expect(processExitsWith: .success) {
      let w = Var.from(random([13, 4])).requiresGrad()
      for step in 0..<200 {
        let rows = step % 10 == 9 ? 7 : 32
        let rate = 0.1 / Float(step + 1)
        let loss = (Var.from(random([rows, 13])).mm(w) * rate + rate).pow(rate + 1.5).leakyRelu(
          slope: rate
        ).mean()
        loss.forward()
        loss.backward(rate)
        descend([w])
      }
      #expect(EngineStatistics.compilations == 2)
    }
  }

  @Test func aRecurrentLoopOfRandomLengthsKeepsItsMemoryBounded() async {
    await #expect(processExitsWith: .success) {
      let (w, u) = (
        Var.from(random([8, 8])).requiresGrad(), Var.from(random([3, 8], 2)).requiresGrad()
      )
      var numbers = Numbers(5)
      var baseline: (Int, Int)?
      for _ in 0..<400 {
        autoreleased {
          var state = VarDiff(Var.zeros(4, 8))
          for step in 0..<Int(numbers.bits() % 200) + 1 {
            state = (state.mm(w) + Var.from(random([4, 3], UInt64(step % 5))).mm(u)).tanh()
          }
          let loss = state.mean()
          loss.forward()
          loss.backward()
        }
        baseline = baseline ?? (Storage.liveBytes, Node.liveCount)
        #expect(Storage.liveBytes == baseline!.0 && Node.liveCount == baseline!.1)
      }
      #expect(EngineStatistics.compilations <= 200, "\(EngineStatistics.compilations)")
      #expect(EngineStatistics.plans <= 200)
      #expect(Storage.cachedBytes < 8 << 20, "\(Storage.cachedBytes)")
    }
  }
}

/// A scope of its own, so that its variables end before what follows.
@inline(never)
private func autoreleased(_ body: () -> Void) { body() }

/// A step of gradient descent.
private func descend(_ leaves: [VarDiff]) {
  for leaf in leaves {
    let gradient = leaf.grad
    leaf.data.withUnsafeMutableElements { elements in
      gradient.withUnsafeElements { slopes in
        for place in elements.indices { elements[place] -= 1e-3 * slopes[place] }
      }
    }
    leaf.zeroGrad()
  }
}
