import Neuronika
import Testing

private func network(isDeep: Bool, widths: [Int] = [8, 8]) -> Sequential {
  Sequential {
    Linear(4, 8)
    Relu()
    if isDeep {
      Linear(8, 8)
      BatchNorm(8)
    } else {
      Identity()
    }
    for width in widths { Linear(width, 8, bias: false) }
    if !isDeep { Dropout(0.5) }
    [Tanh(), Linear(8, 2)] as [any Layer]
  }
}

/// A layer made of others, in every container.
private struct Tower: Layer {
  let first = Sequential { Linear(2, 2, bias: false) }
  let list: [any Layer] = [Linear(2, 2, bias: false), Relu(), Dropout(0.5)]
  let heads: [String: any Layer] = ["b": BatchNorm(2), "a": Linear(2, 2)]
  let optional: (any Layer)? = Linear(2, 3, bias: false)
  let none: (any Layer)? = nil

  var children: Children {
    ["first": first, "list": list, "heads": heads, "optional": optional, "none": none]
  }

  func callAsFunction(_ input: some Variable) -> VarDiff {
    var x = first(input)
    for layer in list { x = layer(x) }
    x = heads["a"]!(x) + heads["b"]!(x)
    return optional!(x)
  }
}

@Suite struct SequentialTests {
  @Test func layersFollowEachOther() {
    let layers: [any Layer] = [Linear(3, 4), Tanh(), Linear(4, 2)]
    let sequence = Sequential(layers)
    let x = Var.rand(5, 3)
    var value = VarDiff(x)
    for layer in layers { value = layer(value) }
    #expect(sequence(x).data == value.data && sequence(VarDiff(x)).data == value.data)
    #expect(sequence.count == 3 && sequence[1] is Tanh)
    #expect(Sequential {}(x).data == x.data)
  }

  @Test func conditionsAndLoopsChooseLayers() {
    let deep = network(isDeep: true)
    #expect(
      deep.layers.map { "\($0)" }[2...4] == [
        "Linear(8 → 8)", "BatchNorm(8)", "Linear(8 → 8, no bias)",
      ])
    #expect(deep.count == 8 && network(isDeep: false).count == 8)
    #expect(network(isDeep: true, widths: []).count == 6)
    #expect(deep(Var.rand(3, 4)).shape == [3, 2])
  }

  @Test func pathsAreThePositions() {
    #expect(
      network(isDeep: true, widths: [8]).namedParameters.map(\.name) == [
        "0.weight", "0.bias", "2.weight", "2.bias", "3.weight", "3.bias", "4.weight", "6.weight",
        "6.bias",
      ])
    let nested = Sequential {
      Sequential { Linear(1, 1) }
      Sequential { Sequential { Linear(1, 1, bias: false) } }
    }
    #expect(nested.namedParameters.map(\.name) == ["0.0.weight", "0.0.bias", "1.0.0.weight"])
  }

  @Test func containersOfLayersAreWalked() {
    let tower = Tower()
    #expect(
      tower.namedParameters.map(\.name) == [
        "first.0.weight", "list.0.weight", "heads.a.weight", "heads.a.bias", "heads.b.weight",
        "heads.b.bias", "optional.weight",
      ])
    #expect(tower(Var.rand(4, 2)).shape == [4, 3])
    tower.eval()
    #expect(!(tower.list[2] as! Dropout).mode.isTraining)
    #expect(!(tower.heads["b"] as! BatchNorm).mode.isTraining)
    #expect(tower(Var.rand(1, 2)).shape == [1, 3])
  }

  @Test func aStateGoesFromOneToTheOther() throws {
    let (from, to) = (Tower(), Tower())
    _ = from(Var.rand(4, 2)).data
    try to.load(from.state)
    #expect(from.state == to.state && from.state.names.contains("heads.b.runningMean"))
    (from as any Layer).eval()
    to.eval()
    let x = Var.rand(3, 2)
    #expect(from(x).data == to(x).data)
    #expect(throws: StateError.self) { try network(isDeep: true).load(from.state) }
  }

  @Test func everyLearnableGetsAGradient() {
    let deep = network(isDeep: true)
    deep(Var.rand(6, 4)).square().sum().backward()
    // What comes before batch normalisation, a bias, has none but roundings.
    for (name, parameter) in deep.namedParameters where name != "2.bias" {
      #expect(parameter.grad.elements.contains { $0 != 0 }, "\(name)")
    }
  }

  @Test func aPositionThatIsNotThereStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Sequential { Relu() }[1] }
    expect(result, says: "Sequential: there is no layer 1 among 1")
  }

  @Test func linearKeepsTheAxesBeforeTheLast() {
    let layer = Linear(3, 2)
    let x = Var.rand(4, 5, 3)
    let rows = layer(x.reshape([20, 3]))
    #expect(layer(x).shape == [4, 5, 2] && layer(x).data.elements == rows.data.elements)
    #expect(layer(Var.rand(3)).shape == [2] && layer(Var.zeros(2, 0, 3)).shape == [2, 0, 2])
  }
}
