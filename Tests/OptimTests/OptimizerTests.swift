import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaOptim
import NeuronikaTensors
import NeuronikaVariables
import Testing

@Suite struct OptimizerTests {
  @Test func aParameterWithoutGradientIsSkippedAndStartsLater() {
    let parameters = makeParameters([Shape(3), Shape(3)])
    let before = parameters[1].data
    let optimizer = Adam(parameters, learningRate: 0.1)
    for _ in 0..<3 {
      parameters[0].grad = .ones(Shape(3))
      optimizer.step()
    }
    #expect(parameters[1].data == before)
    #expect(optimizer.updates.steps(of: 0) == 3 && optimizer.updates.steps(of: 1) == 0)

    // The first step of Adam is the learning rate, however late it is.
    parameters[1].grad = Tensor(repeating: 5, shape: Shape(3))
    optimizer.step()
    for (former, new) in zip(before.elements, parameters[1].data.elements) {
      #expect((former - new - 0.1).magnitude < 1e-5)
    }
  }

  @Test func stepsWorkInPlaceAndLeaveCopiesAlone() {
    let parameter = Var.ones(5).requiresGrad()
    let optimizer = SGD([parameter], learningRate: 1)
    parameter.grad = .ones(Shape(5))
    optimizer.step()
    let address = parameter.data.storage.pointer
    optimizer.step()
    #expect(parameter.data.storage.pointer == address)

    let copy = parameter.data
    optimizer.step()
    #expect(copy.elements == [-1, -1, -1, -1, -1])
    #expect(parameter.data.elements == [-2, -2, -2, -2, -2])
  }

  @Test func parametersThatAreEachOthersGradientsDontDisturbEachOther() {
    let a = Var.from(Tensor([1, 2])).requiresGrad()
    let b = Var.from(Tensor([3, 4])).requiresGrad()
    let optimizer = SGD([a, b], learningRate: 1)
    (a * b).sum().backward()
    optimizer.step()
    #expect(a.data.elements == [-2, -2] && b.data.elements == [2, 2])
  }

  @Test func aParameterGivenTwiceIsUpdatedOnce() {
    let a = Var.ones(2).requiresGrad()
    let optimizer = SGD([a, a], learningRate: 1)
    a.grad = .ones(Shape(2))
    optimizer.step()
    #expect(a.data.elements == [0, 0] && optimizer.parameters.count == 1)
  }

  @Test func zeroGradClearsWhatBackwardAddsUp() {
    let a = Var.ones(2).requiresGrad()
    let optimizer = SGD([a], learningRate: 1)
    let loss = (a * 3).sum()
    loss.backward()
    loss.backward()
    #expect(a.grad.elements == [6, 6])
    optimizer.zeroGrad()
    #expect(a.grad.elements == [0, 0])
    optimizer.step()
    #expect(a.data.elements == [1, 1])
  }

  @Test func aPersistentGraphSeesTheStep() {
    let a = Var.ones(2).requiresGrad()
    let loss = (a * a).sum()
    let optimizer = SGD([a], learningRate: 0.25)
    var losses: [Float] = []
    for _ in 0..<3 {
      loss.forward()
      losses.append(loss.item)
      loss.backward()
      optimizer.step()
      optimizer.zeroGrad()
    }
    #expect(losses == [2, 0.5, 0.125])
  }

  @Test func backwardAfterAStepNamesTheLeaf() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let a = Var.ones(2).requiresGrad()
      a.name = "output.weight"
      let loss = (a * a).sum()
      loss.forward()
      loss.backward()
      SGD([a], learningRate: 1).step()
      loss.backward()
    }
    expect(result, says: "backward: the leaf \"output.weight\" changed since forward")
  }

  @Test func optimizersOfOnesOwnTakeAFormula() {
    final class SignDescent: ElementwiseOptimizer {
      var learningRate = 0.5
      let updates: ParameterUpdates
      init(_ parameters: [VarDiff]) {
        updates = ParameterUpdates(parameters, numbers: 1) { w, g, _, n in
          [w - n[0] * g.map(.sign)]
        }
      }
      func step() { updates.step { _, numbers in numbers[0] = Float(learningRate) } }
    }
    let a = Var.zeros(3).requiresGrad()
    a.grad = Tensor([7, -0.1, 0])
    SignDescent([a]).step()
    #expect(a.data.elements == [-0.5, 0.5, 0])
  }
}

@Suite struct OptimizerStateTests {
  private func train(_ optimizer: any Optimizer, _ steps: Range<Int>) {
    for step in steps {
      for (index, parameter) in optimizer.parameters.enumerated() {
        let source = RandomSource(seed: UInt64(100 * step + index))
        parameter.grad = .randn(parameter.shape, using: source)
      }
      optimizer.step()
    }
  }

