import Foundation
import Neuronika
import Testing

private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

/// One element of what a map makes of numbers.
private func affine(_ map: Linear, _ row: Int, _ numbers: [Double]) -> Double {
  let weight = map.weight.data
  return numbers.indices.reduce(map.bias.map { Double($0.data[row]) } ?? 0) {
    $0 + Double(weight[row, $1]) * numbers[$1]
  }
}

private func doubles(_ tensor: Tensor) -> [Double] { tensor.elements.map(Double.init) }

@Suite struct LSTMCellTests {
  /// The formulas of the documentation, for one input.
  private func formulas(
    _ cell: LSTMCell, _ x: [Double], _ h: [Double], _ c: [Double]
  ) -> (hidden: [Double], cell: [Double]) {
    func argument(_ gate: Int, _ place: Int) -> Double {
      let row = gate * h.count + place
      return affine(cell.input, row, x) + affine(cell.hidden, row, h)
    }
    let cells = h.indices.map { j in
      sigmoid(argument(1, j)) * c[j] + sigmoid(argument(0, j)) * tanh(argument(2, j))
    }
    return (h.indices.map { sigmoid(argument(3, $0)) * tanh(cells[$0]) }, cells)
  }

  @Test(arguments: [true, false])
  func stepsAreTheFormulas(_ bias: Bool) {
    let source = RandomSource(seed: 21)
    let cell = LSTMCell(3, 5, bias: bias, using: source)
    let sequence = Var.randn(4, 3, using: source)
    var (h, c) = ([Double](repeating: 0, count: 5), [Double](repeating: 0, count: 5))
    var state: LSTMState?
    for step in 0..<4 {
      state = cell(sequence[step..<step + 1, .all], state)
      (h, c) = formulas(cell, doubles(sequence.data[step, .all]), h, c)
      for (value, expected) in zip(state!.hidden.data.elements, h) {
        #expect((Double(value) - expected).magnitude < 1e-6)
      }
      for (value, expected) in zip(state!.cell.data.elements, c) {
        #expect((Double(value) - expected).magnitude < 1e-6)
      }
    }
  }

  @Test func gradientsFlowThroughAllSteps() throws {
    let source = RandomSource(seed: 22)
    let cell = LSTMCell(2, 3, using: source)
    let arguments = [[2, 4, 2], [2, 3], [2, 3]].map { Tensor.randn(Shape($0), using: source) }
    try checkGradients(
      of: { operands in
        var state = LSTMState(hidden: operands[1], cell: operands[2])
        for step in 0..<4 { state = cell(operands[0][.all, step], state) }
        return cat([state.hidden, state.cell], axis: 1)
      }, at: arguments)
    let first = Var.randn(2, 2, using: source).requiresGrad()
    var state = cell(first)
    for _ in 0..<3 { state = cell(Var.randn(2, 2, using: source), state) }
    state.hidden.sum().backward()
    #expect(first.grad.elements.allSatisfy { $0 != 0 })
    #expect(cell.parameters.allSatisfy { $0.grad.elements.contains { $0 != 0 } })
  }

  /// The crate took tanh for f and σ for g.
  @Test func theCrateSwappedTheActivationsOfForgettingAndWriting() {
    let cell = LSTMCell(1, 1)
    for parameter in cell.parameters { parameter.data = .zeros(parameter.shape) }
    // i, f, g, o before their activations.
    cell.input.bias!.data = [30, -30, -30, 30]
    let state = cell(Var.ones(1, 1), LSTMState(hidden: Var.zeros(1, 1), cell: Var.full([1, 1], 7)))
    // All is forgotten, and −1 is written: tanh goes down to −1 and σ to 0.
    #expect((state.cell.item + 1).magnitude < 1e-5)
  }

