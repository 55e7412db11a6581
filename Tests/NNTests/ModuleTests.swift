import NeuronikaGraphs
import NeuronikaNN
import NeuronikaTensors
import NeuronikaVariables
import Testing

private struct Block: Module {
  let inner = Linear(2, 2)
  let mode = TrainingMode()
  var children: Children { ["inner": inner, "mode": mode] }
}

private class Base: Module {
  let base = Linear(1, 1, bias: false)
  var children: Children { ["base": base] }
}

/// One of each kind of child.
private final class Everything: Base {
  let layers: [Linear] = [Linear(2, 3), Linear(3, 2, bias: false)]
  let mixed: [any Module] = [Block(), Linear(2, 1, bias: false)]
  let heads = ["b": Linear(1, 1, bias: false), "a": Linear(1, 1, bias: false)]
  let some: Linear? = Linear(1, 1, bias: false)
  let none: Linear? = nil
  var scale = Var.ones(2).requiresGrad()
  let offset = Var.zeros(2)
  let mode = TrainingMode()
  let pair = (Linear(1, 1, bias: false), 3)
  let settings = ["rate": 0.5]
  lazy var late = Linear(1, 1, bias: false)

  override var children: Children {
    [
      "base": base, "layers": layers, "mixed": mixed, "heads": heads, "some": some, "none": none,
      "scale": scale, "offset": offset, "mode": mode, "pair": pair.0, "late": late,
    ]
  }
}

private struct Tied: Module {
  let encoder = Linear(3, 3, bias: false)
  var decoder = Linear(3, 3)
  init() { decoder.weight = encoder.weight }
  var children: Children { ["encoder": encoder, "decoder": decoder] }
}

private struct Distilled: Module {
  let student = Linear(2, 2)
  let teacher = Linear(2, 2)
  var children: Children { ["student": student, "teacher": Excluded(teacher)] }
}

@Suite struct ModuleTests {
  @Test func pathsFollowTheDeclaration() {
    let names = Everything().namedParameters.map(\.name)
    #expect(
      names == [
        "base.weight", "layers.0.weight", "layers.0.bias", "layers.1.weight",
        "mixed.0.inner.weight", "mixed.0.inner.bias", "mixed.1.weight", "heads.a.weight",
        "heads.b.weight", "some.weight", "scale", "pair.weight", "late.weight",
      ])
  }

  @Test func leavesCarryTheirPaths() {
    let module = Everything()
    #expect(module.layers[0].weight.name == "weight")
    _ = module.parameters
    #expect(module.layers[0].weight.name == "layers.0.weight")
    #expect(module.offset.name == "offset")
    // A walk that begins further down doesn't shorten them.
    #expect(module.layers[0].namedParameters.map(\.name) == ["weight", "bias"])
    #expect(module.layers[0].weight.name == "layers.0.weight")
    // A name that the user gave stays.
    module.scale.name = "mine"
    _ = module.parameters
    #expect(module.scale.name == "mine")
  }

  @Test func parametersAreTheLeavesThemselves() {
    let layer = Linear(3, 2)
    #expect(layer.parameters.count == 2 && layer.parameterCount == 8)
    #expect(layer.parameters[0] === layer.weight)
  }

  @Test func tiedWeightsCountOnce() {
    let tied = Tied()
    #expect(tied.namedParameters.map(\.name) == ["encoder.weight", "decoder.bias"])
    #expect(tied.state.names == ["encoder.weight", "decoder.bias"])
  }

  @Test func whatIsExcludedIsLeftOut() {
    #expect(Distilled().namedParameters.map(\.name) == ["student.weight", "student.bias"])
  }

  @Test func trainAndEvalReachEveryMode() {
    let module = Everything()
    let block = module.mixed[0] as! Block
    #expect(module.mode.isTraining && block.mode.isTraining)
    module.eval()
    #expect(!module.mode.isTraining && !block.mode.isTraining)
    module.train()
    #expect(module.mode.isTraining && block.mode.isTraining)
  }

  @Test func zeroGradClearsAllParameters() {
    let layer = Linear(2, 1)
    layer(Var.ones(3, 2)).sum().backward()
    #expect(layer.bias!.grad.elements == [3])
    layer.zeroGrad()
    #expect(layer.bias!.grad.elements == [0] && layer.weight.grad.elements == [0, 0])
  }
}

@Suite struct ModuleStateTests {
  @Test func aStateCarriesLearnablesAndBuffers() throws {
    let (from, to) = (Everything(), Everything())
    from.offset.data = Tensor([3, 4])
    let state = from.state
    #expect(state.names == from.namedParameters.map(\.name) + ["offset"])
    try to.load(state)
    #expect(to.state == state)
    #expect(to.offset.data.elements == [3, 4])
    #expect(to.namedParameters.map(\.parameter.data) == from.namedParameters.map(\.parameter.data))
  }

