import Neuronika

let poolingFamily = Family(
  "Pooling",
  [
    "maxPool": { draw in
      let windows = draw.windows()
      let dilations = draw.tell("dilation", windows.map { _ in draw.once(in: 4) ? 2 : 1 })
      let spatial = zip(windows, dilations).map { draw.int(($0.kernel - 1) * $1 + 1...12) }
      return draw.distinct(draw.images(spatial)).maxPool(
        kernelSize: PerAxis(windows.map(\.kernel)), stride: PerAxis(windows.map(\.stride)),
        padding: PerAxis(windows.map(\.padding)), dilation: PerAxis(dilations),
        roundsUp: draw.tell("roundsUp", draw.once(in: 3)))
    },
    "averagePool": { draw in
      let windows = draw.windows()
      let spatial = windows.map { draw.int($0.kernel...12) }
      return draw.real(draw.images(spatial)).averagePool(
        kernelSize: PerAxis(windows.map(\.kernel)), stride: PerAxis(windows.map(\.stride)),
        padding: PerAxis(windows.map(\.padding)),
        countsPadding: draw.tell("countsPadding", draw.once(in: 2)),
        roundsUp: draw.tell("roundsUp", draw.once(in: 3)))
    },
    "adaptiveMaxPool": { draw in
      let spatial = (0..<draw.int(1...3)).map { _ in draw.int(1...12) }
      let size = draw.tell("size", spatial.map { draw.int(1...$0) })
      return draw.distinct(draw.images(spatial)).adaptiveMaxPool(to: PerAxis(size))
    },
    "adaptiveAveragePool": { draw in
      let spatial = (0..<draw.int(1...3)).map { _ in draw.int(1...12) }
      let size = draw.tell("size", spatial.map { draw.int(1...$0) })
      return draw.real(draw.images(spatial)).adaptiveAveragePool(to: PerAxis(size))
    },
  ])

nonisolated extension Drawing {
  /// A batch of images with some channels.
  mutating func images(_ spatial: [Int]) -> Shape {
    Shape([int(1...4), once(in: 4) ? int(8...33) : int(1...5)] + spatial)
  }

  /// Windows along one to three axes.
  mutating func windows() -> [(kernel: Int, stride: Int, padding: Int)] {
    let windows = (0..<pick([1, 2, 2, 2, 3])).map { _ in
      let kernel = int(1...4)
      return (kernel: kernel, stride: int(1...4), padding: int(0...kernel / 2))
    }
    _ = tell("kernel", windows.map(\.kernel))
    _ = tell("stride", windows.map(\.stride))
    _ = tell("padding", windows.map(\.padding))
    return windows
  }
}