  /// The crate's state was (cell, hidden), its documentation's (hidden, cell). Here both have names.
  @Test func theCratesStateHadAnotherOrderThanDocumented() {
    let cell = LSTMCell(1, 1)
    for parameter in cell.parameters { parameter.data = .zeros(parameter.shape) }
    cell.input.bias!.data = [-30, 30, 0, 30]
    cell.hidden.weight.data[3, 0] = -60
    let start = LSTMState(hidden: Var.zeros(1, 1), cell: Var.full([1, 1], 2))
    let state = cell(Var.ones(1, 1), start)
    #expect((state.cell.item - 2).magnitude < 1e-5)
    #expect((state.hidden.item - tanh(2)).magnitude < 1e-5)
    // It's the hidden values that close the last gate.
    #expect(cell(Var.ones(1, 1), state).hidden.item.magnitude < 1e-5)
  }

  @Test func withoutAStateItBeginsWithZeros() {
    let cell = LSTMCell(3, 4)
    let x = Var.randn(2, 3)
    let zeros = LSTMState(hidden: Var.zeros(2, 4), cell: Var.zeros(2, 4))
    #expect(cell(x).hidden.data == cell(x, zeros).hidden.data)
  }

  @Test func anyAxesMayStandBeforeTheLast() {
    let cell = LSTMCell(3, 4)
    let x = Var.randn(2, 5, 3)
    let state = cell(x, cell(x))
    #expect(state.hidden.shape == [2, 5, 4] && state.cell.shape == [2, 5, 4])
    let one = cell(x[1, 2], cell(x[1, 2]))
    #expect(one.cell.shape == [4])
    #expect(distance(one.cell.data.elements, state.cell.data[1, 2].elements) < 1e-6)
    #expect(cell(Var.zeros(0, 3)).hidden.shape == [0, 4])
  }

  @Test func aDetachedStateKeepsItsValuesOnly() {
    let cell = LSTMCell(2, 2)
    let x = Var.randn(1, 2).requiresGrad()
    let state = cell(x)
    let cut = state.detached()
    #expect(cut.hidden.data == state.hidden.data && cut.cell.data == state.cell.data)
    cell(Var.ones(1, 2), cut).hidden.backward()
    #expect(x.grad == .zeros([1, 2]))
  }

  @Test func initialValuesAreUniformWithinTheirBound() {
    let cell = LSTMCell(50, 100, using: RandomSource(seed: 4))
    for parameter in cell.parameters {
      let values = parameter.data.elements
      #expect(values.allSatisfy { -0.1 <= $0 && $0 < 0.1 })
      #expect(values.min()! < -0.099 && values.max()! > 0.099)
    }
    #expect(
      cell.namedParameters.map(\.name)
        == ["input.weight", "input.bias", "hidden.weight", "hidden.bias"])
    #expect(cell.input.weight.shape == [400, 50] && cell.hidden.weight.shape == [400, 100])
    #expect(cell.state == LSTMCell(50, 100, using: RandomSource(seed: 4)).state)
  }

  /// Whether the first of eight inputs was 1 or −1, when the others are noise.
  @Test func itLearnsToRemember() {
    let source = RandomSource(seed: 5)
    let (cell, output) = (LSTMCell(1, 8, using: source), Linear(8, 1, using: source))
    let optimizer = Adam(cell.parameters + output.parameters, learningRate: 0.02)
    var last: Float = .infinity
    for _ in 0..<150 {
      let sign = Tensor.rand([32, 1], using: source).elements.map { $0 < 0.5 ? -1 : Float(1) }
      let first = Var(Tensor(sign, shape: [32, 1]))
      var state = cell(first)
      for _ in 0..<7 { state = cell(Var.randn(32, 1, using: source) * 0.3, state) }
      let loss = mseLoss(output(state.hidden), first)
      loss.backward()
      optimizer.step()
      optimizer.zeroGrad()
      last = loss.item
    }
    #expect(last < 0.05)
  }

  @Test func whatDoesNotFitStops() async {
    let wide = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTMCell(3, 4)(Var.ones(2, 5))
    }
    expect(wide, says: "LSTMCell: takes [..., 3], but got [2, 5] (its weight is \"weight\")")
    let old = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let cell = LSTMCell(3, 4)
      _ = cell(Var.ones(2, 3), cell(Var.ones(1, 3)))
    }
    expect(
      old,
      says: "LSTMCell: with an input of [2, 3] the state's hidden and cell are [2, 4], but are "
        + "[1, 4] and [1, 4]")
    let empty = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTMCell(3, 0)
    }
    expect(empty, says: "LSTMCell: inputs and hidden are at least 1, but 3 and 0")
  }
}

