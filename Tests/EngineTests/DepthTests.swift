import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// Depth is no limit, on a thread with a stack of 512 KB.
@Suite struct DepthTests {
  @Test func aChainOf200_000AdditionsIsBuiltRunDifferentiatedPrintedAndFreed() async {
    await #expect(processExitsWith: .success) {
      let before = Node.liveCount
      let (printed, gradient, slope, count) = onStack(kilobytes: 512) {
        let x = Var.from([1, 2]).requiresGrad()
        var y = x
        for _ in 0..<200_000 { y = y + 1 }
        y.forward()
        let printed = "\(y)"
        y.backward()
        let slope = grad(of: y, wrt: [x])[0]
        return (printed, x.grad.elements, slope.data.elements, y.parameters().count)
      }
      #expect(printed == "\(Tensor([200_001, 200_002]))")
      #expect(gradient == [1, 1] && slope == [1, 1])
      #expect(count == 1)
      #expect(Node.liveCount == before)
    }
  }

  @Test func aDeepChainHeldTwiceIsFreedWithItsLastHandle() async {
    await #expect(processExitsWith: .success) {
      let before = Node.liveCount
      let (held, item) = onStack(kilobytes: 512) {
        let x = Var.from([1]).requiresGrad()
        var y = x
        for _ in 0..<200_000 { y = y * 1 }
        var (first, second): (VarDiff?, VarDiff?) = (y, y + 0)
        y = x
        second!.forward()
        let isOne = first!.shape == [1]
        first = nil
        let held = isOne ? Node.liveCount : 0
        let item = second!.item
        second = nil
        return (held, item)
      }
      #expect(held > 200_000 && item == 1)
      #expect(Node.liveCount == before)
    }
  }

  @Test func everyVariableOfADeepChainMayBeHeld() async {
    await #expect(processExitsWith: .success) {
      let sum = onStack(kilobytes: 512) {
        let x = Var.from([1]).requiresGrad()
        var chain = [x]
        for _ in 0..<20_000 { chain.append(chain.last! + 1) }
        chain.last!.forward()
        chain.last!.backward()
        return chain.reduce(0) { $0 + $1.data.item } + chain.reduce(0) { $0 + $1.grad.item }
      }
      #expect(sum == (1...20_001).reduce(0) { $0 + Float($1) } + 20_001)
    }
  }

  @Test func aDiamondLadderIsWalkedOnce() async {
    await #expect(processExitsWith: .success) {
      let before = Node.liveCount
      let (value, slope) = onStack(kilobytes: 512) {
        let x = Var.from([1]).requiresGrad()
        var y = x
        for _ in 0..<100 { y = y + y }
        y.backward()
        return (y.item, x.grad.item)
      }
      #expect(value == 0x1p100 && slope == 0x1p100)
      let isZero = onStack(kilobytes: 512) {
        let x = Var.from([0]).requiresGrad()
        var y = x
        for _ in 0..<5000 { y = y + y }
        y.backward()
        return y.item == 0 && x.grad.item == .infinity && y.parameters().count == 1
      }
      #expect(isZero)
      #expect(Node.liveCount == before)
    }
  }

  @Test func aDeepChainGoesBackwardWithATensorSeed() async {
    await #expect(processExitsWith: .success) {
      let slope = onStack(kilobytes: 512) {
        let x = Var.from([1, 2]).requiresGrad()
        var y = x
        for _ in 0..<50_000 { y = (y + 1).relu() }
        y.backward(Tensor([3, 4]))
        return x.grad.elements
      }
      #expect(slope == [3, 4])
    }
  }
}
