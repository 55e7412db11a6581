import CNeuronikaTiles
import Testing

/// Convolutions of few channels, against loops over one product at a time in `Double`. All operands end
/// at a page that can't be touched.
@Suite struct ConvolutionTests {
  @Test(arguments: Array(1...20))
  func fewOutputsAreConvolved(outputs: Int) {
    var numbers = Numbers(seed: UInt64(outputs))
    for turn in 0..<16 {
      let images = Images.random(outputs: outputs, isFold: false, &numbers)
      let x = floats(images.inputCount, special: turn % 4 == 0, &numbers)
      let kernel = floats(images.kernelCount, special: false, &numbers)
      let bias = turn % 2 == 0 ? floats(outputs, special: false, &numbers) : nil
      let hasRelu = turn % 3 == 0
      var sums = Sums(images.outputCount)
      images.forEachTerm { sums.add($2, x[$0], kernel[$1]) }
      for place in 0..<images.outputCount {
        if let bias { sums.add(place, bias[place % outputs], 1) }
        if hasRelu && sums.values[place] < 0 { sums.values[place] = 0 }
      }
      let v = images.described
      let packed = Fenced([Float](repeating: .nan, count: whole(nk_planes_packed([v]))))
      nk_planes_pack(packed.start, kernel, [v])
      check(
        images, x, packed, images.outputCount, rows: images.images * images.output.0,
        scratch: nk_planes_scratch([v]), sums, &numbers
      ) {
        nk_planes_convolve($0, $1, packed.start, bias, hasRelu ? 1 : 0, $2, [v], $3, $4)
      }
    }
  }

  @Test(arguments: Array(1...20))
  func gradientsOfFewInputsAreFolded(inputs: Int) {
    var numbers = Numbers(seed: UInt64(inputs))
    for turn in 0..<16 {
      var images = Images.random(outputs: numbers.int(1..<20), isFold: true, &numbers)
      images.inputs = inputs
      let g = floats(images.outputCount, special: turn % 4 == 0, &numbers)
      let kernel = floats(images.kernelCount, special: false, &numbers)
      var sums = Sums(images.inputCount)
      images.forEachTerm { sums.add($0, g[$2], kernel[$1]) }
      let v = images.described
      let packed = Fenced([Float](repeating: .nan, count: whole(nk_fold_packed([v]))))
      nk_fold_pack(packed.start, kernel, [v])
      check(
        images, g, packed, images.inputCount, rows: images.images * nk_fold_blocks([v]),
        scratch: nk_fold_scratch([v]), sums, &numbers
      ) { nk_fold_convolution($0, $1, packed.start, $2, [v], $3, $4) }
    }
  }

  /// Where vectors are wide, six outputs are few and sixteen are not, as oneDNN has as many lanes.
  @Test func theRuleCountsVectors() {
    var images = Images(
      images: 2, inputs: 1, outputs: 6, input: (28, 28), kernel: (5, 5), padding: (2, 2))
    let isWide = nk_planes_are_faster([images.described]) != 0
    #expect(isWide == (nk_fold_is_faster([images.described]) != 0))
    func arePlanes(_ change: (inout Images) -> Void) -> Bool {
      var other = images
      change(&other)
      return nk_planes_are_faster([other.described]) != 0
    }
    #expect(!arePlanes { $0.outputs = 16 } && !arePlanes { $0.strides.1 = 2 })
    #expect(!arePlanes { $0.kernel = (1, 1) } && !arePlanes { $0.inputs = 42 })
    #expect(arePlanes { $0.strides.0 = 2 } == isWide && arePlanes { $0.inputs = 40 } == isWide)
    func isFold(_ inputs: Int, by columns: Int) -> Bool {
      images.inputs = inputs
      images.kernel.1 = columns
      return nk_fold_is_faster([images.described]) != 0
    }
    #expect(isFold(6, by: 5) == isWide && isFold(5, by: 3) == isWide && isFold(8, by: 4) == isWide)
    #expect(!isFold(7, by: 5) && !isFold(6, by: 3) && !isFold(9, by: 4) && !isFold(1, by: 1))
    images.dilations.1 = 2
    #expect(!isFold(1, by: 5))
  }

  // MARK: Checks

  /// Sums of products, and of their sizes.
  private struct Sums {
    var values: [Double]
    var sizes: [Double]

    init(_ count: Int) {
      values = [Double](repeating: 0, count: count)
      sizes = values
    }

    mutating func add(_ place: Int, _ a: Float, _ b: Float) {
      let product = Double(a) * Double(b)
      values[place] += product
      sizes[place] += product.magnitude
    }
  }

  /// A result, an operand, scratch memory and the rows to compute.
  private typealias Kernel = (
    UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, Int, Int
  ) -> Void