  @Test func aStateDoesNotFollowTheModule() {
    let layer = Linear(1, 1, bias: false)
    let state = layer.state
    let before = layer.weight.data
    layer.weight.data = [[9]]
    #expect(state["weight"] == .tensor(before))
  }

  @Test func aStateThatDoesNotFitChangesNothing() {
    let layer = Linear(2, 3)
    let before = layer.state
    var state = State()
    state["weight"] = .tensor(.ones(Shape(3, 2)))
    #expect(throws: StateError.missing(key: "bias", present: ["weight"])) {
      try layer.load(state)
    }
    state["bias"] = .tensor(.ones(Shape(2)))
    #expect(throws: StateError.wrongShape(key: "bias", expected: Shape(3), found: Shape(2))) {
      try layer.load(state)
    }
    state["bias"] = .tensor(.ones(Shape(3)))
    state["scale"] = .number(1)
    #expect(throws: StateError.unexpected(keys: ["scale"])) { try layer.load(state) }
    #expect(layer.state == before)
  }

  @Test func errorsNameTheWholePath() {
    var state = State()
    state.insert(Linear(2, 2, bias: false).state, under: "model.encoder")
    #expect(
      throws: StateError.wrongShape(
        key: "model.encoder.weight", expected: Shape(3, 2), found: Shape(2, 2))
    ) { try Linear(2, 3, bias: false).load(state.nested("model.encoder")) }
  }
}

private struct Forgetful: Module {
  let first = Linear(2, 2)
  let second = Linear(2, 2)
  var children: Children { ["first": first] }
}

private struct Copied: Module {
  let first = Linear(2, 2)
  let second = Linear(2, 2)
  var children: Children { ["first": first, "second": first] }
}

private struct Weights { let matrix = Var.ones(2, 2).requiresGrad() }

private struct Hidden: Module {
  let weights = [Weights()]
  var children: Children { [:] }
}

private class Derived: Base {
  let more = Block()
}

private struct Outer: Module {
  let inner = [Forgetful()]
  var children: Children { ["inner": inner] }
}

private struct Twice: Module {
  let first = Linear(2, 2)
  var children: Children { ["first": first, "first": first.bias] }
}

private struct Dotted: Module {
  let first = Linear(2, 2)
  var children: Children { ["first.layer": first] }
}

private struct Computed: Module {
  let scale = Var.ones(2).requiresGrad() * 2
  var children: Children { ["scale": scale] }
}

private struct Numbers: Module {
  let sizes = [1, 2]
  var children: Children { ["sizes": sizes] }
}

@Suite struct DeclarationTests {
  @Test func aForgottenLayerStopsWithItsName() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Forgetful().parameters }
    expect(
      result,
      says: "Forgetful: the stored property \"second\" (Linear) is not in children. Declare it, "
        + "\"second\": second, or leave it out on purpose, \"second\": Excluded(second)")
  }

  @Test func whateverAsksAModuleChecksIt() async {
    await #expect(processExitsWith: .failure) { _ = Forgetful().state }
    await #expect(processExitsWith: .failure) { Forgetful().eval() }
    await #expect(processExitsWith: .failure) { try Forgetful().load(State()) }
  }

  @Test func anotherLayerUnderTheNameStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Copied().parameters }
    expect(result, says: "Copied: the stored property \"second\" (Linear) is not in children")
  }

  @Test func aLearnableInAPlainStructStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Hidden().parameters }
    expect(result, says: "Hidden: the stored property \"weights\" (Array<Weights>)")
  }

  @Test func aSubclassMustDeclareItsOwn() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Derived().parameters }
    expect(result, says: "Derived: the stored property \"more\" (Block) is not in children")
  }

  @Test func modulesFurtherDownAreChecked() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Outer().parameters }
    expect(result, says: "Forgetful: the stored property \"second\"")
  }

  @Test func aNameStandsOnce() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Twice().parameters }
    expect(result, says: "Twice: two children are called \"first\"")
  }

  @Test func aNameHasNoDot() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Dotted().parameters }
    expect(result, says: "Dotted: a child's name is neither empty nor has a dot")
  }

  @Test func aComputedVariableIsNoLearnable() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Computed().parameters }
    expect(
      result,
      says: "Computed: the child \"scale\" is no learnable: it has shape [2] and is computed"
    )
  }

  @Test func arraysOfSomethingElseAreNoChildren() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Numbers().parameters }
    expect(result, says: "Numbers: the child \"sizes\" is of type Array<Int>")
  }
}
