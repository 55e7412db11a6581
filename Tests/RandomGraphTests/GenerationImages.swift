import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

extension Generation {
  /// An image `[N, C, …]` of one to three spatial axes.
  mutating func imageShape() -> Shape {
    let axes = numbers.pick([1, 1, 2, 2, 2, 3])
    let channels = numbers.pick([1, 2, 3, 4, 5, 6, 8, 12, 16, 17])
    let longest = [0, 12, 7, 4][axes]
    return Shape(
      [numbers.int(1...3), channels] + (0..<axes).map { _ in numbers.int(2...longest) })
  }

  private mutating func image() -> Int {
    let limit = limit
    return operand {
      (3...5).contains($0.rank) && $0.count <= limit && $0[1] <= 40
        && $0.extents[2...].allSatisfy { $0 > 0 }
    } ?? leaf(imageShape())
  }

  /// Layers as in a network for images.
  mutating func addImageLayers() {
    var x = leaf(imageShape())
    for _ in 0..<numbers.int(1...3) {
      addConvolution(x)
      if numbers.chance(0.6) {
        let channels = shape(last)[1]
        let ones = [Int](repeating: 1, count: shape(last).rank - 2)
        let (image, bias) = (last, leaf(Shape(channels)))
        let target = Shape([channels] + ones)
        add(
          Move("Add", "$0 + $1.reshape(\(target))") { $0[0] + $0[1].reshape(target) },
          [image, bias], bounds[image] + 1)
      }
      if numbers.chance(0.3) { addBatchNorm(last) }
      if numbers.chance(0.6) { add(numbers.pick([.relu, .relu, .tanh]), [last], bounds[last]) }
      if numbers.chance(0.5) { addPooling(last) }
      x = last
      if shape(x).rank < 3 || shape(x).extents.dropFirst(2).contains(where: { $0 < 1 }) { return }
    }
  }

  mutating func addWindows() {
    switch numbers.below(8) {
    case 0...2: addConvolution(image())
    case 3: addTransposedConvolution(image())
    case 4, 5: addPooling(image())
    case 6: addAdaptivePooling(image())
    default: addUpsampling(image())
    }
  }

  private mutating func perAxis(_ axes: Int, _ range: ClosedRange<Int>) -> [Int] {
    if numbers.chance(0.5) { return [Int](repeating: numbers.int(range), count: axes) }
    return (0..<axes).map { _ in numbers.int(range) }
  }

  /// A number that divides the channels, all of them as often as one.
  private mutating func groups(_ channels: Int) -> Int {
    if channels == 0 || numbers.chance(0.5) { return 1 }
    if numbers.chance(0.4) { return channels }
    return numbers.pick((1...channels).filter { channels % $0 == 0 })
  }

  /// A kernel: a leaf as it is, or one that lies in another order.
  private mutating func kernel(_ shape: Shape) -> Int {
    if numbers.chance(0.85) { return leaf(shape, isDifferentiable: numbers.chance(0.85)) }
    let reversed = leaf(Shape(shape.extents.reversed()))
    add(.transpose, [reversed], 1)
    return last
  }

  mutating func addConvolution(_ x: Int) {
    let input = shape(x)
    let axes = input.rank - 2
    for _ in 0..<8 {
      let groups = groups(input[1])
      let outputs = groups * numbers.int(1...max(1, min(4, 18 / groups)))
      let extents = perAxis(axes, 1...3)
      let shape = Shape([outputs, input[1] / groups] + extents)
      let (stride, dilation) = (perAxis(axes, 1...3), perAxis(axes, 1...2))
      let padding = perAxis(axes, 0...2)
      let mode =
        numbers.chance(0.6)
        ? .zero : numbers.pick([.constant(0.5), .reflective, .replicative] as [PaddingMode])
      let geometry = ConvolutionGeometry(
        strides: stride, dilations: dilation, padding: padding, groups: groups)
      let borders = padding.map { (before: $0, after: $0) }
      guard let output = try? Convolution(geometry).shape(of: Shapes(input, shape)),
        output.count <= limit, (try? checkPadding(borders, of: input, mode)) != nil
      else { continue }
      let terms = shape.count / max(outputs, 1)
      add(
        Move(
          "Convolution",
          "$0.convolution($1, stride: \(stride), padding: \(padding), paddingMode: .\(mode), "
            + "dilation: \(dilation), groups: \(groups))"
        ) {
          $0[0].convolution(
            $0[1], stride: PerAxis(stride), padding: PerAxis(padding), paddingMode: mode,
            dilation: PerAxis(dilation), groups: groups)
        }, [x, kernel(shape)], bounds[x] * Float(max(terms, 1)).squareRoot())
      return
    }
    add(.tanh, [x], 1)
  }