  @Test func trainingGoesOnFromAStateWithTheSameBits() throws {
    for make in [
      { Adam($0, learningRate: 0.1) as any Optimizer },
      { SGD($0, learningRate: 0.1, momentum: 0.9) },
      { SGD($0, learningRate: 0.1) },
      { AMSGrad($0, learningRate: 0.1) },
      { AdamW($0, learningRate: 0.1) },
      { Adagrad($0, learningRate: 0.1, learningRateDecay: 0.1) },
      { RMSProp($0, learningRate: 0.1) },
      { RMSProp($0, learningRate: 0.1, momentum: 0.9, centered: true) },
      { ParameterGroups(["a": SGD([$0[0]], learningRate: 0.1), "b": Adam([$0[1]])]) },
    ] {
      let whole = makeParameters([Shape(3), Shape(2, 2)])
      train(make(whole), 0..<6)

      let first = makeParameters([Shape(3), Shape(2, 2)])
      let former = make(first)
      train(former, 0..<3)
      let state = former.state
      let second = first.map { Var($0.data).requiresGrad() }
      let later = make(second)
      later.learningRate = 7
      try later.load(state)
      train(former, 3..<6)  // changes neither the state nor the other
      train(later, 3..<6)
      for (a, b) in zip(whole, second) { #expect(a.data == b.data) }
    }
  }

  @Test func keysAreTheNamesOfTheParameters() {
    let parameters = makeParameters([Shape(3), Shape(2), Shape(1), Shape(1)])
    parameters[0].name = "hidden.weight"
    parameters[2].name = "same"
    parameters[3].name = "same"
    let optimizer = SGD(parameters, learningRate: 0.5, momentum: 0.9)
    #expect(
      optimizer.state.names == [
        "learningRate", "parameters.hidden.weight.step", "parameters.hidden.weight.momentum",
        "parameters.1.step", "parameters.1.momentum", "parameters.2.step",
        "parameters.2.momentum", "parameters.3.step", "parameters.3.momentum",
      ])
    #expect(optimizer.state["learningRate"] == .number(0.5))
  }

  @Test func aNameThatIsANumberIsNoOtherParametersPosition() {
    let parameters = makeParameters([Shape(3), Shape(2)])
    parameters[1].name = "0"
    #expect(SGD(parameters, learningRate: 1).updates.state.names == ["0.step", "1.step"])
  }

  @Test(arguments: [-1, .max]) func aStepThatIsNoCountIsRefused(_ step: Int) {
    let optimizer = Adam(makeParameters([Shape(3)]))
    var state = optimizer.state
    state["parameters.0.step"] = .integer(step)
    #expect(
      throws: StateError.wrongKind(
        key: "parameters.0.step", expected: "a count from 0 to 2⁵³",
        found: "the integer \(step)")
    ) { try optimizer.load(state) }
  }

  @Test func aStateThatDoesNotFitChangesNothing() {
    let parameters = makeParameters([Shape(3)])
    let optimizer = SGD(parameters, learningRate: 0.5, momentum: 0.9)
    var state = optimizer.state
    state["learningRate"] = .number(0.25)
    state["parameters.0.momentum"] = .tensor(.zeros(Shape(4)))
    #expect(
      throws: StateError.wrongShape(
        key: "parameters.0.momentum", expected: Shape(3), found: Shape(4))
    ) { try optimizer.load(state) }
    #expect(optimizer.learningRate == 0.5)
    state["parameters.0.momentum"] = nil
    #expect(throws: StateError.self) { try optimizer.load(state) }
  }
}

@Suite struct OptimizerStopTests {
  @Test func aComputedVariableCantBeOptimized() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = SGD([Var.ones(2).requiresGrad() + 1], learningRate: 1) }
    expect(
      result,
      says: "optimizer: only a leaf that gets a gradient can be optimized, but one of the "
        + "parameters, of shape [2], is the result of +")
  }

  @Test func aLeafWithoutGradientCantBeOptimized() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Adam([VarDiff(Var.ones(2))]) }
    expect(result, says: "of shape [2], is a leaf without one")
  }

  @Test func noParametersAreAMistake() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Adam([]) }
    expect(result, says: "optimizer: there is no parameter to optimize")
  }

  @Test func hyperParametersHaveRanges() async {
    let rate = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = SGD([Var.ones(2).requiresGrad()], learningRate: .nan) }
    expect(rate, says: "SGD: learningRate has to be finite and at least 0.0, but is nan")
    let beta = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Adam([Var.ones(2).requiresGrad()], betas: (0.9, 1)) }
    expect(beta, says: "Adam: betas.1 has to be at least 0.0 and less than 1, but is 1.0")
    let decay = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = AdamW([Var.ones(2).requiresGrad()], weightDecay: -1) }
    expect(decay, says: "AdamW: weightDecay has to be finite and at least 0.0, but is -1.0")
    let smoothing = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = RMSProp([Var.ones(2).requiresGrad()], smoothing: 1) }
    expect(smoothing, says: "RMSProp: smoothing has to be at least 0.0 and less than 1, but is 1.0")
    let rateDecay = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Adagrad([Var.ones(2).requiresGrad()], learningRateDecay: .infinity) }
    expect(
      rateDecay, says: "Adagrad: learningRateDecay has to be finite and at least 0.0, but is inf")
    let epsilon = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = AMSGrad([Var.ones(2).requiresGrad()], epsilon: -1) }
    expect(epsilon, says: "AMSGrad: epsilon has to be finite and at least 0.0, but is -1.0")
    let nesterov = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = SGD([Var.ones(2).requiresGrad()], learningRate: 1, nesterov: true) }
    expect(nesterov, says: "SGD: nesterov takes a momentum greater than 0")
  }

  @Test func aPenaltyThatReducesRowsIsRefused() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      struct Wrong: Penalty {
        func penalty(_ weight: Tile) -> Tile { weight.rowSum }
      }
      _ = SGD([Var.ones(2).requiresGrad()], learningRate: 1, penalty: Wrong())
    }
    expect(
      result, says: "optimizer: formulas and penalties can't use row reductions or column indices")
  }
}
