import Neuronika
import Testing

@Suite struct InitializerTests {
  private func values(_ initializer: Initializer, _ shape: Shape = [300, 200]) -> [Float] {
    initializer.tensor(shape, using: RandomSource(seed: 17)).elements
  }

  /// Mean, deviation and bound; the means of n numbers scatter by deviation / √n.
  private func check(
    _ initializer: Initializer, _ shape: Shape = [300, 200], deviation: Double, bound: Double?,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let values = values(initializer, shape)
    let (mean, found) = moments(values)
    let room = 4 / Double(values.count).squareRoot()
    #expect(mean.magnitude < room * deviation, sourceLocation: sourceLocation)
    #expect((found / deviation - 1).magnitude < room, sourceLocation: sourceLocation)
    let extreme = Double(values.map(\.magnitude).max()!)
    if let bound {
      #expect(extreme <= bound * 1.000001 && extreme > 0.99 * bound, sourceLocation: sourceLocation)
    } else {
      #expect(extreme > 3 * deviation, sourceLocation: sourceLocation)
    }
  }

  @Test func constantsAreConstant() {
    #expect(Initializer.constant(3).tensor([2, 2]) == [[3, 3], [3, 3]])
    #expect(Initializer.zeros.tensor([2]) == [0, 0] && Initializer.ones.tensor([2]) == [1, 1])
  }

  @Test func eyeHasOnesOnItsDiagonal() {
    #expect(Initializer.eye.tensor([2, 3]) == [[1, 0, 0], [0, 1, 0]])
    #expect(Initializer.eye.tensor([3, 2]) == [[1, 0], [0, 1], [0, 0]])
  }

