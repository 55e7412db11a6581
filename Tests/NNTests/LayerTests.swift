import Neuronika
import Testing

@Suite struct ActivationTests {
  private let input = Var.from([[-2, -0.5, 0], [0.25, 1, 3]])

  /// Each layer, and the method it stands for.
  @Test func layersAreTheirMethods() {
    let x = VarDiff(input)
    let pairs: [(any Layer, VarDiff)] = [
      (Relu(), x.relu()), (LeakyRelu(slope: 0.2), x.leakyRelu(slope: 0.2)),
      (LeakyRelu(), x.leakyRelu()), (Sigmoid(), x.sigmoid()), (Tanh(), x.tanh()),
      (Softplus(), x.softplus()), (Softsign(), x.softsign()), (Hardtanh(), x.hardtanh()),
      (Gelu(), x.gelu()), (Gelu(.tanh), x.gelu(.tanh)), (Silu(), x.silu()),
      (Elu(alpha: 0.5), x.elu(alpha: 0.5)), (Selu(), x.selu()),
      (Softmax(axis: 0), x.softmax(axis: 0)), (Softmax(), x.softmax(axis: 1)),
      (LogSoftmax(axis: -1), x.logSoftmax(axis: 1)), (Identity(), x),
      (Function("double") { $0 * 2 }, x * 2),
    ]
    for (layer, expected) in pairs {
      #expect(layer(x).data == expected.data, "\(layer)")
      #expect(layer.parameters.isEmpty, "\(layer)")
    }
  }

  @Test func layersWithoutLearnablesKeepTheKindOfVariable() {
    let constant: Var = Relu()(input)
    let differentiable: VarDiff = Relu()(VarDiff(input))
    let pooled: Var = MaxPool(kernelSize: 2)(Var.rand(1, 1, 4, 4))
    let dropped: Var = Dropout(0)(input)
    #expect(constant.data == differentiable.data)
    #expect(pooled.shape == [1, 1, 2, 2] && dropped.data == input.data)
  }

  @Test func descriptionsAreOneWord() {
    let layers: [any Layer] = [
      Relu(), LeakyRelu(slope: 0.1), Gelu(.tanh), Softmax(axis: -1), Dropout(0.25), Flatten(),
      Flatten(from: 2), Upsample(by: 2), Upsample(to: [4, 6], mode: .linear()), BatchNorm(3),
      GroupNorm(groups: 2, 4), LayerNorm(7), LayerNorm([3, 5], learnsScale: false),
      MaxPool(kernelSize: [2, 3], stride: 1, padding: 1), AdaptiveAveragePool(to: 1),
      Embedding(10, 4), Function("mine") { $0 },
    ]
    #expect(
      layers.map { "\($0)" } == [
        "Relu", "LeakyRelu(slope 0.1)", "Gelu(tanh)", "Softmax(axis -1)", "Dropout(0.25)",
        "Flatten", "Flatten(from 2)", "Upsample(by 2)", "Upsample(to 4×6, linear)", "BatchNorm(3)",
        "GroupNorm(4, 2 groups)", "LayerNorm(7)", "LayerNorm([3, 5], no scale)",
        "MaxPool(2×3, stride 1, padding 1)", "AdaptiveAveragePool(to 1)", "Embedding(10 → 4)",
        "mine",
      ])
  }
}

@Suite struct PoolingLayerTests {
  @Test(arguments: [[2, 3, 8], [2, 3, 8, 8], [2, 3, 8, 8, 8]] as [Shape])
  func layersAreTheirMethodsOverAnyAxes(_ shape: Shape) {
    let x = Var.randn(shape, using: RandomSource(seed: 3))
    #expect(
      MaxPool(kernelSize: 3, stride: 2, padding: 1, roundsUp: true)(x).data
        == x.maxPool(kernelSize: 3, stride: 2, padding: 1, roundsUp: true).data)
    #expect(
      MaxPool(kernelSize: 2, dilation: 2)(x).data == x.maxPool(kernelSize: 2, dilation: 2).data)
    #expect(
      AveragePool(kernelSize: 3, padding: 1, countsPadding: false)(x).data
        == x.averagePool(kernelSize: 3, padding: 1, countsPadding: false).data)
    #expect(AdaptiveMaxPool(to: 3)(x).data == x.adaptiveMaxPool(to: 3).data)
    #expect(AdaptiveAveragePool(to: 1)(x).data == x.adaptiveAveragePool(to: 1).data)
    #expect(Upsample(by: 2)(x).data == x.upsample(by: 2).data)
    #expect(Upsample(to: 5, mode: .linear())(x).data == x.upsample(to: 5, mode: .linear()).data)
  }
}

@Suite struct ReshapingLayerTests {
  @Test func flattenJoinsAxes() {
    let x = Var.rand(2, 3, 4, 5)
    #expect(Flatten()(x).shape == [2, 60] && Flatten()(x).data.elements == x.data.elements)
    #expect(Flatten(from: 0)(x).shape == [120] && Flatten(from: 3)(x).shape == [2, 3, 4, 5])
    #expect(Flatten()(Var.zeros(0, 3, 4)).shape == [0, 12])
  }

  @Test func flattenNeedsItsAxis() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Flatten()(Var.ones(3)) }
    expect(result, says: "Flatten: joins axes from 1 on, but got [3]")
  }
}

@Suite struct EmbeddingTests {
  @Test func vectorsAreTheRowsOfTheTable() {
    let layer = Embedding(4, 2)
    layer.weight.data = [[0, 1], [2, 3], [4, 5], [6, 7]]
    #expect(
      layer(Var.from([[3, 0], [1, 1]])).data == [[[6, 7], [0, 1]], [[2, 3], [2, 3]]])
    layer(Var.from([1, 3, 1])).backward()
    #expect(layer.weight.grad == [[0, 0], [2, 2], [0, 0], [1, 1]])
  }

  @Test func valuesAreStandardNormal() {
    let values = Embedding(400, 100, using: RandomSource(seed: 5)).weight.data.elements
    let (mean, deviation) = moments(values)
    #expect(mean.magnitude < 0.02 && (deviation - 1).magnitude < 0.02)
  }

  @Test func anUnknownIndexStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Embedding(4, 2)(Var.from([1, 4])).data }
    expect(result, says: "the label at position 1 is 4.0")
  }
}

@Suite struct DropoutLayerTests {
  @Test func aSeedGivesTheMask() {
    let x = Var.ones(200)
    let first = Dropout(0.5, using: RandomSource(seed: 4))(x).data
    #expect(Dropout(0.5, using: RandomSource(seed: 4))(x).data == first)
    #expect(withSeed(4) { Dropout(0.5)(x).data } == first)
    #expect(Set(first.elements) == [0, 2])
  }

  @Test func modulesSwitchIt() {
    let layer = Dropout(0.5)
    let network = Sequential { Sequential { layer } }
    let x = Var.ones(100)
    let value = network(x)
    #expect(value.data != x.data)
    network.eval()
    value.forward()
    #expect(value.data == x.data && network(x).data == x.data)
    network.train()
    #expect(network(x).data != x.data)
  }

  @Test func aProbabilityBeyondOneStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Dropout(1.5) }
    expect(result, says: "Dropout: the probability is from 0 to 1, but 1.5")
  }
}
