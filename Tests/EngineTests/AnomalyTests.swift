import Foundation
import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// The search for the operation that made a NaN or an infinity.
@Suite struct AnomalyTests {
  private func forward(_ x: some Variable) -> Anomaly? {
    do throws(Anomaly) {
      try AnomalySearch.forward(x.node)
      return nil
    } catch { return error }
  }

  private func backward(_ x: VarDiff, seed: Float = 1) -> Anomaly? {
    x.backward(seed)
    do throws(Anomaly) {
      try AnomalySearch.backward(x.node, seed: Tensor(repeating: seed, shape: x.shape))
      return nil
    } catch { return error }
  }

  @Test func theFirstOperationIsNamedWithItsOperand() throws {
    let x = Var.from([[1, 2], [-3, 4]]).requiresGrad()
    x.name = "hidden.weight"
    let y = (x.sqrt().exp() + 1).sum()
    y.forward()
    let anomaly = try #require(forward(y))
    #expect(anomaly.phase == .forward && anomaly.operation == "sqrt")
    #expect(anomaly.position == [1, 0] && anomaly.value.isNaN && anomaly.count == 1)
    let sentence = """
      anomaly in forward: sqrt, of shape [2, 2], gave nan at [1, 0] (1 of 4 not finite)
        operand, the leaf "hidden.weight" [2, 2]: -3.0 … 4.0
      """
    // The sign of a NaN is nobody's business.
    #expect(anomaly.description.replacing("-nan", with: "nan") == sentence)
  }

  @Test func anInfinityIsFoundAndSoIsANaNMadeOfInfinities() throws {
    let x = Var.from([0, 1, 2])
    let infinite = try #require(forward(x.ln() + 1))
    #expect(infinite.operation == "ln" && infinite.value == -.infinity && infinite.position == [0])
    // The infinity is the leaf's own; the NaN isn't.
    let mask = Var.from([-.infinity, 0])
    #expect(forward((mask + 1).exp().sum()) == nil)
    let invalid = try #require(forward((mask + 1) - (mask * 2)))
    #expect(invalid.operation == "-" && invalid.value.isNaN)
    #expect(invalid.operands.map(\.contents.infinities) == [1, 1])
    #expect(invalid.description.contains("operand 1, the result of * [2]: 0.0, 1 infinity"))
  }

  @Test func anInfinityThatIsAskedForIsNoAnomaly() {
    let x = Var.ones(2, 2)
    #expect(forward(x.pad([1], mode: .constant(-.infinity)).max(axes: 1)) == nil)
    #expect(forward((x * -.infinity).exp()) == nil)
  }

