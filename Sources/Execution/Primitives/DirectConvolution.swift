import CNeuronikaTiles
import NeuronikaGraphs
import NeuronikaTensors

/// A convolution or an input's gradient with so few channels that the engine's own kernels are faster
/// than oneDNN, whose vectors they would leave half empty. Which these are is a rule by shape that
/// stands with the kernels, and the figures it comes from.
struct DirectConvolution {
  private enum Kernel {
    case planes, fold
  }

  private let kernel: Kernel
  private let images: nk_images
  private let packedCount: Int
  /// The scratch memory of a thread.
  private let scratchCount: Int
  /// What is divided among threads: each has the same bits whoever computes it.
  private let shares: Int

  /// - Returns: nil if it is oneDNN's.
  init?(_ product: ImageProduct) {
    let axes = product.geometry.strides.count
    guard product.size > 0, product.input.count > 0, axes <= 2, product.geometry.groups == 1
    else { return nil }
    // One spatial axis is the second of two.
    func pair(_ numbers: [Int], missing: Int) -> (Int, Int) {
      axes == 2 ? (numbers[0], numbers[1]) : (missing, numbers[0])
    }
    func extents(_ shape: Shape) -> (Int, Int) {
      pair(Array(shape.extents.dropFirst(2)), missing: 1)
    }
    images = nk_images(
      images: product.input[0], inputs: product.input[1], outputs: product.output[1],
      input: extents(product.input), output: extents(product.output),
      kernel: extents(product.kernel), strides: pair(product.geometry.strides, missing: 1),
      dilations: pair(product.geometry.dilations, missing: 1),
      padding: pair(product.geometry.padding, missing: 0))
    func whole(_ floats: Int) -> Int { (floats + 15) / 16 * 16 }
    var images = images
    switch product.role {
    case .output where nk_planes_are_faster(&images) != 0:
      kernel = .planes
      packedCount = whole(nk_planes_packed(&images))
      scratchCount = whole(nk_planes_scratch(&images))
      shares = images.images * images.output.0
    case .inputGradient where nk_fold_is_faster(&images) != 0:
      kernel = .fold
      packedCount = whole(nk_fold_packed(&images))
      scratchCount = whole(nk_fold_scratch(&images))
      shares = images.images * nk_fold_blocks(&images)
    default: return nil
    }
  }

  /// - Parameters:
  ///   - first: The input, or the output's gradient.
  ///   - second: The kernel.
  ///   - bias: Only for an output.
  func run(
    _ result: UnsafeMutablePointer<Float>, _ first: UnsafePointer<Float>,
    _ second: UnsafePointer<Float>, bias: UnsafePointer<Float>?, hasRelu: Bool, threads: Int,
    _ workspace: Workspace
  ) {
    let packed = workspace.scratch(floats: packedCount + threads * scratchCount)
    var images = images
    withUnsafePointer(to: &images) { images in
      switch kernel {
      case .planes: nk_planes_pack(packed, second, images)
      case .fold: nk_fold_pack(packed, second, images)
      }
      let images = images
      ThreadTeam.divide(threads, threads: threads) {
        for thread in $0 {
          let scratch = packed + packedCount + thread * scratchCount
          let (start, end) = (thread * shares / threads, (thread + 1) * shares / threads)
          switch kernel {
          case .planes:
            nk_planes_convolve(
              result, first, packed, bias, hasRelu ? 1 : 0, scratch, images, start, end)
          case .fold: nk_fold_convolution(result, first, packed, scratch, images, start, end)
          }
        }
      }
    }
  }
}
