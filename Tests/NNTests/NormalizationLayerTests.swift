import Neuronika
import Testing

/// Means and variances of the channels of `[N, C, …]`, in `Double`.
private func statistics(_ tensor: Tensor) -> (means: [Double], variances: [Double], count: Int) {
  let (rows, channels) = (tensor.shape[0], tensor.shape[1])
  let space = tensor.count / (rows * channels)
  let elements = tensor.elements
  var (means, variances): ([Double], [Double]) = ([], [])
  for channel in 0..<channels {
    let values = (0..<rows * space).map {
      Double(elements[($0 / space * channels + channel) * space + $0 % space])
    }
    let mean = values.reduce(0, +) / Double(values.count)
    means.append(mean)
    variances.append(
      values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
  }
  return (means, variances, rows * space)
}

@Suite struct BatchNormTests {
  private let source = RandomSource(seed: 12)

  @Test(arguments: [[6, 3], [4, 3, 5], [2, 3, 4, 5], [2, 3, 2, 3, 2]] as [Shape])
  func inTrainingTheBatchIsNormalised(_ shape: Shape) {
    let layer = BatchNorm(3)
    layer.weight!.data = [2, 3, 0.5]
    layer.bias!.data = [1, -1, 0]
    let x = Var(Tensor.randn(shape, using: source))
    let (means, variances, _) = statistics(layer(x).data)
    #expect(distance(means.map { Float($0) }, [1, -1, 0]) < 1e-5)
    #expect(distance(variances.map { Float($0) }, [4, 9, 0.25]) < 1e-3)
  }

  @Test func eachEvaluationMovesTheRunningStatistics() {
    let layer = BatchNorm(2, momentum: 0.25)
    var (means, variances) = ([0.0, 0.0], [1.0, 1.0])
    for step in 1...5 {
      let batch = Tensor.randn([4, 2, 3], using: source)
      let result = layer(Var(batch))
      // Building moves nothing.
      #expect(distance(layer.runningMean.data.elements, means.map { Float($0) }) < 1e-6)
      // Neither does a backward beside the forward that it needs.
      result.forward()
      result.backward()
      let (batchMeans, batchVariances, count) = statistics(batch)
      for channel in 0..<2 {
        let unbiased = batchVariances[channel] * Double(count) / Double(count - 1)
        means[channel] += 0.25 * (batchMeans[channel] - means[channel])
        variances[channel] += 0.25 * (unbiased - variances[channel])
      }
      #expect(distance(layer.runningMean.data.elements, means.map { Float($0) }) < 1e-6, "\(step)")
      #expect(distance(layer.runningVariance.data.elements, variances.map { Float($0) }) < 1e-6)
    }
  }

  @Test func aGraphThatIsKeptMovesThemAtEachForward() {
    let layer = BatchNorm(1, momentum: 0.5)
    let x = Var.from([[1], [3]])
    let loss = layer(x).sum()
    for expected in [1, 1.5, 1.75] as [Float] {
      loss.forward()
      loss.backward()
      loss.backward()
      #expect(layer.runningMean.data == Tensor([expected]))
    }
    x.data = [[5], [5]]
    loss.forward()
    #expect(layer.runningMean.data == [3.375])
    #expect(loss.item == 0)
  }

  @Test func inUseTheRunningStatisticsTakeTheirPlace() {
    let layer = BatchNorm(2)
    layer.runningMean.data = [1, -2]
    layer.runningVariance.data = [4, 0.25]
    layer.weight!.data = [3, 1]
    layer.bias!.data = [0, 10]
    layer.eval()
    let result = layer(Var.from([[3, -2]]))
    #expect(distance(result.data.elements, [3, 10]) < 1e-4)
    #expect(layer.runningMean.data == [1, -2] && layer.runningVariance.data == [4, 0.25])
    layer.runningMean.data = [3, -2]
    result.forward()
    #expect(distance(result.data.elements, [0, 10]) < 1e-4)
  }

  @Test func aGraphFollowsTheMode() {
    let layer = BatchNorm(2)
    let x = Var.randn(8, 2, using: source)
    let result = layer(x)
    let trained = result.data
    result.eval()
    let before = layer.runningMean.data
    result.forward()
    let running = (x - Var(before)) / (Var(layer.runningVariance.data) + 1e-5).sqrt()
    #expect(distance(result.data.elements, running.data.elements) < 1e-5)
    #expect(layer.runningMean.data == before)
    layer.train()
    result.forward()
    #expect(result.data == trained && layer.runningMean.data != before)
  }

  /// The running statistics change between the forwards and the backwards.
  @Test func twoForwardsMayComeBeforeTheirBackwards() {
    let layer = BatchNorm(3)
    let batches = (0..<2).map { _ in Var.randn(5, 3, using: source).requiresGrad() }
    let factor = Var.randn(5, 3, using: source)
    let sums = batches.map { (layer($0) * factor).sum() }
    for sum in sums { sum.forward() }
    for sum in sums { sum.backward() }
    let gradients = batches.map(\.grad)
    for (batch, expected) in zip(batches, gradients) {
      batch.zeroGrad()
      let sum = (batch.batchNorm() * factor).sum()
      sum.backward()
      #expect(distance(batch.grad.elements, expected.elements) < 1e-6)
      // A seed that is a tensor is differentiated apart.
      batch.zeroGrad()
      let result = layer(batch)
      result.forward()
      _ = layer(batch).data
      result.backward(factor.data)
      #expect(distance(batch.grad.elements, expected.elements) < 1e-5)
    }
  }

  @Test func aBackwardInUseRefusesStatisticsThatMovedSince() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let layer = BatchNorm(2)
      layer.eval()
      let sum = layer(Var.ones(3, 2).requiresGrad()).sum()
      sum.forward()
      layer.runningVariance.data = [2, 3]
      sum.backward()
    }
    expect(result, says: "backward: the leaf \"runningVariance\" changed since forward")
  }

  @Test(arguments: [true, false])
  func gradientsAreTheDerivatives(_ isTraining: Bool) throws {
    let layer = BatchNorm(2)
    layer.runningVariance.data = [0.5, 2]
    layer.mode.isTraining = isTraining
    try checkGradients(
      of: { $0[0].mode(of: layer) * $0[0] }, at: [.randn([3, 2, 2], using: source)])
    layer(Var.randn(4, 2, using: source)).square().sum().backward()
    #expect(layer.bias!.grad.elements.count == 2)
  }

  @Test func withoutGradientsTheyMoveToo() {
    let layer = BatchNorm(1, momentum: 1)
    withoutGradients { layer(Var.from([[1], [3]])).forward() }
    #expect(layer.runningMean.data == [2] && layer.runningVariance.data == [2])
  }

  @Test func aLayerThatIsAppliedTwiceMovesTwice() {
    let layer = BatchNorm(1, momentum: 0.5)
    let both = layer(Var.from([[1], [3]])) + layer(Var.from([[9], [11]]))
    both.forward()
    // 2 and 10 in either order: 0.5 · (0.5 · 2) + 5, or 0.5 · 5 + 1.
    #expect(layer.runningMean.data == [5.5] || layer.runningMean.data == [3.5])
  }

  @Test func searchingForAnomaliesMovesNothing() {
    let layer = BatchNorm(1, momentum: 1)
    let x = Var.from([[1], [3]])
    withAnomalyDetection { layer(x).square().sum().backward() }
    #expect(layer.runningMean.data == [2] && layer.runningVariance.data == [2])
  }

  @Test func aStateCarriesTheStatistics() throws {
    let (trained, fresh) = (BatchNorm(3), BatchNorm(3))
    _ = trained(Var.randn(6, 3, using: source)).data
    #expect(trained.state.names == ["weight", "bias", "runningMean", "runningVariance"])
    #expect(trained.namedParameters.map(\.name) == ["weight", "bias"])
    try fresh.load(trained.state)
    (fresh.mode.isTraining, trained.mode.isTraining) = (false, false)
    let x = Var.randn(2, 3, using: source)
    #expect(fresh(x).data == trained(x).data)
  }

  @Test func withoutAScaleItOnlyNormalises() {
    let layer = BatchNorm(3, learnsScale: false)
    let x = Var.randn(4, 3, using: source)
    #expect(layer.parameters.isEmpty && layer.state.count == 2)
    #expect(distance(layer(x).data.elements, x.batchNorm().data.elements) < 1e-6)
  }

  @Test func aNetworkThatLearnsPredictsAloneWhatItDidInBatches() {
    let network = Sequential {
      Linear(2, 16, using: source)
      BatchNorm(16)
      Tanh()
      Linear(16, 1, using: source)
    }
    let optimizer = Adam(network.parameters, learningRate: 0.02)
    let x = Var.randn(64, 2, using: source)
    let y = Var.from((x.data[.all, 0..<1]))
    for _ in 0..<300 {
      let loss = mseLoss(network(x), y)
      loss.backward()
      optimizer.step()
      optimizer.zeroGrad()
    }
    network.eval()
    #expect(mseLoss(network(x), y).item < 0.02)
    let alone = network(Var.from(x.data[0..<1, .all]))
    #expect(distance(alone.data.elements, [network(x).data[0, 0]]) < 1e-5)
  }

  @Test func aSingleElementForEachChannelStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = BatchNorm(4)(Var.ones(1, 4)) }
    expect(
      result, says: "BatchNorm: in training a channel needs more than one element, but got [1, 4]")
  }

  @Test func otherChannelsStop() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let network = Sequential { BatchNorm(4) }
      _ = network.parameters
      _ = network(Var.ones(2, 3, 5))
    }
    expect(
      result,
      says: "BatchNorm: takes [N, 4, ...], but got [2, 3, 5] (its weight is \"0.weight\")")
  }
}

