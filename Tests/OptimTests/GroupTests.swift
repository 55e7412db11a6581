import NeuronikaGraphs
import NeuronikaOptim
import NeuronikaTensors
import NeuronikaVariables
import Testing

@Suite struct GroupTests {
  private func groups(_ first: Double = 0.1, _ second: Double = 0.4) -> ParameterGroups {
    let parameters = makeParameters([Shape(3), Shape(2)])
    return ParameterGroups([
      "weights": SGD([parameters[0]], learningRate: first, momentum: 0.9, penalty: L2(0.1)),
      "biases": Adam([parameters[1]], learningRate: second),
    ])
  }

  @Test func eachGroupFollowsItsOwnRule() {
    let together = groups()
    let apart = [groups()["weights"], groups()["biases"]]
    for step in 0..<4 {
      let source = RandomSource(seed: UInt64(step))
      for (grouped, alone) in zip(together.parameters, apart.flatMap(\.parameters)) {
        let gradient = Tensor.randn(grouped.shape, using: source)
        (grouped.grad, alone.grad) = (gradient, gradient)
      }
      together.step()
      for optimizer in apart { optimizer.step() }
    }
    for (grouped, alone) in zip(together.parameters, apart.flatMap(\.parameters)) {
      #expect(grouped.data == alone.data)
    }
    together.zeroGrad()
    #expect(together.parameters.allSatisfy { $0.grad == .zeros($0.shape) })
  }

  @Test func schedulesChangeAllGroupsOrOne() {
    let optimizer = groups()
    #expect(optimizer.learningRate == 0.4)
    let all = ExponentialLR(optimizer, gamma: 0.5)
    all.step()
    #expect(optimizer["weights"].learningRate == 0.05 && optimizer["biases"].learningRate == 0.2)
    StepLR(optimizer["weights"], every: 1, gamma: 0.5).step()
    #expect(optimizer["weights"].learningRate == 0.025 && optimizer["biases"].learningRate == 0.2)
    all.step()
    #expect(optimizer["weights"].learningRate == 0.0125)
    #expect(optimizer["biases"].learningRate == 0.1)
  }

  @Test func proportionsOutliveARateOfZero() throws {
    let optimizer = groups()
    optimizer.learningRate = 0
    #expect(optimizer["weights"].learningRate == 0)
    let other = groups(1, 1)
    try other.load(optimizer.state)
    for optimizer in [optimizer, other] {
      optimizer.learningRate = 0.8
      #expect(optimizer["weights"].learningRate == 0.2 && optimizer["biases"].learningRate == 0.8)
    }
  }

  @Test func statesStandUnderTheNamesOfTheGroups() {
    #expect(
      groups().state.names == [
        "proportions.weights", "groups.weights.learningRate", "groups.weights.parameters.0.step",
        "groups.weights.parameters.0.momentum", "proportions.biases",
        "groups.biases.learningRate", "groups.biases.parameters.0.step",
        "groups.biases.parameters.0.mean", "groups.biases.parameters.0.meanSquare",
      ])
  }

  @Test func aStateThatDoesNotFitOneGroupChangesNone() {
    let optimizer = groups()
    let before = optimizer.state
    var state = groups(5, 6).state
    state["groups.weights.parameters.0.momentum"] = .tensor(.ones(Shape(3)))
    state["groups.biases.parameters.0.mean"] = .tensor(.zeros(Shape(7)))
    #expect(
      throws: StateError.wrongShape(
        key: "groups.biases.parameters.0.mean", expected: Shape(2), found: Shape(7))
    ) { try optimizer.load(state) }
    #expect(optimizer.state == before)
  }

  @Test func groupsShareNothing() async {
    let parameter = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let a = Var.ones(2).requiresGrad()
      a.name = "output.weight"
      _ = ParameterGroups([
        "weights": SGD([a], learningRate: 1), "all": SGD([a], learningRate: 1),
      ])
    }
    expect(
      parameter,
      says:
        "ParameterGroups: \"output.weight\", of shape [2], is in the groups \"weights\" and \"all\""
    )
    let name = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = ParameterGroups([
        "a": SGD([Var.ones(2).requiresGrad()], learningRate: 1),
        "a": SGD([Var.ones(2).requiresGrad()], learningRate: 1),
      ])
    }
    expect(name, says: "ParameterGroups: two groups are called \"a\"")
    let missing = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = ParameterGroups(["a": SGD([Var.ones(2).requiresGrad()], learningRate: 1)])["b"] }
    expect(missing, says: "ParameterGroups: there is no group \"b\", only \"a\"")
  }
}
