import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// Convolutions, poolings, resamplings and normalisations in configurations drawn from a seed, where
/// contracts have chosen ones: values and gradients against the specification in `Double`, within the
/// tolerances of the contracts.
@Suite struct WindowGridTests {
  @Test(arguments: [1, 2, 3])
  func convolutionsAgreeWithTheSpecification(axes: Int) {
    // Each kind of groups with each way of padding.
    var count = 0
    for kind in Groups.allCases {
      for mode in [.zero, .constant(0.5), .reflective, .replicative] as [PaddingMode] {
        for turn in 0..<(mode == .zero ? 8 : 4) {
          var numbers = Numbers(named: "convolution \(axes) \(kind) \(mode) \(turn)")
          check(convolution(axes, kind, mode, &numbers), "convolution")
          count += 1
        }
      }
    }
    print("\(count) convolutions over \(axes) axes")
  }

  /// Where vectors are wide, about half of these are computed without oneDNN, and half of their gradients.
  @Test(arguments: [1, 2])
  func convolutionsOfFewChannelsAgreeWithTheSpecification(axes: Int) {
    for turn in 0..<16 {
      var numbers = Numbers(named: "few channels \(axes) \(turn)")
      check(fewChannels(axes, &numbers), "convolution")
    }
  }

  @Test(arguments: [1, 2, 3])
  func transposedConvolutionsAgreeWithTheSpecification(axes: Int) {
    var count = 0
    for kind in Groups.allCases {
      for turn in 0..<10 {
        var numbers = Numbers(named: "transposed convolution \(axes) \(kind) \(turn)")
        check(transposedConvolution(axes, kind, &numbers), "transposedConvolution")
        count += 1
      }
    }
    print("\(count) transposed convolutions over \(axes) axes")
  }

  @Test(arguments: [1, 2, 3])
  func poolingsAndResamplingsAgreeWithTheSpecification(axes: Int) {
    var count = 0
    for kind in Pooling.allCases {
      for turn in 0..<12 {
        var numbers = Numbers(named: "pooling \(axes) \(kind) \(turn)")
        check(pooling(axes, kind, &numbers), kind.contract)
        count += 1
      }
    }
    print("\(count) poolings and resamplings over \(axes) axes")
  }

  @Test(arguments: [0, 1, 2, 3])
  func normalisationsAgreeWithTheSpecification(axes: Int) {
    var count = 0
    for kind in ["batchNorm", "layerNorm", "groupNorm"] {
      for turn in 0..<6 {
        var numbers = Numbers(named: "\(kind) \(axes) \(turn)")
        check(normalisation(axes, kind, &numbers), kind)
        count += 1
      }
    }
    print("\(count) normalisations over \(axes) spatial axes")
  }

  private enum Groups: CaseIterable {
    case one, some, depthwise

    /// Groups, channels before and channels after.
    func draw(_ numbers: inout Numbers) -> (groups: Int, inputs: Int, outputs: Int) {
      switch self {
      case .one: return (1, 1 + numbers.int(below: 18), 1 + numbers.int(below: 18))
      case .some:
        let groups = 2 + numbers.int(below: 3)
        return (
          groups, groups * (1 + numbers.int(below: 3)), groups * (1 + numbers.int(below: 3))
        )
      case .depthwise:
        let channels = 1 + numbers.int(below: 18)
        return (channels, channels, channels * (1 + numbers.int(below: 2)))
      }
    }
  }

  private enum Pooling: CaseIterable {
    case greatest, mean, adaptiveGreatest, adaptiveMean, nearest, linear, linearCorners

    var contract: String {
      switch self {
      case .greatest, .adaptiveGreatest: "maxPool"
      case .mean, .adaptiveMean: "averagePool"
      case .nearest, .linear, .linearCorners: "upsample"
      }
    }
  }

  // MARK: Samples

