import NeuronikaTensors

extension Variable {
  /// The cross-correlation with a kernel over one, two or three spatial axes: what the field calls
  /// convolution.
  ///
  /// y[n, k, o] = Σ over c and t of x[n, c, stride · o + dilation · t − padding] · kernel[k, c, t],
  /// c running over the channels of k's group.
  ///
  /// **Shape:** `[N, C, L…]` by `[K, C / groups, T…]` → `[N, K, ⌊(L + 2 padding − dilation (T − 1) − 1) /
  /// stride⌋ + 1 …]`. With as many groups as channels it is a depthwise convolution.
  ///
  /// **Gradient:** of the input the transposed convolution of the upstream gradient, folded back where
  /// padding reflects or repeats; of the kernel the correlation of input and upstream gradient.
  ///
  /// **Numerics:** products are added up in `Float`, in blocks. 2NKCT… / groups flops an output
  /// position. Values are kept with channels last between convolutions, poolings and elementwise
  /// operations; another order is made only where it is read. On processors with AVX-512, large ones
  /// by a kernel of 3 × 3 with stride 1 (at least 32 channels, 12 × 12 positions, 2²⁴
  /// multiplications), and their gradients, are computed with Winograd's algorithm, whose worst error
  /// is up to 4 times that of the sum (2e-6 of the greatest element), and in which a NaN or an
  /// infinity reaches the whole block of 4 × 4 results.
  ///
  /// **Errors:** ranks, channels, groups or extents that don't fit stop the program.
  ///
  /// - Parameters:
  ///   - kernel: `[K, C / groups, T…]`, with 1 to 3 spatial axes. A bias is the caller's:
  ///     `+ bias.reshape([K, 1, 1])`.
  ///   - stride: How far the kernel moves, at least 1.
  ///   - padding: How much stands around the input on both sides of each spatial axis.
  ///   - paddingMode: What stands there.
  ///   - dilation: How far apart the kernel's elements lie, at least 1.
  ///   - groups: How many parts input and output channels fall into; each output part sees its input
  ///     part only.
  public func convolution(
    _ kernel: Var, stride: PerAxis = 1, padding: PerAxis = 0, paddingMode: PaddingMode = .zero,
    dilation: PerAxis = 1, groups: Int = 1
  ) -> Self {
    Self(convolved(self, kernel.node, stride, padding, paddingMode, dilation, groups))
  }
  public func convolution(
    _ kernel: VarDiff, stride: PerAxis = 1, padding: PerAxis = 0, paddingMode: PaddingMode = .zero,
    dilation: PerAxis = 1, groups: Int = 1
  ) -> VarDiff {
    VarDiff(convolved(self, kernel.node, stride, padding, paddingMode, dilation, groups))
  }
}

private func convolved(
  _ x: some Variable, _ kernel: Node, _ stride: PerAxis, _ padding: PerAxis, _ mode: PaddingMode,
  _ dilation: PerAxis, _ groups: Int
) -> Node {
  do throws(ShapeError) {
    let axes = try spatialAxes(of: x.shape)
    var geometry = ConvolutionGeometry(
      strides: try stride.resolved(axes: axes, "stride"),
      dilations: try dilation.resolved(axes: axes, "dilation"),
      padding: try padding.resolved(axes: axes, "padding", atLeast: 0), groups: groups)
    // Zeros are the convolution's own.
    if mode == .zero || geometry.padding.allSatisfy({ $0 == 0 }) {
      return apply(Convolution(geometry), x.node, kernel)
    }
    let padded = x.pad(geometry.padding, mode: mode)
    geometry.padding = geometry.padding.map { _ in 0 }
    return apply(Convolution(geometry), padded.node, kernel)
  } catch { stopProgram("convolution: \(error.description)") }
}

package struct Convolution: Operation {
  package static let name = "convolution"
  let geometry: ConvolutionGeometry

  package init(_ geometry: ConvolutionGeometry) { self.geometry = geometry }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    try geometry.output(of: operands[0], kernel: operands[1])
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    var result = ReferenceTensor(shape: shape) { _ in 0 }
    geometry.forEachTerm(input: x[0].shape, kernel: x[1].shape, output: shape) {
      result.elements[$2] += x[0].elements[$0] * x[1].elements[$1]
    }
    return result
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [
      VarDiff(
        apply(ConvolutionInputGradient(geometry, to: x[0].shape), upstream.node, x[1].node)),
      VarDiff(
        apply(ConvolutionKernelGradient(geometry, to: x[1].shape), x[0].node, upstream.node)),
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .convolution(geometry, .output)
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    geometry.write(to: &structure)
  }
}

extension ConvolutionGeometry {
  /// The shape of the output.
  func output(of input: Shape, kernel: Shape) throws(ShapeError) -> Shape {
    guard (3...5).contains(input.rank), kernel.rank == input.rank else {
      throw ShapeError(
        "takes [N, C, …] with 1 to 3 spatial axes and a kernel [K, C / groups, …] of as many. "
          + "input \(input) · kernel \(kernel)")
    }
    guard groups >= 1 else { throw ShapeError("groups is \(groups), but has to be at least 1") }
    guard kernel[0] % groups == 0 else {
      throw ShapeError(
        "the kernel's \(kernel[0]) output channels can't be parted into \(groups) groups. "
          + "kernel \(kernel)")
    }
    guard input[1] == kernel[1] * groups else {
      throw ShapeError(
        "the kernel sees \(kernel[1]) channels in each of \(groups) groups, but the input has "
          + "\(input[1]). input \(input) · kernel \(kernel)")
    }
    var extents = [input[0], kernel[0]]
    for axis in strides.indices {
      let extent = (kernel[axis + 2] - 1) * dilations[axis] + 1
      let room = input[axis + 2] + 2 * padding[axis]
      guard kernel[axis + 2] > 0 else {
        throw ShapeError("axis \(axis + 2) of the kernel \(kernel) is empty")
      }
      guard extent <= room else {
        throw ShapeError(
          "the kernel reaches over \(extent) elements of axis \(axis + 2), where the padded input "
            + "has \(room). input \(input) · kernel \(kernel)")
      }
      extents.append((room - extent) / strides[axis] + 1)
    }
    return Shape(extents)
  }

  /// Calls the closure with the positions of each product's factors in input and kernel, and of the
  /// element of the output that it is added to.
  func forEachTerm(
    input: Shape, kernel: Shape, output: Shape, _ body: (Int, Int, Int) -> Void
  ) {
    let (inputStrides, kernelStrides) = (input.strides, kernel.strides)
    let outputChannels = max(kernel[0] / groups, 1)
    var place = 0
    output.forEachIndex { index in
      let group = index[1] / outputChannels
      Shape(kernel.extents.dropFirst()).forEachIndex { tap in
        var source = index[0] * inputStrides[0] + (group * kernel[1] + tap[0]) * inputStrides[1]
        var factor = index[1] * kernelStrides[0] + tap[0] * kernelStrides[1]
        for axis in strides.indices {
          let position =
            index[axis + 2] * strides[axis] + tap[axis + 1] * dilations[axis] - padding[axis]
          guard (0..<input[axis + 2]).contains(position) else { return }
          source += position * inputStrides[axis + 2]
          factor += tap[axis + 1] * kernelStrides[axis + 2]
        }
        body(source, factor, place)
      }
      place += 1
    }
  }

  func write(to structure: inout StructureWriter) {
    structure.append(strides.count)
    for number in strides + dilations + padding { structure.append(number) }
    structure.append(groups)
  }
}
