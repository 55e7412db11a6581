import Neuronika

let convolutionFamily = Family(
  "Convolution",
  [
    "convolution": { draw in
      let geometry = draw.geometry()
      let (inputs, outputs) = (draw.channels(geometry.groups), draw.channels(geometry.groups))
      let mode = draw.once(in: 4) ? draw.pick(["reflective", "replicative"]) : "zero"
      // A reflected border is narrower than the axis.
      let spatial = geometry.axes.map { axis in
        max(draw.extent(geometry.axes.count), axis.span - 2 * axis.padding, axis.padding + 1)
      }
      let x = draw.real(Shape([draw.int(1...4), inputs] + spatial))
      let kernel = draw.real(
        Shape([outputs, inputs / geometry.groups] + geometry.axes.map(\.kernel)))
      return x.convolution(
        kernel, stride: PerAxis(geometry.axes.map(\.stride)),
        padding: PerAxis(geometry.axes.map(\.padding)),
        paddingMode: ["reflective": .reflective, "replicative": .replicative][
          draw.tell("mode", mode), default: .zero],
        dilation: PerAxis(geometry.axes.map(\.dilation)), groups: geometry.groups)
    },
    "transposedConvolution": { draw in
      let geometry = draw.geometry()
      let (inputs, outputs) = (draw.channels(geometry.groups), draw.channels(geometry.groups))
      let added = draw.tell(
        "outputPadding", geometry.axes.map { draw.int(0...$0.stride - 1) })
      // Nothing is left of a patch that is cut off whole.
      let spatial = geometry.axes.map { axis in
        max(
          draw.extent(geometry.axes.count),
          (2 * axis.padding - axis.span + axis.stride) / axis.stride + 1)
      }
      let x = draw.real(Shape([draw.int(1...4), inputs] + spatial))
      let kernel = draw.real(
        Shape([inputs, outputs / geometry.groups] + geometry.axes.map(\.kernel)))
      return x.transposedConvolution(
        kernel, stride: PerAxis(geometry.axes.map(\.stride)),
        padding: PerAxis(geometry.axes.map(\.padding)), outputPadding: PerAxis(added),
        dilation: PerAxis(geometry.axes.map(\.dilation)), groups: geometry.groups)
    },
  ])

/// How a kernel moves along an axis.
fileprivate nonisolated struct AxisGeometry {
  let kernel, stride, padding, dilation: Int

  /// How many elements it reaches over.
  var span: Int { dilation * (kernel - 1) + 1 }
}

nonisolated extension Drawing {
  /// How many channels there are: once in four times many.
  fileprivate mutating func channels(_ groups: Int) -> Int {
    groups * (once(in: 4) ? int(8...33) : int(1...5))
  }

  /// The extent of one of so many spatial axes.
  fileprivate mutating func extent(_ axes: Int) -> Int {
    axes < 3 && once(in: 4) ? int(8...20) : int(1...8)
  }

  /// Draws how a kernel moves along one to three axes, and in how many groups the channels fall.
  fileprivate mutating func geometry() -> (axes: [AxisGeometry], groups: Int) {
    let axes = (0..<pick([1, 2, 2, 2, 3])).map { _ in
      AxisGeometry(
        kernel: int(1...4), stride: once(in: 2) ? 1 : int(2...3), padding: int(0...2),
        dilation: once(in: 3) ? int(2...3) : 1)
    }
    _ = tell("stride", axes.map(\.stride))
    _ = tell("padding", axes.map(\.padding))
    _ = tell("dilation", axes.map(\.dilation))
    return (axes, tell("groups", once(in: 3) ? int(2...4) : 1))
  }
}