@Suite struct GRUCellTests {
  private func formulas(_ cell: GRUCell, _ x: [Double], _ h: [Double]) -> [Double] {
    func read(_ gate: Int, _ place: Int) -> Double {
      affine(cell.input, gate * h.count + place, x)
    }
    func recalled(_ gate: Int, _ place: Int) -> Double {
      affine(cell.hidden, gate * h.count + place, h)
    }
    return h.indices.map { j in
      let r = sigmoid(read(0, j) + recalled(0, j))
      let z = sigmoid(read(1, j) + recalled(1, j))
      let n = tanh(read(2, j) + r * recalled(2, j))
      return (1 - z) * n + z * h[j]
    }
  }

  @Test(arguments: [true, false])
  func stepsAreTheFormulas(_ bias: Bool) {
    let source = RandomSource(seed: 31)
    let cell = GRUCell(3, 5, bias: bias, using: source)
    let sequence = Var.randn(4, 3, using: source)
    var h = [Double](repeating: 0, count: 5)
    var hidden: VarDiff?
    for step in 0..<4 {
      hidden = cell(sequence[step..<step + 1, .all], hidden)
      h = formulas(cell, doubles(sequence.data[step, .all]), h)
      for (value, expected) in zip(hidden!.data.elements, h) {
        #expect((Double(value) - expected).magnitude < 1e-6)
      }
    }
  }

  @Test func gradientsFlowThroughAllSteps() throws {
    let source = RandomSource(seed: 32)
    let cell = GRUCell(2, 3, using: source)
    let arguments = [[2, 4, 2], [2, 3]].map { Tensor.randn(Shape($0), using: source) }
    try checkGradients(
      of: { operands in
        var hidden = operands[1]
        for step in 0..<4 { hidden = cell(operands[0][.all, step], hidden) }
        return hidden
      }, at: arguments)
    cell(Var.ones(2, 2), Var.ones(2, 3)).backward()
    #expect(cell.parameters.allSatisfy { $0.grad.elements.contains { $0 != 0 } })
  }

  @Test func shapesAreThoseOfTheDocumentation() {
    let cell = GRUCell(3, 4)
    #expect(cell.input.weight.shape == [12, 3] && cell.hidden.weight.shape == [12, 4])
    #expect(cell(Var.ones(2, 3)).shape == [2, 4] && cell(Var.ones(3)).shape == [4])
    #expect(cell(Var.ones(2, 3)).data == cell(Var.ones(2, 3), Var.zeros(2, 4)).data)
    #expect(cell(Var.ones(2, 3), nil).shape == [2, 4])
    #expect(cell(Var.ones(6, 2, 3), Var.zeros(6, 2, 4)).shape == [6, 2, 4])
  }

  @Test func whatDoesNotFitStops() async {
    let old = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let cell = GRUCell(3, 4)
      _ = cell(Var.ones(2, 3), Var.ones(4))
    }
    expect(old, says: "GRUCell: with an input of [2, 3] the state is [2, 4], but is [4]")
  }

  @Test func printedTheyAreTheirTwoMaps() {
    #expect(
      "\(GRUCell(28, 128))" == """
        GRUCell: 60,672 parameters, 243 KB
        ├─ input   Linear(28 → 384)   weight [384, 28] · bias [384]   11,136  44.5 KB
        └─ hidden  Linear(128 → 384)  weight [384, 128] · bias [384]  49,536   198 KB
        """)
  }
}
