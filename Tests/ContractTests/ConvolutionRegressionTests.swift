import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// The mistakes of the Rust crate's convolutions, each of which is not made here.
@Suite struct ConvolutionRegressionTests {
  @Test func theOutputOfAStridedPaddedConvolutionWasTooShort() {
    let y = Var.ones(1, 1, 6).convolution(Var.ones(1, 1, 2), stride: 3, padding: 1)
    #expect(y.shape == [1, 1, 3] && y.data.elements == [1, 2, 1])
  }

  @Test func theInputsGradientCameFromColumnsLaidOutAnotherWay() {
    let x = Var.from(Tensor((0..<32).map { Float($0) }, shape: [1, 2, 4, 4])).requiresGrad()
    let kernel = Var.from(Tensor((0..<18).map { Float($0) }, shape: [1, 2, 3, 3]))
    x.convolution(kernel).backward()
    // Each element gets the sum of the kernel's elements that pass over it.
    #expect(x.grad[0, 0, 0, 0] == 0 && x.grad[0, 0, 0, 1] == 1 && x.grad[0, 0, 1, 1] == 8)
    #expect(x.grad[0, 1, 3, 3] == 17 && x.grad[0, 1, 1, 2] == 10 + 11 + 13 + 14)
  }

  @Test func aConvolutionWithoutPaddingAddedOntoStaleGradients() {
    let (x, kernel) = (Var.ones(1, 1, 3).requiresGrad(), Var.ones(1, 1, 2))
    // The gradient of an interior variable starts afresh at each turn over a kept graph.
    let inner = x * 2
    let y = inner.convolution(kernel)
    for turn in 1...3 {
      y.forward()
      y.backward()
      #expect(inner.grad.elements == [1, 2, 1])
      #expect(x.grad.elements == [2, 4, 2].map { $0 * Float(turn) })
    }
  }

  @Test func aFixedKernelOnADifferentiableInputDidNotExist() {
    let (x, kernel) = (Var.ones(1, 1, 3), Var.ones(1, 1, 2))
    let fixed: Var = x.convolution(kernel)
    let mixes: [VarDiff] = [
      x.requiresGrad().convolution(kernel), x.convolution(kernel.requiresGrad()),
      x.requiresGrad().convolution(kernel.requiresGrad()),
    ]
    #expect(mixes.allSatisfy { $0.data == fixed.data })
  }

  @Test func groupedKernelsSawTheChannelsOfAllGroups() {
    let x = Var.from(Tensor([1, 2, 10, 20], shape: [1, 2, 2]))
    let y = x.convolution(Var.ones(2, 1, 2), groups: 2)
    #expect(y.data.elements == [3, 30])
  }

  @Test func channelsThatDoNotFitWereReadBeyondTheEnd() {
    let geometry = ConvolutionGeometry(strides: [1], dilations: [1], padding: [0], groups: 1)
    #expect(throws: ShapeError.self) {
      _ = try Convolution(geometry).shape(of: Shapes([1, 2, 4], [1, 3, 2]))
    }
  }

  // Reflected, the border shows the second element and the last but one.
  @Test(arguments: [(PaddingMode.reflective, [1, 3, 1] as [Float]), (.replicative, [2, 1, 2])])
  func aPaddedConvolutionDroppedTheGradientOfTheBorder(_ mode: PaddingMode, _ slopes: [Float]) {
    let x = Var.from(Tensor([1, 2, 3], shape: [1, 1, 3])).requiresGrad()
    x.convolution(Var.ones(1, 1, 1), padding: 1, paddingMode: mode).backward()
    #expect(x.grad.elements == slopes)
  }
}