  /// Runs a kernel on all rows at once, then share by share in any order, with the same bits.
  private func check(
    _ images: Images, _ operand: [Float], _ packed: Fenced, _ count: Int, rows: Int, scratch: Int,
    _ sums: Sums, _ numbers: inout Numbers, _ kernel: Kernel
  ) {
    let (a, b) = (numbers.int(0..<rows + 1), numbers.int(0..<rows + 1))
    let cuts = [0, min(a, b), max(a, b), rows]
    var former: [Float]?
    for shares in [[(0, rows)], [2, 0, 1].map { (cuts[$0], cuts[$0 + 1]) }] {
      let fenced = Fenced(operand)
      let result = Fenced([Float](repeating: -7, count: count))
      let memory = Fenced([Float](repeating: .nan, count: whole(scratch)))
      for (first, last) in shares {
        kernel(result.start, fenced.start, memory.start, first, last)
      }
      let values = result.values
      let isRight = values.indices.allSatisfy { place in
        let (value, truth) = (Double(values[place]), sums.values[place])
        if truth.isNaN { return value.isNaN }
        if truth.isInfinite { return value == truth }
        return (value - truth).magnitude <= 4e-6 * sums.sizes[place]
      }
      #expect(isRight, "\(images)")
      #expect(former.map { sameBits($0, values) } ?? true, "\(images), \(shares)")
      former = values
      let isIntact = [fenced, result, memory, packed].allSatisfy(\.isIntact)
      #expect(isIntact && sameBits(fenced.values, operand), "\(images)")
    }
  }

  private func floats(_ count: Int, special: Bool, _ numbers: inout Numbers) -> [Float] {
    (0..<count).map { _ in
      let draw = numbers.int(0..<200)
      if special && draw < 3 { return [Float.nan, .infinity, -.infinity][draw] }
      return numbers.float(-1...1)
    }
  }

  private func whole(_ floats: Int) -> Int { (floats + 15) / 16 * 16 }
}

/// What the kernels of convolutions are told, and which products they should add up.
private struct Images: CustomStringConvertible {
  var images: Int
  var inputs: Int
  var outputs: Int
  var input: (Int, Int)
  var kernel: (Int, Int)
  var strides = (1, 1)
  var dilations = (1, 1)
  var padding = (0, 0)

  var output: (Int, Int) {
    func count(_ extent: Int, _ taps: Int, _ stride: Int, _ dilation: Int, _ padding: Int) -> Int {
      (extent + 2 * padding - (taps - 1) * dilation - 1) / stride + 1
    }
    return (
      count(input.0, kernel.0, strides.0, dilations.0, padding.0),
      count(input.1, kernel.1, strides.1, dilations.1, padding.1)
    )
  }
  var inputCount: Int { images * input.0 * input.1 * inputs }
  var outputCount: Int { images * output.0 * output.1 * outputs }
  var kernelCount: Int { outputs * inputs * kernel.0 * kernel.1 }

  var described: nk_images {
    nk_images(
      images: images, inputs: inputs, outputs: outputs, input: input, output: output,
      kernel: kernel, strides: strides, dilations: dilations, padding: padding)
  }

  var description: String {
    "\(images) × \(input) × \(inputs) by \(kernel) to \(output) × \(outputs), strides \(strides), "
      + "dilations \(dilations), padding \(padding)"
  }

  static func random(outputs: Int, isFold: Bool, _ numbers: inout Numbers) -> Images {
    while true {
      var images = Images(
        images: numbers.int(1..<4), inputs: numbers.int(1..<6), outputs: outputs,
        input: (numbers.int(1..<12), numbers.int(1..<40)),
        kernel: (numbers.int(1..<5), numbers.int(1..<8)))
      images.strides = (numbers.int(1..<4), isFold ? numbers.int(1..<4) : 1)
      images.dilations = (numbers.int(1..<3), isFold ? 1 : numbers.int(1..<3))
      images.padding = (numbers.int(0..<4), numbers.int(0..<4))
      let room = (
        images.input.0 + 2 * images.padding.0 - (images.kernel.0 - 1) * images.dilations.0,
        images.input.1 + 2 * images.padding.1 - (images.kernel.1 - 1) * images.dilations.1
      )
      if room.0 > 0 && room.1 > 0 { return images }
    }
  }

  /// Calls the closure with the places of each product's factors in input and kernel, and of the output
  /// they are added to.
  func forEachTerm(_ body: (_ input: Int, _ kernel: Int, _ output: Int) -> Void) {
    var place = 0
    for image in 0..<images {
      for (h, w) in positions(output) {
        for k in 0..<outputs {
          for (i, j) in positions(kernel) {
            let y = h * strides.0 + i * dilations.0 - padding.0
            let x = w * strides.1 + j * dilations.1 - padding.1
            guard 0..<input.0 ~= y, 0..<input.1 ~= x else { continue }
            for c in 0..<inputs {
              body(
                ((image * input.0 + y) * input.1 + x) * inputs + c,
                ((k * inputs + c) * kernel.0 + i) * kernel.1 + j, place)
            }
          }
          place += 1
        }
      }
    }
  }

  private func positions(_ extents: (Int, Int)) -> [(Int, Int)] {
    (0..<extents.0).flatMap { row in (0..<extents.1).map { (row, $0) } }
  }
}
