import CNeuronikaOneDNN
import CNeuronikaTiles
import NeuronikaGraphs
import NeuronikaTensors

/// A convolution or one of its gradients, as a step of a plan: a oneDNN primitive on images with
/// channels last, or one of the engine's own kernels where channels are few. The kernel is put in the
/// primitive's own order, and its gradient out of it, inside the step; so are images where the
/// primitive wants another order of them.
///
/// Of the orders that oneDNN knows, 64 images of 32 channels and 26 × 26 by a kernel of 64 × 32 × 3 × 3
/// take, in milliseconds on two cores of a Zen 4, for output, input's gradient and kernel's gradient:
/// channels last 6.1, 6.3, 7.0 · blocks of sixteen channels 6.3, 6.1, 6.6 · channels first 9.0, 10.1,
/// 13.0 · by Winograd's algorithm, which wants the blocks, 2.5, 3.9, 3.6 and 1.0 for reordering.
/// Channels last is also an order that a strided view can say, so that nothing else in the engine has
/// to know it.
final class ConvolutionStep {
  let product: ImageProduct
  private let first: SlotOffset
  private let second: SlotOffset
  private let bias: SlotOffset?
  private let out: Int
  private let direct: DirectConvolution?
  /// The step just before, if it is another gradient of the same convolution, and so has the output's
  /// gradient in oneDNN's order.
  private var sibling: ConvolutionStep?

  init(_ product: ImageProduct, first: SlotOffset, second: SlotOffset, bias: SlotOffset?, out: Int)
  {
    (self.product, self.first, self.second, self.bias, self.out) = (
      product, first, second, bias, out
    )
    direct = DirectConvolution(product)
  }

  /// Is told which step is run just before.
  func follow(_ former: ConvolutionStep) {
    guard let own = upstream, let theirs = former.upstream, own.slot == theirs.slot,
      own.offset == theirs.offset, product.output == former.product.output
    else { return }
    sibling = former
  }

  /// The output's gradient, where that is an operand.
  var upstream: SlotOffset? {
    switch product.role {
    case .output: nil
    case .inputGradient: first
    case .kernelGradient: second
    }
  }

  /// Whether oneDNN computes it, from an output's gradient of such a shape, `[N, …, C]`.
  func takesOutput(_ shape: Shape) -> Bool {
    !isDirect && upstream != nil && product.size > 0 && product.input.count > 0
      && product.output.permuted(Lowerer.channelsLast(product.output.rank)) == shape
  }

  /// Whether it is computed without oneDNN.
  var isDirect: Bool { direct != nil }

  /// What its primitive keeps and works with, roughly. By Winograd's algorithm that is images in another
  /// order, and 36 numbers for each 16 of them.
  var bytes: Int {
    let images = product.suitsWinograd ? product.input.count + product.output.count : 0
    return 4 * (product.kernel.count + 4 * images)
  }

  /// As for products of matrices.
  var isParallel: Bool { product.size >= 1 << 20 }

  func run(
    _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ context: RunContext, threads: Int,
    _ workspace: Workspace
  ) {
    let result = slots[out]
    let (a, b) = (slots[first.slot] + first.offset, slots[second.slot] + second.offset)
    let bias = bias.map { UnsafePointer(slots[$0.slot] + $0.offset) }
    if let direct {
      return direct.run(
        result, a, b, bias: bias, hasRelu: product.hasRelu, threads: isParallel ? threads : 1,
        workspace)
    }
    if product.size == 0 || product.input.count == 0 {
      result.update(repeating: 0, count: resultCount)
    } else {
      let (image, kernel, output) =
        switch product.role {
        case .output: (a, b, result)
        case .inputGradient: (result, b, a)
        case .kernelGradient: (a, result, b)
        }
      let primitive = context.primitive(for: self)
      let isLeft = product.role == .output && primitive.pointee.output_is_blocked != 0
      let status = nk_convolution_execute(
        primitive, context.stream, image, kernel, output, context.scratchpad,
        context.hasOutput(of: sibling, for: self) ? 1 : 0, isLeft ? 1 : 0)
      if status != dnnl_success {
        fatalError("oneDNN could not run a convolution: status \(status)")
      }
      context.lastConvolution = self
      if isLeft {
        return unblock(
          result, context.scratchpad! + primitive.pointee.operands.2.offset, bias, threads)
      }
    }
    if let bias {
      finish(result, bias, threads, workspace)
    } else if product.hasRelu {
      rectify(result, resultCount, isParallel ? threads : 1)
    }
  }

