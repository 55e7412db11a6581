import Neuronika
import Testing

@Suite struct ConvolutionLayerTests {
  private let source = RandomSource(seed: 21)

  @Test func weightsHaveTheShapesOfTheDocumentation() {
    let plain = Conv2d(3, 16, kernelSize: [3, 5])
    #expect(plain.weight.shape == [16, 3, 3, 5] && plain.bias?.shape == [16])
    #expect(Conv1d(4, 8, kernelSize: 3, groups: 2).weight.shape == [8, 2, 3])
    #expect(Conv3d(4, 8, kernelSize: 3, groups: 4, bias: false).weight.shape == [8, 1, 3, 3, 3])
    #expect(ConvTranspose2d(6, 4, kernelSize: 2, groups: 2).weight.shape == [6, 2, 2, 2])
    #expect(Conv1d(4, 8, kernelSize: 3).namedParameters.map(\.name) == ["weight", "bias"])
    #expect(Conv1d(4, 8, kernelSize: 3, bias: false).namedParameters.map(\.name) == ["weight"])
  }

  @Test func aBiasIsAddedToEachChannel() {
    // In the crate it was added along the last axis (its issue 86).
    let layer = Conv2d(1, 2, kernelSize: 1, using: source)
    layer.weight.data = Tensor([1, 2], shape: [2, 1, 1, 1])
    layer.bias!.data = [10, 20]
    let result = layer(Var.from([[[[1, 2], [3, 4]]]]))
    #expect(result.data == [[[[11, 12], [13, 14]], [[22, 24], [26, 28]]]])
    result.backward()
    #expect(layer.bias!.grad == [4, 4] && layer.weight.grad.elements == [10, 10])
  }

  @Test(arguments: [PaddingMode.zero, .constant(2), .reflective, .replicative])
  func valuesAreThoseOfTheOperation(_ mode: PaddingMode) {
    func check(_ layer: some Layer, _ x: Var, _ expected: VarDiff, _ bias: VarDiff) {
      let ones = [Int](repeating: 1, count: x.rank - 2)
      let sum = expected + bias.reshape(Shape([bias.shape[0]] + ones))
      #expect(layer(x).shape == sum.shape)
      #expect(distance(layer(x).data.elements, sum.data.elements) < 1e-5)
    }
    let signal = Var.randn(2, 4, 11, using: source)
    let one = Conv1d(
      4, 6, kernelSize: 3, stride: 2, padding: 2, paddingMode: mode, dilation: 2, groups: 2,
      using: source)
    check(
      one, signal,
      signal.convolution(
        one.weight, stride: 2, padding: 2, paddingMode: mode, dilation: 2, groups: 2), one.bias!)
    let image = Var.randn(2, 3, 7, 8, using: source)
    let two = Conv2d(3, 5, kernelSize: [3, 2], padding: [1, 0], paddingMode: mode, using: source)
    check(
      two, image, image.convolution(two.weight, padding: [1, 0], paddingMode: mode), two.bias!)
    let volume = Var.randn(1, 2, 5, 6, 4, using: source)
    let three = Conv3d(2, 3, kernelSize: 2, padding: 1, paddingMode: mode, using: source)
    check(
      three, volume, volume.convolution(three.weight, padding: 1, paddingMode: mode), three.bias!)
  }

  @Test func transposedValuesAreThoseOfTheOperation() {
    let signal = Var.randn(2, 4, 5, using: source)
    let one = ConvTranspose1d(4, 6, kernelSize: 3, stride: 2, dilation: 2, groups: 2, using: source)
    let expected = signal.transposedConvolution(one.weight, stride: 2, dilation: 2, groups: 2)
    #expect(one(signal).shape == [2, 6, 13])
    let shifted = expected + one.bias!.reshape([6, 1])
    #expect(distance(one(signal).data.elements, shifted.data.elements) < 1e-5)
    let two = ConvTranspose2d(
      3, 2, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1, bias: false, using: source)
    let image = Var.randn(1, 3, 4, 4, using: source)
    #expect(two(image).shape == [1, 2, 8, 8] && two.bias == nil)
    #expect(
      two(image).data
        == image.transposedConvolution(two.weight, stride: 2, padding: 1, outputPadding: 1).data)
    #expect(
      ConvTranspose3d(2, 1, kernelSize: 2, stride: 2)(Var.ones(1, 2, 2, 3, 4)).shape
        == [1, 1, 4, 6, 8])
  }

  @Test func initialValuesAreUniformWithinTheirBounds() {
    func check(_ layer: some Layer, _ fan: Int) {
      let bound = Float((1 / Double(fan)).squareRoot())
      for parameter in layer.parameters {
        #expect(parameter.data.elements.allSatisfy { -bound <= $0 && $0 < bound })
      }
      let (mean, deviation) = moments(layer.parameters[0].data.elements)
      #expect(mean.magnitude < 0.05 * Double(bound))
      #expect((deviation * 3.0.squareRoot() / Double(bound) - 1).magnitude < 0.03)
    }
    check(Conv1d(16, 64, kernelSize: 5, using: source), 80)
    check(Conv2d(16, 64, kernelSize: 3, groups: 4, using: source), 36)
    check(Conv3d(4, 32, kernelSize: 3, using: source), 108)
    check(ConvTranspose2d(64, 16, kernelSize: 3, groups: 2, using: source), 72)
  }

  @Test func equalSeedsGiveEqualLayers() {
    let layers = (0..<2).map { _ in Conv2d(3, 4, kernelSize: 3, using: RandomSource(seed: 2)) }
    #expect(layers[0].state == layers[1].state)
    #expect(withSeed(2) { Conv2d(3, 4, kernelSize: 3) }.state == layers[0].state)
  }

  @Test func descriptionsSayWhatIsUnusual() {
    #expect("\(Conv2d(3, 16, kernelSize: 3))" == "Conv2d(3 → 16, 3×3)")
    let all = Conv2d(
      4, 8, kernelSize: [3, 5], stride: 2, padding: [0, 1], paddingMode: .reflective, dilation: 2,
      groups: 2, bias: false)
    #expect(
      "\(all)"
        == "Conv2d(4 → 8, 3×5, stride 2, padding 0×1 reflective, dilation 2, 2 groups, no bias)")
    #expect(
      "\(ConvTranspose1d(4, 2, kernelSize: 4, stride: 2, outputPadding: 1))"
        == "ConvTranspose1d(4 → 2, 4, stride 2, output padding 1)")
  }

  @Test func groupsHaveToPartTheChannels() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Conv2d(3, 4, kernelSize: 3, groups: 2) }
    expect(result, says: "Conv2d: 3 inputs and 4 outputs can't both be parted into 2 groups")
  }

  @Test func aKernelHasANumberForEachAxis() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Conv2d(3, 4, kernelSize: [3, 3, 3]) }
    expect(result, says: "Conv2d: kernelSize [3, 3, 3] has 3 numbers for 2 spatial axes")
  }

  @Test func otherChannelsStopWithTheNameOfTheWeight() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let network = Sequential { Conv2d(3, 4, kernelSize: 3) }
      _ = network.parameters
      _ = network(Var.ones(1, 2, 8, 8))
    }
    expect(result, says: "convolution: the kernel sees 3 channels")
    expect(result, says: "(right is \"0.weight\")")
  }
}