  @Test func aLeafThatHoldsANaNIsToldByItsName() throws {
    let x = Var.from([1, .nan])
    x.name = "input"
    let anomaly = try #require(forward(x.relu().sum()))
    #expect(anomaly.operation == "the leaf \"input\"" && anomaly.operands.isEmpty)
    #expect(
      anomaly.description.contains("of shape [2], holds nan at [1] (1 of 2 not finite)"),
      "\(anomaly)")
  }

  @Test func whatIsFiniteIsNoAnomaly() {
    let x = VarDiff(Var(random([8, 4]))) * Var(random([4], 2)).requiresGrad()
    let loss = x.layerNorm().dropout(probability: 0.5).softmax(axis: 1).square().mean()
    #expect(backward(loss) == nil && forward(loss) == nil)
  }

  @Test func aGradientIsBlamedOnTheOperationItBelongsTo() throws {
    let x = Var.from([0, 1, 4]).requiresGrad()
    let y = (x * 1).sqrt().sum()
    let anomaly = try #require(backward(y))
    #expect(anomaly.phase == .gradient(of: "sqrt", shape: [3]))
    #expect(anomaly.operation == "/" && anomaly.position == [0] && anomaly.value == .infinity)
    #expect(anomaly.operands[1].role == "the result of sqrt")
    #expect(anomaly.operands[1].contents.range == 0...2)
    #expect(
      anomaly.description.hasPrefix(
        "anomaly in the gradient of sqrt, of shape [3]: /, of shape [3], gave inf at [0]"))
    #expect(
      anomaly.description.hasSuffix(
        "\n  operand 1, the result of sqrt [3]: 0.0 … 2.0"
          + "\n  operand of sqrt, the result of * [3]: 0.0 … 4.0"))
  }

  @Test func theUpstreamGradientIsAnOperandAndOverflowIsFound() throws {
    let w = Var.from([[1e30, 1]]).requiresGrad()
    w.name = "weight"
    let x = Var.from([[1e30], [1]]).requiresGrad()
    let anomaly = try #require(backward(w.mm(x * 1e-30) * 1, seed: 1e38))
    #expect(anomaly.phase == .gradient(of: "mm", shape: [1, 1]))
    #expect(anomaly.operands.map(\.role).contains("the upstream gradient"))
    #expect(anomaly.operands.map(\.role).contains("t of the leaf \"weight\""))
  }

  @Test func aSumOfGradientsMayOverflow() throws {
    let x = Var.from([0.5]).requiresGrad()
    x.name = "x"
    let anomaly = try #require(backward(x * 2e38 + x * 2e38))
    #expect(anomaly.operation == "+" && anomaly.value == .infinity)
    #expect(
      anomaly.operands.map(\.role) == Array(repeating: "a gradient of the leaf \"x\"", count: 2))
  }

  @Test func theNumbersThatWereDrawnAreDrawnAgain() throws {
    // Only the dropped elements make infinities, and the search has to drop the same ones.
    let x = Var.ones(64).requiresGrad()
    let y = x.dropout(probability: 0.5)
    let z = y.reciprocal()
    for _ in 0..<3 { z.forward() }
    let anomaly = try #require(forward(z))
    #expect(anomaly.operation == "reciprocal")
    #expect(anomaly.position == [y.data.elements.firstIndex(of: 0)!])
    #expect(anomaly.operands[0].contents.range == 0...2)
  }

  @Test func aDeepGraphIsNoLimit() {
    let found = onStack(kilobytes: 512) {
      let x = Var.ones(1).requiresGrad()
      var y = x + 1
      for _ in 0..<20_000 { y = y + 1 }
      y.backward()
      do { try AnomalySearch.backward(y.node, seed: .ones([1])) } catch { return true }
      return false
    }
    #expect(!found)
  }

  @Test func theProgramStopsInForward() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      withAnomalyDetection {
        let x = Var.from([1, 0])
        (x.reciprocal() * 2).sum().forward()
      }
    }
    #expect(
      result.says(
        "anomaly in forward: reciprocal, of shape [2], gave inf at [1] (1 of 2 not finite)"),
      "\(result.text.prefix(400))")
  }

  @Test func theProgramStopsInBackward() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      withAnomalyDetection {
        let x = Var.from([0, 1]).requiresGrad()
        x.sqrt().sum().backward()
      }
    }
    #expect(result.says("anomaly in the gradient of sqrt, of shape [2]"))
  }

  @Test func theEnvironmentTurnsItOnForAProgram() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      setenv("NEURONIKA_ANOMALY", "1", 1)
      Var.from([-1]).ln().forward()
    }
    #expect(result.says("anomaly in forward: ln, of shape [1], gave "))
  }

  @Test func outsideTheScopeNothingStops() {
    let x = Var.from([0, 1]).requiresGrad()
    withAnomalyDetection { x.square().sum().backward() }
    x.zeroGrad()
    x.sqrt().sum().backward()
    #expect(x.grad.elements == [.infinity, 0.5])
  }

  @Test func anOperationOnTensorsIsNamed() throws {
    let root = TensorOperation("squareRoot") { x in
      x[0].mapped { $0.squareRoot() }
    } gradient: { upstream, _, y in
      [Tensor(zip(upstream.elements, y.elements).map { $0 / (2 * $1) })]
    }
    #expect(try #require(forward(root(Var.from([1, -1])) * 2)).operation == "squareRoot")
    let x = Var.from([0, 1]).requiresGrad()
    let anomaly = try #require(backward(root(x).sum()))
    #expect(anomaly.phase == .gradient(of: "squareRoot", shape: [2]))
    #expect(anomaly.operation == "squareRootGradient")
  }
}
