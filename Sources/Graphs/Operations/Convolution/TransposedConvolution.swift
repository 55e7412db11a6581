import NeuronikaTensors

extension Variable {
  /// The transpose of a convolution, which turns each element into a patch and adds patches up: it
  /// enlarges where a convolution with a stride shrinks.
  ///
  /// It is the gradient that ``convolution(_:stride:padding:paddingMode:dilation:groups:)`` with
  /// the same kernel sends to its input.
  ///
  /// **Shape:** `[N, K, O…]` by `[K, C / groups, T…]` → `[N, C, stride (O − 1) + dilation (T − 1) + 1 −
  /// 2 padding + outputPadding …]`.
  ///
  /// **Gradient:** of the input the convolution of the upstream gradient; of the kernel the
  /// correlation of upstream gradient and input.
  ///
  /// **Numerics:** as `convolution`.
  ///
  /// **Source:** Dumoulin and Visin, *A guide to convolution arithmetic for deep learning*, 2016,
  /// section 4.
  ///
  /// - Parameters:
  ///   - kernel: `[K, C / groups, T…]`: channels of the input first.
  ///   - stride: How far apart the patches lie, at least 1.
  ///   - padding: How much is cut off on both sides of each spatial axis.
  ///   - outputPadding: How much is added at the end of each spatial axis, below the stride: several
  ///     lengths shrink to one under a stride, and this chooses among them.
  ///   - dilation: How far apart the kernel's elements lie, at least 1.
  ///   - groups: How many parts the channels fall into.
  public func transposedConvolution(
    _ kernel: Var, stride: PerAxis = 1, padding: PerAxis = 0, outputPadding: PerAxis = 0,
    dilation: PerAxis = 1, groups: Int = 1
  ) -> Self {
    Self(transposed(node, kernel.node, stride, padding, outputPadding, dilation, groups))
  }
  public func transposedConvolution(
    _ kernel: VarDiff, stride: PerAxis = 1, padding: PerAxis = 0, outputPadding: PerAxis = 0,
    dilation: PerAxis = 1, groups: Int = 1
  ) -> VarDiff {
    VarDiff(transposed(node, kernel.node, stride, padding, outputPadding, dilation, groups))
  }
}

private func transposed(
  _ x: Node, _ kernel: Node, _ stride: PerAxis, _ padding: PerAxis, _ outputPadding: PerAxis,
  _ dilation: PerAxis, _ groups: Int
) -> Node {
  do throws(ShapeError) {
    let axes = try spatialAxes(of: x.shape)
    let geometry = ConvolutionGeometry(
      strides: try stride.resolved(axes: axes, "stride"),
      dilations: try dilation.resolved(axes: axes, "dilation"),
      padding: try padding.resolved(axes: axes, "padding", atLeast: 0), groups: groups)
    let target = try geometry.input(
      of: x.shape, kernel: kernel.shape,
      outputPadding: try outputPadding.resolved(axes: axes, "outputPadding", atLeast: 0))
    return apply(ConvolutionInputGradient(geometry, to: target), x, kernel)
  } catch { stopProgram("transposedConvolution: \(error.description)") }
}

extension ConvolutionGeometry {
  /// The shape of the input that a convolution with this kernel turns into an output.
  package func input(
    of output: Shape, kernel: Shape, outputPadding: [Int]
  ) throws(ShapeError) -> Shape {
    guard (3...5).contains(output.rank), kernel.rank == output.rank else {
      throw ShapeError(
        "takes [N, K, …] with 1 to 3 spatial axes and a kernel [K, C / groups, …] of as many. "
          + "input \(output) · kernel \(kernel)")
    }
    guard groups >= 1, kernel[0] % groups == 0, kernel[0] == output[1] else {
      throw ShapeError(
        "the kernel takes \(kernel[0]) channels in \(groups) groups, but the input has "
          + "\(output[1]). input \(output) · kernel \(kernel)")
    }
    var extents = [output[0], kernel[1] * groups]
    for axis in strides.indices {
      guard output[axis + 2] > 0, kernel[axis + 2] > 0 else {
        throw ShapeError(
          "axis \(axis + 2) is empty. input \(output) · kernel \(kernel)")
      }
      guard outputPadding[axis] < strides[axis] else {
        throw ShapeError(
          "outputPadding \(outputPadding[axis]) of axis \(axis + 2) has to be below the stride, "
            + "\(strides[axis])")
      }
      let extent =
        (output[axis + 2] - 1) * strides[axis] + (kernel[axis + 2] - 1) * dilations[axis] + 1
        - 2 * padding[axis] + outputPadding[axis]
      guard extent > 0 else {
        throw ShapeError(
          "padding \(padding[axis]) leaves nothing of axis \(axis + 2). input \(output) · kernel "
            + "\(kernel)")
      }
      extents.append(extent)
    }
    return Shape(extents)
  }
}
