import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

@Suite struct BuildingTests {
  @Test func buildingNeverComputes() async {
    await #expect(processExitsWith: .success) {
      let w = Var.from(random([64, 64])).requiresGrad()
      let bytes = Storage.liveBytes
      let h = (w.mm(w) + 1).relu().softmax(axis: 1)
      let slopes = grad(of: h.sum(), wrt: [w])
      #expect(EngineStatistics.compilations == 0)
      #expect(Storage.liveBytes == bytes)
      #expect(h.node.evaluation == 0 && slopes[0].node.evaluation == 0)
      _ = h.data
      #expect(EngineStatistics.compilations == 1)
    }
  }

  @Test func aShapeErrorStopsAtTheUsersLineWithTheWholeSentence() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      multiplyWrongly()
    }
    #expect(
      result.says(
        "mm: inner dimensions differ. left [32, 784] · right [128, 10]: 784 ≠ 128 "
          + "(right is \"output.weight\")"))
    #expect(result.says("BuildingTests.swift:"), "the user's line: \(result.text.prefix(600))")
    let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    #expect(!output.contains("after"), "stopped later than at the user's line")
  }

  @Test func anOperatorsShapeErrorNamesBothShapes() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      addWrongly()
    }
    #expect(result.says("+: the shapes don't broadcast. left [2, 3] · right [4]"))
    #expect(result.says("(right is \"encoder.0.bias\")"))
    #expect(result.says("BuildingTests.swift:"), "the user's line: \(result.text.prefix(600))")
  }

  @Test func aShapeErrorOfAViewStopsToo() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Var.ones(2, 3).reshape([7])
    }
    #expect(result.says("reshape: [2, 3] has 6 elements and [7] has 7"))
  }

  @Test func aShapeRuleCanBeTestedWithoutDying() {
    #expect(throws: ShapeError.self) { () throws -> Void in
      _ = try MatrixProduct().shape(of: Shapes([2, 3], [4, 5]))
    }
  }

  @Test func assigningAnotherShapeStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Var.ones(2, 3)
      x.data = .zeros([3, 2])
    }
    #expect(result.says("data: the leaf has shape [2, 3], but the new tensor [3, 2]"))
  }

  @Test func assigningToAResultStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let y = Var.ones(2, 3) * 2
      y.data = .zeros([2, 3])
    }
    #expect(
      result.says("data: only a leaf's can be set, but this is the result of *, of shape [2, 3]"))
  }

  @Test func requiresGradOfAResultStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = (Var.ones(2, 3) * 2).requiresGrad()
    }
    #expect(result.says("requiresGrad: only a leaf can become one that gets a gradient"))
  }
}

// Functions of their own, because the lines of an exit test's body are those of a macro's expansion.

private func multiplyWrongly() {
  let weight = Var.ones(128, 10).requiresGrad()
  weight.name = "output.weight"
  print("before")
  let y = Var.ones(32, 784).mm(weight)
  print("after")
  y.forward()
}

private func addWrongly() {
  let bias = Var.ones(4).requiresGrad()
  bias.name = "encoder.0.bias"
  _ = Var.ones(2, 3) + bias
}