  private func convolution(
    _ axes: Int, _ kind: Groups, _ mode: PaddingMode, _ numbers: inout Numbers
  ) -> Sample {
    while true {
      let (groups, inputs, outputs) = kind.draw(&numbers)
      let input = Shape([1 + numbers.int(below: 2), inputs] + extents(axes, &numbers))
      let kernel = Shape([outputs, inputs / groups] + numbers.perAxis(axes, 1...3))
      let (stride, dilation) = (numbers.perAxis(axes, 1...3), numbers.perAxis(axes, 1...2))
      let padding = numbers.perAxis(axes, (mode == .zero ? 0 : 1)...2)
      let geometry = ConvolutionGeometry(
        strides: stride, dilations: dilation, padding: padding, groups: groups)
      guard let output = try? Convolution(geometry).shape(of: Shapes(input, kernel)),
        (try? checkPadding(padding.map { (before: $0, after: $0) }, of: input, mode)) != nil
      else { continue }
      return Sample(
        "convolution \(input) by \(kernel), stride \(stride), padding \(padding) \(mode), dilation "
          + "\(dilation), groups \(groups)", [.real(input), .real(kernel)], to: output
      ) {
        $0[0].convolution(
          $0[1], stride: PerAxis(stride), padding: PerAxis(padding), paddingMode: mode,
          dilation: PerAxis(dilation), groups: groups)
      }
    }
  }

  private func fewChannels(_ axes: Int, _ numbers: inout Numbers) -> Sample {
    let (inputs, outputs) = (1 + numbers.int(below: 8), 1 + numbers.int(below: 10))
    let rows = axes == 2 ? [3 + numbers.int(below: 3)] : []
    let input = Shape([1 + numbers.int(below: 2), inputs] + rows + [12 + numbers.int(below: 24)])
    let kernel = Shape([outputs, inputs] + rows.map { _ in 3 } + [3 + numbers.int(below: 4)])
    let stride = axes == 2 ? [1 + numbers.int(below: 2), 1] : [1]
    let (padding, dilation) = (numbers.perAxis(axes, 0...2), 1 + numbers.int(below: 4) / 3)
    let geometry = ConvolutionGeometry(
      strides: stride, dilations: stride.map { _ in dilation }, padding: padding.map { $0 + 1 },
      groups: 1)
    return Sample(
      "convolution of few channels \(input) by \(kernel), stride \(stride), dilation \(dilation), "
        + "padding \(geometry.padding)", [.real(input), .real(kernel), .real([outputs])],
      to: try! Convolution(geometry).shape(of: Shapes(input, kernel))
    ) {
      let y = $0[0].convolution(
        $0[1], stride: PerAxis(stride), padding: PerAxis(geometry.padding),
        dilation: PerAxis(dilation))
      return y + $0[2].reshape(Shape([outputs] + stride.map { _ in 1 }))
    }
  }

  private func transposedConvolution(
    _ axes: Int, _ kind: Groups, _ numbers: inout Numbers
  ) -> Sample {
    while true {
      let (groups, outputs, inputs) = kind.draw(&numbers)
      let input = Shape([1 + numbers.int(below: 2), inputs] + numbers.perAxis(axes, 1...4))
      let kernel = Shape([inputs, outputs / groups] + numbers.perAxis(axes, 1...3))
      let (stride, dilation) = (numbers.perAxis(axes, 1...3), numbers.perAxis(axes, 1...2))
      let padding = numbers.perAxis(axes, 0...2)
      let added = stride.map { numbers.int(below: $0) }
      let geometry = ConvolutionGeometry(
        strides: stride, dilations: dilation, padding: padding, groups: groups)
      guard let output = try? geometry.input(of: input, kernel: kernel, outputPadding: added)
      else { continue }
      return Sample(
        "transposed convolution \(input) by \(kernel), stride \(stride), padding \(padding), output "
          + "padding \(added), dilation \(dilation), groups \(groups)",
        [.real(input), .real(kernel)], to: output
      ) {
        $0[0].transposedConvolution(
          $0[1], stride: PerAxis(stride), padding: PerAxis(padding),
          outputPadding: PerAxis(added), dilation: PerAxis(dilation), groups: groups)
      }
    }
  }

  private func pooling(_ axes: Int, _ kind: Pooling, _ numbers: inout Numbers) -> Sample {
    let images = [1 + numbers.int(below: 2), 1 + numbers.int(below: 20)]
    let input = Shape(images + extents(axes, &numbers))
    let size = input.extents[2...].map { 1 + numbers.int(below: 2 * $0) }
    let target = Shape(images + size)
    switch kind {
    case .greatest, .mean: return pooling(input, kind == .greatest, &numbers)
    case .adaptiveGreatest:
      return Sample("adaptive max pool \(input) to \(size)", [.distinct(input)], to: target) {
        $0[0].adaptiveMaxPool(to: PerAxis(size))
      }
    case .adaptiveMean:
      return Sample("adaptive average pool \(input) to \(size)", [.real(input)], to: target) {
        $0[0].adaptiveAveragePool(to: PerAxis(size))
      }
    case .nearest, .linear, .linearCorners:
      let mode =
        kind == .nearest ? UpsamplingMode.nearest : .linear(alignsCorners: kind == .linearCorners)
      return Sample("upsample \(input) to \(size), \(mode)", [.real(input)], to: target) {
        $0[0].upsample(to: PerAxis(size), mode: mode)
      }
    }
  }