  private mutating func addTransposedConvolution(_ x: Int) {
    let input = shape(x)
    let axes = input.rank - 2
    for _ in 0..<8 {
      let groups = groups(input[1])
      let shape = Shape([input[1], numbers.int(1...3)] + perAxis(axes, 1...3))
      let (stride, dilation) = (perAxis(axes, 1...2), perAxis(axes, 1...2))
      let padding = perAxis(axes, 0...1)
      let outputPadding = stride.map { numbers.below($0) }
      let geometry = ConvolutionGeometry(
        strides: stride, dilations: dilation, padding: padding, groups: groups)
      guard
        let output = try? geometry.input(of: input, kernel: shape, outputPadding: outputPadding),
        output.count <= limit
      else { continue }
      let terms = shape.count / max(shape[1], 1)
      add(
        Move(
          "TransposedConvolution",
          "$0.transposedConvolution($1, stride: \(stride), padding: \(padding), outputPadding: "
            + "\(outputPadding), dilation: \(dilation), groups: \(groups))"
        ) {
          $0[0].transposedConvolution(
            $0[1], stride: PerAxis(stride), padding: PerAxis(padding),
            outputPadding: PerAxis(outputPadding), dilation: PerAxis(dilation), groups: groups)
        }, [x, kernel(shape)], bounds[x] * Float(max(terms, 1)).squareRoot())
      return
    }
    add(.tanh, [x], 1)
  }

  private mutating func addPooling(_ x: Int) {
    let axes = shape(x).rank - 2
    let isMaximum = numbers.chance(0.6)
    for _ in 0..<8 {
      let kernel = perAxis(axes, 1...3)
      let stride: [Int]? = numbers.chance(0.5) ? nil : perAxis(axes, 1...3)
      let padding = perAxis(axes, 0...1)
      let dilation = isMaximum ? perAxis(axes, 1...2) : [Int](repeating: 1, count: axes)
      let (roundsUp, counts) = (numbers.chance(0.3), numbers.chance(0.5))
      let strides = stride.map { PerAxis($0) }
      let windows = try? poolingWindows(
        of: shape(x), kernelSize: PerAxis(kernel), stride: strides, padding: PerAxis(padding),
        dilation: PerAxis(dilation), roundsUp: roundsUp)
      guard windows != nil else { continue }
      let common =
        "kernelSize: \(kernel), stride: \(stride.map { "\($0)" } ?? "nil"), padding: \(padding)"
      if isMaximum {
        // After a rectifier elements are often equal, but then nothing goes back to them.
        let y = numbers.chance(0.4) ? separated(x) : x
        add(
          Move("MaxPool", "$0.maxPool(\(common), dilation: \(dilation), roundsUp: \(roundsUp))") {
            $0[0].maxPool(
              kernelSize: PerAxis(kernel), stride: strides, padding: PerAxis(padding),
              dilation: PerAxis(dilation), roundsUp: roundsUp)
          }, [y], bounds[y])
      } else {
        add(
          Move(
            "AveragePool",
            "$0.averagePool(\(common), countsPadding: \(counts), roundsUp: \(roundsUp))"
          ) {
            $0[0].averagePool(
              kernelSize: PerAxis(kernel), stride: strides, padding: PerAxis(padding),
              countsPadding: counts, roundsUp: roundsUp)
          }, [x], bounds[x])
      }
      return
    }
    add(.tanh, [x], 1)
  }

  private mutating func addAdaptivePooling(_ x: Int) {
    let size = shape(x).extents[2...].map { numbers.int(1...min($0 + 1, 5)) }
    if shape(x)[0] * shape(x)[1] * size.reduce(1, *) > limit { return addUnary() }
    if numbers.chance(0.5) {
      let y = separated(x)
      add(
        Move("MaxPool", "$0.adaptiveMaxPool(to: \(size))") {
          $0[0].adaptiveMaxPool(to: PerAxis(size))
        }, [y], 2)
    } else {
      add(
        Move("AveragePool", "$0.adaptiveAveragePool(to: \(size))") {
          $0[0].adaptiveAveragePool(to: PerAxis(size))
        }, [x], bounds[x])
    }
  }

  private mutating func addUpsampling(_ x: Int) {
    let mode = numbers.pick(
      [.nearest, .linear(), .linear(alignsCorners: true)] as [UpsamplingMode])
    let before = shape(x).extents[2...]
    let factors = before.map { _ in numbers.int(1...2) }
    let size = before.map { numbers.int(1...2 * $0) }
    let scales = numbers.chance(0.4)
    let after = scales ? zip(before, factors).map { $0 * $1 } : size
    if shape(x)[0] * shape(x)[1] * after.reduce(1, *) > limit { return addUnary() }
    let move =
      scales
      ? Move("Upsample", "$0.upsample(by: \(factors), mode: .\(mode))") {
        $0[0].upsample(by: PerAxis(factors), mode: mode)
      }
      : Move("Upsample", "$0.upsample(to: \(size), mode: .\(mode))") {
        $0[0].upsample(to: PerAxis(size), mode: mode)
      }
    add(move, [x], bounds[x])
  }
}
