import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// What dropout promises beside its contract: that of a mask that changes.
@Suite struct DropoutTests {
  @Test func theMaskIsDrawnAnewAtEachForward() {
    let y = Var.ones(200).requiresGrad().dropout(probability: 0.5)
    y.forward()
    let first = y.data
    y.forward()
    #expect(y.data != first)
    #expect(Set(y.data.elements) == [0, 2])
  }

  @Test func theShareThatIsDroppedIsTheProbability() {
    withSeed(3) {
      for probability in [0.1, 0.5, 0.9] as [Float] {
        let y = Var.ones(100_000).dropout(probability: probability)
        let dropped = Double(y.data.elements.count { $0 == 0 })
        let deviation = (100_000 * Double(probability) * (1 - Double(probability))).squareRoot()
        #expect(abs(dropped - 100_000 * Double(probability)) < 6 * deviation)
      }
    }
  }

  @Test func theGradientIsThatOfTheMaskSeen() {
    let x = Var.rand(100).requiresGrad()
    let y = x.dropout(probability: 0.25)
    for _ in 0..<3 {
      y.forward()
      y.backward(3)
      // g · mask / (1 − p): the crate forgot to divide.
      let expected = y.data.elements.map { $0 == 0 ? 0 : 3 / Float(0.75) }
      #expect(x.grad.elements == expected)
      x.zeroGrad()
    }
  }

  @Test func allOrNothingMayBeDropped() {
    let x = Var.from(Tensor([1, .infinity, -3])).requiresGrad()
    let none = x.dropout(probability: 1)
    none.backward()
    #expect(none.data.elements == [0, 0, 0] && x.grad.elements == [0, 0, 0])
    let all = x.dropout(probability: 0)
    all.backward()
    #expect(all.data == x.data && x.grad.elements == [1, 1, 1])
  }

  @Test func inUseItIsTheIdentityAndAccumulates() {
    let x = Var.rand(50).requiresGrad()
    let y = x.dropout(probability: 0.5)
    y.eval()
    y.forward()
    #expect(y.data == x.data)
    y.backward()
    y.backward()
    #expect(x.grad.elements.allSatisfy { $0 == 2 })
    y.train()
    y.forward()
    #expect(y.data != x.data)
  }

  @Test func evalReachesEveryAncestor() {
    let x = Var.ones(64).requiresGrad()
    let left = x.dropout(probability: 0.5)
    let right = x.dropout(probability: 0.5)
    let far = (x * 2).dropout(probability: 0.5).exp()
    let y = cat([
      (left - right).abs(), far.ln() * right, Var.ones(64) + x.dropout(probability: 0.9),
    ])
    y.eval()
    y.forward()
    let expected: [Float] =
      Array(repeating: 0, count: 64) + Array(repeating: 2, count: 64)
      + Array(repeating: 2, count: 64)
    #expect(zip(y.data.elements, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    y.train()
    y.forward()
    #expect(y.data.elements[..<64].contains { $0 != 0 })
  }

  @Test func aVarSwitchesTooAndEvalIsNotTrain() {
    let y = Var.ones(64).dropout(probability: 0.5) * 1
    y.eval()
    #expect(y.data == .ones([64]))
  }

  @Test func partsMayShareAMode() {
    let mode = TrainingMode()
    let (a, b) = (
      Var.ones(64).dropout(probability: 0.5, mode: mode),
      Var.ones(64).dropout(probability: 0.5, mode: mode)
    )
    a.eval()
    #expect(!mode.isTraining)
    #expect(b.data == .ones([64]))
  }

  @Test func aSeedGivesTheSameMasks() {
    func run() -> [Tensor] {
      withSeed(11) {
        let y = Var.ones(100).dropout(probability: 0.5)
        let first = y.data
        y.forward()
        return [first, y.data]
      }
    }
    #expect(run() == run())
  }

  @Test func aModeSwitchedBetweenForwardAndBackwardChangesNoGradient() {
    let x = Var.ones(64).requiresGrad()
    let y = x.dropout(probability: 0.5)
    y.forward()
    y.eval()
    y.backward()
    #expect(x.grad == y.data)
  }
}