  /// Puts the output with channels last, with bias and relu on the way.
  private func unblock(
    _ result: UnsafeMutablePointer<Float>, _ blocks: UnsafeMutableRawPointer,
    _ bias: UnsafePointer<Float>?, _ threads: Int
  ) {
    let channels = product.output[1]
    let pixels = product.output[2] * product.output[3]
    let blocks = UnsafePointer(blocks.assumingMemoryBound(to: Float.self))
    ThreadTeam.divide(product.output[0] * pixels, threads: isParallel ? threads : 1) { share in
      nk_unblock(
        result, blocks, bias, product.hasRelu ? 1 : 0, channels, pixels, share.lowerBound,
        share.upperBound)
    }
  }

  private var resultCount: Int {
    switch product.role {
    case .output: product.output.count
    case .inputGradient: product.input.count
    case .kernelGradient: product.kernel.count
    }
  }

  /// Bias and relu, in place while the result is still in the cache. Not by oneDNN, which adds the
  /// bias first or last, depending on its code: whether a variable between the two is held would
  /// change bits.
  private func finish(
    _ result: UnsafeMutablePointer<Float>, _ bias: UnsafePointer<Float>, _ threads: Int,
    _ workspace: Workspace
  ) {
    let channels = product.output[1]
    if channels == 0 { return }
    let rows = product.output.count / channels
    // The bias repeated, so that short rows are added many at a time.
    let blockRows = max(1, TileProgram.tile / channels)
    let repeated = workspace.scratch(floats: blockRows * channels)
    for row in 0..<blockRows { (repeated + row * channels).update(from: bias, count: channels) }
    ThreadTeam.divide(rows, threads: isParallel ? threads : 1) { share in
      for row in stride(from: share.lowerBound, to: share.upperBound, by: blockRows) {
        let count = min(blockRows, share.upperBound - row) * channels
        let block = result + row * channels
        Kernels.add(block, block, repeated, nil, 1, count)
        if product.hasRelu { Kernels.relu(block, block, nil, nil, 1, count) }
      }
    }
  }
}

extension ImageProduct {
  /// Whether Winograd's algorithm is to be tried, which takes a third of the multiplications, is less
  /// exact, and needs images in another order. oneDNN has it for AVX-512 only.
  ///
  /// Putting them in that order and back included, it takes 0.4 to 0.85 of the time from these sizes
  /// on (4 and 64 images of 32 to 256 channels, 16 × 16 to 58 × 58, two cores of a Zen 4); tiles of
  /// 4 × 4 make it slower on smaller ones. The worst error is at most 3.4 times that of the
  /// direct algorithm, on numbers around 0, positive ones and ones of many sizes.
  ///
  /// **Source:** A. Lavin, S. Gray, "Fast algorithms for convolutional neural networks", CVPR 2016.
  var suitsWinograd: Bool {
    let isPlain =
      geometry.groups == 1 && kernel.extents.dropFirst(2) == [3, 3]
      && geometry.strides == [1, 1] && geometry.dilations == [1, 1]
    return isPlain && min(input[1], output[1]) >= 32 && size >= 1 << 24
      && (input.extents.dropFirst(2) + output.extents.dropFirst(2)).allSatisfy { $0 >= 12 }
  }
}

extension nk_convolution {
  init(_ product: ImageProduct) {
    self.init()
    let axes = product.geometry.strides.count
    role = Int32(product.role.rawValue)
    spatial_axes = Int32(axes)
    winograd = product.suitsWinograd ? 1 : 0
    batch = product.input[0]
    groups = product.geometry.groups
    input_channels = product.input[1]
    output_channels = product.output[1]
    func set(_ field: WritableKeyPath<nk_convolution, (Int, Int, Int)>, _ numbers: [Int]) {
      self[keyPath: field] = (
        numbers[0], axes > 1 ? numbers[1] : 1, axes > 2 ? numbers[2] : 1
      )
    }
    set(\.input, Array(product.input.extents.dropFirst(2)))
    set(\.output, Array(product.output.extents.dropFirst(2)))
    set(\.kernel, Array(product.kernel.extents.dropFirst(2)))
    set(\.strides, product.geometry.strides)
    set(\.dilations, product.geometry.dilations)
    set(\.padding, product.geometry.padding)
  }
}
