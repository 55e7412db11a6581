import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// In processes of their own, because counters are those of the whole process.
@Suite struct CountersTests {
  @Test func countersAreThoseOfTheWorkAndTheSameEachTime() async {
    await #expect(processExitsWith: .success) {
      let (x, w) = (Var.from(random([16, 13])), Var.from(random([13, 4])).requiresGrad())
      func step() {
        let loss = x.mm(w).tanh().sum()
        loss.forward()
        loss.backward()
        w.zeroGrad()
      }
      let first = countingWork(step).counters
      #expect(first.compilations == 1)
      let second = countingWork(step).counters
      #expect(second.compilations == 0)
      // The product, tanh and the sum.
      #expect(second.nodes == 3)
      #expect(second.runs == 2)
      // Forwards, and backwards for the weight.
      #expect(second.products == 2)
      #expect(second.convolutions == 0)
      #expect(second.kernels["tanh"] == 1)
      #expect(second.flops > 2 * 2 * 16 * 13 * 4)
      #expect(second.buffers > 0 && second.bytes >= 4 * 13 * 4)
      #expect(countingWork(step).counters == second)
    }
  }

  @Test func aKernelIsCountedOnceForEachTile() async {
    await #expect(processExitsWith: .success) {
      let x = Var.zeros(10 * 1024 + 1)
      let counters = countingWork { x.exp().forward() }.counters
      #expect(counters.kernels["exp"] == 11)
      #expect(counters.flops == 10 * 1024 + 1)
    }
  }

  @Test func nothingIsCountedOutside() async {
    await #expect(processExitsWith: .success) {
      let x = Var.zeros(8)
      x.exp().forward()
      let nothing = countingWork {}.counters
      #expect(nothing.nodes == 0 && nothing.runs == 0 && nothing.kernels.isEmpty)
      #expect(countingWork { 7 }.result == 7)
    }
  }

  @Test func theReferenceValueIsThatOfTheSpecificationsFromTheLeavesAsTheyAre() {
    let x = Var.from([1, 2, 3])
    let y = x.exp() * 2
    #expect(close(y.referenceValue().elements, y.data.elements))
    x.data = Tensor([4, 5, 6])
    #expect(close(y.referenceValue().elements, (x.exp() * 2).data.elements))
  }

  private func close(_ a: [Double], _ b: [Float]) -> Bool {
    zip(a, b).allSatisfy { abs($0 - Double($1)) < 1e-4 * abs($0) }
  }
}