  private func pooling(_ input: Shape, _ isMaximum: Bool, _ numbers: inout Numbers) -> Sample {
    let axes = input.rank - 2
    while true {
      let kernels = numbers.perAxis(axes, 1...4)
      let strides = numbers.int(below: 3) == 0 ? nil : numbers.perAxis(axes, 1...3)
      let paddings = numbers.perAxis(axes, 0...2)
      let dilations = numbers.perAxis(axes, 1...(isMaximum ? 2 : 1))
      let (kernel, stride) = (PerAxis(kernels), strides.map { PerAxis($0) })
      let (padding, dilation) = (PerAxis(paddings), PerAxis(dilations))
      let (roundsUp, counts) = (numbers.int(below: 2) == 1, numbers.int(below: 2) == 1)
      guard
        let windows = try? poolingWindows(
          of: input, kernelSize: kernel, stride: stride, padding: padding, dilation: dilation,
          roundsUp: roundsUp),
        let output = try? MaxPool(windows).shape(of: Shapes(input))
      else { continue }
      let label =
        "pool \(input), kernel \(kernels), stride \(strides ?? kernels), padding "
        + "\(paddings)\(roundsUp ? ", rounding up" : "")"
      return isMaximum
        ? Sample("max \(label), dilation \(dilations)", [.distinct(input)], to: output) {
          $0[0].maxPool(
            kernelSize: kernel, stride: stride, padding: padding, dilation: dilation,
            roundsUp: roundsUp)
        }
        : Sample("average \(label), counting padding \(counts)", [.real(input)], to: output) {
          $0[0].averagePool(
            kernelSize: kernel, stride: stride, padding: padding, countsPadding: counts,
            roundsUp: roundsUp)
        }
    }
  }

  private func normalisation(_ axes: Int, _ kind: String, _ numbers: inout Numbers) -> Sample {
    let groups = 1 + numbers.int(below: 4)
    let channels = groups * (1 + numbers.int(below: 5))
    let shape = Shape([2 + numbers.int(below: 3), channels] + extents(axes, &numbers))
    let epsilon = numbers.float(0.001...0.1)
    let label = "\(kind) \(shape), epsilon \(epsilon)"
    return switch kind {
    case "batchNorm": Sample(label, [.real(shape)]) { $0[0].batchNorm(epsilon: epsilon) }
    case "layerNorm": Sample(label, [.real(shape)]) { $0[0].layerNorm(epsilon: epsilon) }
    default:
      Sample("\(label), \(groups) groups", [.real(shape)]) {
        $0[0].groupNorm(groups: groups, epsilon: epsilon)
      }
    }
  }

  /// Odd and even ones, small enough for the specification.
  private func extents(_ axes: Int, _ numbers: inout Numbers) -> [Int] {
    (0..<axes).map { _ in 2 + numbers.int(below: [0, 12, 6, 4][axes]) }
  }

  // MARK: Checks

  private func check(_ sample: Sample, _ name: String) {
    let contract = contracts.first { $0.name == name }!
    let leaves = sample.variables()
    let output = sample.build(leaves)
    #expect(output.shape == sample.result, "\(sample.label)")
    output.forward()
    output.backward(seed(of: sample, output.shape))
    expect(output.data, isValueOf: output, contract, sample)
    expect(
      leaves, haveGradientsOf: output, seed: seed(of: sample, output.shape), contract, sample.label)
  }
}

extension Numbers {
  /// A number for each axis, often the same for all.
  fileprivate mutating func perAxis(_ axes: Int, _ range: ClosedRange<Int>) -> [Int] {
    let all = range.lowerBound + int(below: range.count)
    if int(below: 2) == 0 { return [Int](repeating: all, count: axes) }
    return (0..<axes).map { _ in range.lowerBound + int(below: range.count) }
  }
}
