import NeuronikaGraphs
import NeuronikaTensors

extension Initializer {
  /// A one in the middle of the kernel that leads from each channel to itself, and zeros everywhere
  /// else: as many channels as fit go through a convolution unchanged.
  ///
  /// **Shape:** `[outputs, inputs, …]` with one to three kernel extents. The middle of an even extent k
  /// is k / 2. Others, or outputs that can't be parted into the groups, stop the program.
  ///
  /// - Parameter groups: How many groups the outputs fall into, each of which keeps its first
  ///   channels; at least 1.
  public static func dirac(groups: Int = 1) -> Initializer {
    require(groups >= 1, "dirac", "groups is at least 1, but \(groups)")
    return Initializer("dirac") { shape, _ throws(ShapeError) in
      guard (3...5).contains(shape.rank) else {
        throw ShapeError("takes a kernel [outputs, inputs, ...] of 1 to 3 axes, not \(shape)")
      }
      guard shape[0] % groups == 0 else {
        throw ShapeError(
          "the \(shape[0]) outputs of \(shape) can't be parted into \(groups) groups")
      }
      var kernel = Tensor.zeros(shape)
      let strides = shape.strides
      let middle = (2..<shape.rank).reduce(0) { $0 + shape[$1] / 2 * strides[$1] }
      let outputs = shape[0] / groups
      if shape.count == 0 { return kernel }
      kernel.withUnsafeMutableElements { elements in
        for group in 0..<groups {
          for channel in 0..<min(outputs, shape[1]) {
            elements[(group * outputs + channel) * strides[0] + channel * strides[1] + middle] = 1
          }
        }
      }
      return kernel
    }
  }
}
