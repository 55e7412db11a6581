import Neuronika

let layerFamily = Family(
  "Layers",
  [
    "Linear": { draw in
      let sizes = draw.tell("sizes", [draw.length(), draw.length()])
      let layer = Linear(sizes[0], sizes[1], bias: draw.bias())
      if draw.once(in: 2) { return draw.applied(layer, to: [draw.length(), sizes[0]]) }
      let rows = (0..<draw.int(0...3)).map { _ in draw.int(1...5) }
      return draw.applied(layer, to: Shape(rows + [sizes[0]]))
    },
    "Embedding": { draw in
      let sizes = draw.tell("sizes", [draw.length(), draw.int(1...19)])
      let layer = Embedding(sizes[0], sizes[1])
      let indices = draw.labels(draw.shape(ranks: 0...3), below: sizes[0])
      draw.learnables(of: layer)
      return layer(indices)
    },
    "LSTMCell": { draw in
      let sizes = draw.tell("sizes", [draw.length(), draw.length()])
      let cell = LSTMCell(sizes[0], sizes[1], bias: draw.bias())
      let rows = draw.length()
      let x = draw.real([rows, sizes[0]])
      let state = LSTMState(
        hidden: draw.real([rows, sizes[1]]), cell: draw.real([rows, sizes[1]]))
      draw.learnables(of: cell)
      let next = cell(x, cell(x, state))
      return cat([next.hidden, next.cell], axis: 1)
    },
    "GRUCell": { draw in
      let sizes = draw.tell("sizes", [draw.length(), draw.length()])
      let cell = GRUCell(sizes[0], sizes[1], bias: draw.bias())
      let rows = draw.length()
      let (x, hidden) = (draw.real([rows, sizes[0]]), draw.real([rows, sizes[1]]))
      draw.learnables(of: cell)
      return cell(x, cell(x, hidden))
    },
    "Conv1d": { draw in
      let g = draw.geometry(axes: 1)
      let layer = Conv1d(
        g.inputs, g.outputs, kernelSize: g.kernelSize, stride: g.stride, padding: g.padding,
        paddingMode: draw.paddingMode(), dilation: g.dilation, groups: g.groups, bias: draw.bias())
      return draw.applied(layer, to: draw.images(for: g))
    },
    "Conv2d": { draw in
      let g = draw.geometry(axes: 2)
      let layer = Conv2d(
        g.inputs, g.outputs, kernelSize: g.kernelSize, stride: g.stride, padding: g.padding,
        paddingMode: draw.paddingMode(), dilation: g.dilation, groups: g.groups, bias: draw.bias())
      return draw.applied(layer, to: draw.images(for: g))
    },
    "Conv3d": { draw in
      let g = draw.geometry(axes: 3)
      let layer = Conv3d(
        g.inputs, g.outputs, kernelSize: g.kernelSize, stride: g.stride, padding: g.padding,
        paddingMode: draw.paddingMode(), dilation: g.dilation, groups: g.groups, bias: draw.bias())
      return draw.applied(layer, to: draw.images(for: g))
    },
    "ConvTranspose1d": { draw in
      let g = draw.geometry(axes: 1)
      let layer = ConvTranspose1d(
        g.inputs, g.outputs, kernelSize: g.kernelSize, stride: g.stride, padding: g.padding,
        outputPadding: draw.outputPadding(g), dilation: g.dilation, groups: g.groups,
        bias: draw.bias())
      return draw.applied(layer, to: draw.images(forTransposed: g))
    },
    "ConvTranspose2d": { draw in
      let g = draw.geometry(axes: 2)
      let layer = ConvTranspose2d(
        g.inputs, g.outputs, kernelSize: g.kernelSize, stride: g.stride, padding: g.padding,
        outputPadding: draw.outputPadding(g), dilation: g.dilation, groups: g.groups,
        bias: draw.bias())
      return draw.applied(layer, to: draw.images(forTransposed: g))
    },
    "ConvTranspose3d": { draw in
      let g = draw.geometry(axes: 3)
      let layer = ConvTranspose3d(
        g.inputs, g.outputs, kernelSize: g.kernelSize, stride: g.stride, padding: g.padding,
        outputPadding: draw.outputPadding(g), dilation: g.dilation, groups: g.groups,
        bias: draw.bias())
      return draw.applied(layer, to: draw.images(forTransposed: g))
    },
    "MaxPool": { draw in
      let windows = draw.windows()
      let layer = MaxPool(
        kernelSize: PerAxis(windows.map(\.kernel)), stride: PerAxis(windows.map(\.stride)),
        padding: PerAxis(windows.map(\.padding)), roundsUp: draw.tell("roundsUp", draw.once(in: 3)))
      return layer(draw.distinct(draw.images(windows.map { draw.int($0.kernel...12) })))
    },
    "AveragePool": { draw in
      let windows = draw.windows()
      let layer = AveragePool(
        kernelSize: PerAxis(windows.map(\.kernel)), stride: PerAxis(windows.map(\.stride)),
        padding: PerAxis(windows.map(\.padding)),
        countsPadding: draw.tell("countsPadding", draw.once(in: 2)),
        roundsUp: draw.tell("roundsUp", draw.once(in: 3)))
      return draw.applied(layer, to: draw.images(windows.map { draw.int($0.kernel...12) }))
    },
    "AdaptiveMaxPool": { draw in
      let spatial = (0..<draw.int(1...3)).map { _ in draw.int(1...12) }
      let size = draw.tell("size", spatial.map { draw.int(1...$0) })
      return AdaptiveMaxPool(to: PerAxis(size))(draw.distinct(draw.images(spatial)))
    },
    "AdaptiveAveragePool": { draw in
      let spatial = (0..<draw.int(1...3)).map { _ in draw.int(1...12) }
      let size = draw.tell("size", spatial.map { draw.int(1...$0) })
      return draw.applied(AdaptiveAveragePool(to: PerAxis(size)), to: draw.images(spatial))
    },
    "BatchNorm": { draw in
      let shape = draw.shape(ranks: 2...5, extents: 3...7)
      let layer = BatchNorm(
        draw.tell("channels", shape[1]), momentum: draw.tell("momentum", draw.float(0...1)),
        epsilon: draw.addend(), learnsScale: draw.scale())
      layer.mode.isTraining = draw.tell("isTraining", draw.once(in: 2))
      let x = draw.distinct(shape)
      layer.runningMean.data = draw.buffer([shape[1]], -1...1)
      layer.runningVariance.data = draw.buffer([shape[1]], 0.2...2)
      draw.learnables(of: layer)
      let y = layer(x)
      // That is when the running statistics move; the value has them too.
      y.forward()
      let statistics = [layer.runningMean, layer.runningVariance].map { VarDiff(Var($0.data)) }
      return cat([y.reshape([y.shape.count])] + statistics, axis: 0)
    },
    "GroupNorm": { draw in
      let groups = draw.tell("groups", draw.int(1...4))
      let shape = draw.shape(ranks: 3...5, extents: 3...6)
      let channels = draw.tell("channels", groups * draw.int(1...4))
      let layer = GroupNorm(
        groups: groups, channels, epsilon: draw.addend(), learnsScale: draw.scale())
      return draw.applied(layer, toDistinct: shape.replacing(axis: 1, with: channels))
    },
    "LayerNorm": { draw in
      let shape = draw.shape(ranks: 1...4, extents: 3...9)
      let normalized = draw.tell("shape", Array(shape.extents.suffix(draw.int(1...shape.rank))))
      let layer = LayerNorm(
        Shape(normalized), epsilon: draw.addend(), learnsScale: draw.scale())
      return draw.applied(layer, toDistinct: shape)
    },
    "Dropout": { draw in
      let isTraining = draw.tell("isTraining", draw.once(in: 2))
      let probability = isTraining ? draw.pick([0, 1]) : draw.float(0...1)
      let layer = Dropout(draw.tell("probability", probability))
      layer.mode.isTraining = isTraining
      return draw.applied(layer, to: draw.shape())
    },
    "Identity": { draw in draw.applied(Identity(), to: draw.shape()) },
    "Flatten": { draw in
      let shape = draw.shape(ranks: 1...4)
      let axis = draw.tell("axis", draw.int(0...shape.rank - 1))
      return draw.applied(Flatten(from: axis), to: shape)
    },
    "Upsample": { draw in
      let shape = draw.shape(ranks: 3...5, extents: 1...5)
      let mode = draw.upsamplingMode()
      let factors = (2..<shape.rank).map { _ in draw.int(1...4) }
      let size = draw.tell("size", zip(shape.extents.dropFirst(2), factors).map { $0 * $1 })
      return draw.once(in: 2)
        ? draw.applied(Upsample(to: PerAxis(size), mode: mode), to: shape)
        : draw.applied(Upsample(by: PerAxis(factors), mode: mode), to: shape)
    },
  ])

nonisolated extension Drawing {
  fileprivate mutating func bias() -> Bool { tell("bias", once(in: 2)) }

  /// Whether a normalization learns a scale and a shift.
  fileprivate mutating func scale() -> Bool { tell("scale", !once(in: 3)) }

  /// What is added to a variance.
  fileprivate mutating func addend() -> Float { tell("epsilon", float(1e-5...1e-2)) }

  /// What a layer keeps but doesn't learn, as a constant operand.
  fileprivate mutating func buffer(_ shape: Shape, _ range: ClosedRange<Float>) -> Tensor {
    let tensor = tensor(shape, range)
    _ = constant(tensor)
    return tensor
  }

  /// A layer with drawn values, of a random input.
  mutating func applied(_ layer: some Layer, to shape: Shape) -> VarDiff {
    let x = real(shape)
    learnables(of: layer)
    return layer(x)
  }

  /// The same without ties in the input.
  fileprivate mutating func applied(_ layer: some Layer, toDistinct shape: Shape) -> VarDiff {
    let x = distinct(shape)
    learnables(of: layer)
    return layer(x)
  }
}
