import Neuronika

let convolutionFamily = Family(
  "Convolution",
  [
    "convolution": { draw in
      let geometry = draw.geometry(axes: draw.pick([1, 2, 2, 2, 3]))
      let mode = draw.paddingMode()
      let x = draw.real(draw.images(for: geometry))
      let kernel = draw.real(
        Shape([geometry.outputs, geometry.inputs / geometry.groups] + geometry.axes.map(\.kernel)))
      return x.convolution(
        kernel, stride: geometry.stride, padding: geometry.padding, paddingMode: mode,
        dilation: geometry.dilation, groups: geometry.groups)
    },
    "transposedConvolution": { draw in
      let geometry = draw.geometry(axes: draw.pick([1, 2, 2, 2, 3]))
      let added = draw.outputPadding(geometry)
      let x = draw.real(draw.images(forTransposed: geometry))
      let kernel = draw.real(
        Shape([geometry.inputs, geometry.outputs / geometry.groups] + geometry.axes.map(\.kernel)))
      return x.transposedConvolution(
        kernel, stride: geometry.stride, padding: geometry.padding, outputPadding: added,
        dilation: geometry.dilation, groups: geometry.groups)
    },
  ])

/// How a kernel moves, and between how many channels.
nonisolated struct ConvolutionGeometry {
  /// What belongs to one axis.
  struct Axis {
    let kernel, stride, padding, dilation: Int

    /// How many elements the kernel reaches over.
    var span: Int { dilation * (kernel - 1) + 1 }
  }

  let axes: [Axis]
  let inputs, outputs, groups: Int

  var kernelSize: PerAxis { PerAxis(axes.map(\.kernel)) }
  var stride: PerAxis { PerAxis(axes.map(\.stride)) }
  var padding: PerAxis { PerAxis(axes.map(\.padding)) }
  var dilation: PerAxis { PerAxis(axes.map(\.dilation)) }
}

nonisolated extension Drawing {
  mutating func geometry(axes: Int) -> ConvolutionGeometry {
    let axes = (0..<axes).map { _ in
      ConvolutionGeometry.Axis(
        kernel: int(1...4), stride: once(in: 2) ? 1 : int(2...3), padding: int(0...2),
        dilation: once(in: 3) ? int(2...3) : 1)
    }
    _ = tell("kernel", axes.map(\.kernel))
    _ = tell("stride", axes.map(\.stride))
    _ = tell("padding", axes.map(\.padding))
    _ = tell("dilation", axes.map(\.dilation))
    let groups = tell("groups", once(in: 3) ? int(2...4) : 1)
    let channels = tell("channels", [channels(groups), channels(groups)])
    return ConvolutionGeometry(
      axes: axes, inputs: channels[0], outputs: channels[1], groups: groups)
  }

  /// How many channels there are: once in four times many.
  private mutating func channels(_ groups: Int) -> Int {
    groups * (once(in: 4) ? int(8...33) : int(1...5))
  }

  /// The extent of one of so many spatial axes.
  private mutating func extent(_ axes: Int) -> Int {
    axes < 3 && once(in: 4) ? int(8...20) : int(1...8)
  }

  mutating func paddingMode() -> PaddingMode {
    switch tell("mode", once(in: 4) ? pick(["reflective", "replicative"]) : "zero") {
    case "reflective": .reflective
    case "replicative": .replicative
    default: .zero
    }
  }

  /// How much is added at the end of each axis.
  mutating func outputPadding(_ geometry: ConvolutionGeometry) -> PerAxis {
    PerAxis(tell("outputPadding", geometry.axes.map { int(0...$0.stride - 1) }))
  }

  /// The shape of images that a kernel fits into.
  mutating func images(for geometry: ConvolutionGeometry) -> Shape {
    // A reflected border is narrower than the axis.
    let spatial = geometry.axes.map { axis in
      max(extent(geometry.axes.count), axis.span - 2 * axis.padding, axis.padding + 1)
    }
    return Shape([int(1...4), geometry.inputs] + spatial)
  }

  /// The shape of images whose transposed convolution isn't empty.
  mutating func images(forTransposed geometry: ConvolutionGeometry) -> Shape {
    // Nothing is left of a patch that is cut off whole.
    let spatial = geometry.axes.map { axis in
      max(
        extent(geometry.axes.count),
        (2 * axis.padding - axis.span + axis.stride) / axis.stride + 1)
    }
    return Shape([int(1...4), geometry.inputs] + spatial)
  }
}