  @Test func diracLetsChannelsThroughAndZeroesTheRest() {
    // In the crate the rest kept its former values.
    let layer = Conv2d(3, 4, kernelSize: [3, 5], padding: [1, 2], bias: false)
    layer.weight.initialize(.dirac())
    #expect(layer.weight.data.elements.reduce(0, +) == 3)
    let x = Var.rand(2, 3, 6, 7)
    let y = layer(x).data
    for row in 0..<2 {
      #expect(y[row, 0..<3].elements == x.data[row].elements)
      #expect(y[row, 3].elements.allSatisfy { $0 == 0 })
    }
    let grouped = Conv1d(4, 4, kernelSize: 2, groups: 2, bias: false)
    grouped.weight.initialize(.dirac(groups: 2))
    #expect(
      grouped.weight.data == [
        [[0, 1], [0, 0]], [[0, 0], [0, 1]], [[0, 1], [0, 0]], [[0, 0], [0, 1]],
      ])
  }

  @Test func fansMultiplyTheKernelsExtents() {
    // The crate adds them up: 3 × 3 counts as 6 there.
    let fans = Fans(of: [16, 8, 3, 3])
    #expect(fans.input == 72 && fans.output == 144)
    #expect(Fans(of: [10, 20]).input == 20 && Fans(of: [10, 20]).output == 10)
  }

  @Test func gainsAreThoseOfTheFunctions() {
    #expect(Gain.linear.factor == 1 && Gain.sigmoid.factor == 1 && Gain.tanh.factor == 5.0 / 3)
    #expect(Gain.relu.factor == 2.0.squareRoot() && Gain.selu.factor == 0.75)
    #expect(Gain.leakyRelu().factor == (2 / (1 + 0.0001)).squareRoot())
    #expect(Gain.leakyRelu(slope: 1).factor == 1 && (0.5 as Gain).factor == 0.5)
  }

  @Test func uniformFillsItsRange() {
    let values = values(.uniform(-1..<3))
    let (mean, deviation) = moments(values)
    #expect(values.allSatisfy { -1 <= $0 && $0 < 3 })
    #expect((mean - 1).magnitude < 0.03 && (deviation - 4 / 12.0.squareRoot()).magnitude < 0.02)
  }

  @Test func normalHasItsMoments() {
    let (mean, deviation) = moments(values(.normal(mean: 2, standardDeviation: 0.5)))
    #expect((mean - 2).magnitude < 0.01 && (deviation - 0.5).magnitude < 0.01)
    #expect(values(.normal(mean: 2, standardDeviation: 0), [3]) == [2, 2, 2])
  }

  @Test func xavierFollowsBothFans() {
    // Fans 200 and 300.
    let deviation = (2.0 / 500).squareRoot()
    check(.xavierNormal(), deviation: deviation, bound: nil)
    check(.xavierUniform(), deviation: deviation, bound: deviation * 3.0.squareRoot())
    check(.xavierNormal(gain: .tanh), deviation: deviation * 5 / 3, bound: nil)
    // A kernel: 20 · 9 and 30 · 9.
    check(
      .xavierUniform(gain: .relu), [30, 20, 3, 3], deviation: (4.0 / 450).squareRoot(),
      bound: (12.0 / 450).squareRoot())
  }

  @Test func kaimingFollowsOneFan() {
    check(.kaimingNormal(), deviation: (2.0 / 200).squareRoot(), bound: nil)
    check(.kaimingNormal(fan: .output), deviation: (2.0 / 300).squareRoot(), bound: nil)
    check(
      .kaimingUniform(gain: .leakyRelu(slope: 1)), deviation: (1.0 / 200).squareRoot(),
      bound: (3.0 / 200).squareRoot())
  }

  @Test func truncatedNormalStaysWithinItsBounds() {
    // Deviation of a standard normal within ±2: √(1 − 4 φ(2) / (2 Φ(2) − 1)).
    check(.truncatedNormal(), deviation: 0.879_625_66, bound: 2)
    let narrow = values(.truncatedNormal(mean: 1, standardDeviation: 2, within: 1...1.5))
    #expect(narrow.allSatisfy { 1 <= $0 && $0 <= 1.5 })
    #expect((moments(narrow).mean - 1.25).magnitude < 0.005)
    // The mean beyond 6 is φ(6) / (1 − Φ(6)), that of a Mills ratio.
    let far = values(.truncatedNormal(within: 6...20))
    #expect(far.allSatisfy { 6 <= $0 && $0 <= 20 })
    #expect((moments(far).mean - 6.158_4).magnitude < 0.003)
    let below = values(.truncatedNormal(within: -20 ... -6))
    #expect((moments(below).mean + 6.158_4).magnitude < 0.003)
    // Shares of the distribution: 38.292 % within half a deviation.
    let wide = values(.truncatedNormal(within: -30...30))
    let share = Double(wide.count { $0.magnitude < 0.5 }) / Double(wide.count)
    #expect((share - 0.382_92).magnitude < 0.01)
  }

  @Test(arguments: [[20, 50], [50, 20], [16, 3, 2, 2]] as [Shape])
  func orthogonalRowsOrColumnsAre(_ shape: Shape) {
    let tensor = Initializer.orthogonal(gain: 2).tensor(shape, using: RandomSource(seed: 9))
    let matrix = Var(tensor).reshape([shape[0], shape.count / shape[0]])
    let isWide = matrix.shape[0] <= matrix.shape[1]
    let products = isWide ? matrix.mm(matrix.t()) : matrix.t().mm(matrix)
    let expected = Var.eye(products.shape[0]) * 4
    #expect(distance(products.data.elements, expected.data.elements) < 1e-5)
  }

  @Test func sourcesDecideAndNamesStay() {
    let (a, b) = (Linear(4, 3), Linear(4, 3))
    a.weight.initialize(.xavierNormal(), using: RandomSource(seed: 1))
    b.weight.initialize(.xavierNormal(), using: RandomSource(seed: 1))
    #expect(a.weight.data == b.weight.data && a.weight.name == "weight")
    withSeed(1) { b.weight.initialize(.xavierNormal()) }
    #expect(a.weight.data == b.weight.data)
    b.weight.initialize(.xavierNormal(), using: RandomSource(seed: 2))
    #expect(a.weight.data != b.weight.data)
  }

  @Test func oneOfTheUsersOwn() {
    let counting = Initializer("counting") { shape, _ in
      Tensor((0..<shape.count).map(Float.init), shape: shape)
    }
    #expect(counting.tensor([2, 2]) == [[0, 1], [2, 3]])
  }

  @Test func aBiasHasNoFans() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Linear(3, 2).bias!.initialize(.xavierUniform()) }
    expect(
      result,
      says: "xavierUniform: fans are those of a weight [outputs, inputs, ...], but [2] has rank 1 "
        + "(it is \"bias\")")
  }

  @Test func diracNeedsAKernel() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Initializer.dirac().tensor([3, 3]) }
    expect(result, says: "dirac: takes a kernel [outputs, inputs, ...] of 1 to 3 axes, not [3, 3]")
  }

  @Test func diracNeedsGroupsThatFit() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Initializer.dirac(groups: 2).tensor([3, 3, 1]) }
    expect(result, says: "dirac: the 3 outputs of [3, 3, 1] can't be parted into 2 groups")
  }

  @Test func eyeNeedsAMatrix() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Initializer.eye.tensor([3]) }
    expect(result, says: "eye: takes a matrix [N, M], not [3]")
  }

  @Test func aDeviationBelowZeroStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Initializer.normal(standardDeviation: -1) }
    expect(result, says: "normal: mean and standard deviation are finite")
  }

  @Test func boundsWithoutProbabilityStop() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Initializer.truncatedNormal(within: 100...101) }
    expect(result, says: "truncatedNormal: no number is left within 100.0...101.0")
  }
}