extension VarDiff {
  fileprivate func mode(of layer: BatchNorm) -> VarDiff { layer(self) }
}

@Suite struct LayerNormTests {
  private let source = RandomSource(seed: 13)

  @Test func theLastAxesAreNormalised() {
    let layer = LayerNorm([3, 4])
    layer.weight!.data = .randn([3, 4], using: source)
    layer.bias!.data = .randn([3, 4], using: source)
    let x = Var.randn(2, 5, 3, 4, using: source)
    let rows = x.reshape([10, 12]).layerNorm().reshape([2, 5, 3, 4])
    let expected = rows * layer.weight! + layer.bias!
    #expect(layer(x).data == expected.data)
    #expect(layer.namedParameters.map(\.name) == ["weight", "bias"])
  }

  @Test func oneAxisIsTheOperation() {
    let x = Var.randn(4, 7, using: source)
    #expect(LayerNorm(7)(x).data == x.layerNorm().data)
    #expect(LayerNorm(7, learnsScale: false).parameters.isEmpty)
  }

  @Test func otherExtentsStop() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = LayerNorm([3, 4])(Var.ones(2, 4, 3)) }
    expect(
      result, says: "LayerNorm: takes an input whose last extents are [3, 4], but got [2, 4, 3]")
  }
}

@Suite struct GroupNormTests {
  private let source = RandomSource(seed: 14)

  @Test func groupsAreNormalisedAndChannelsScaled() {
    let layer = GroupNorm(groups: 2, 6)
    layer.weight!.data = .randn([6], using: source)
    layer.bias!.data = .randn([6], using: source)
    let x = Var.randn(2, 6, 3, 3, using: source)
    let expected =
      x.groupNorm(groups: 2) * layer.weight!.reshape([6, 1, 1]) + layer.bias!.reshape([6, 1, 1])
    #expect(layer(x).data == expected.data)
    #expect(GroupNorm(groups: 3, 6)(Var.ones(2, 6)).data == .zeros([2, 6]))
  }

  @Test func groupsHaveToPartTheChannels() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = GroupNorm(groups: 4, 6) }
    expect(result, says: "GroupNorm: takes channels that can be parted into the groups")
  }
}
