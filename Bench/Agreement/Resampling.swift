import Neuronika

let resamplingFamily = Family(
  "Resampling",
  [
    "upsample(to:)": { draw in
      let x = draw.real(draw.shape(ranks: 3...5, extents: 1...7))
      let size = draw.tell("size", x.shape.extents.dropFirst(2).map { draw.int(1...2 * $0 + 2) })
      return x.upsample(to: PerAxis(size), mode: draw.upsamplingMode())
    },
    "upsample(by:)": { draw in
      let x = draw.real(draw.shape(ranks: 3...5, extents: 1...5))
      let factors = (2..<x.rank).map { _ in draw.int(1...4) }
      _ = draw.tell("size", zip(x.shape.extents.dropFirst(2), factors).map { $0 * $1 })
      return x.upsample(by: PerAxis(factors), mode: draw.upsamplingMode())
    },
  ])

nonisolated extension Drawing {
  mutating func upsamplingMode() -> UpsamplingMode {
    if once(in: 2) { return .nearest }
    return .linear(alignsCorners: tell("alignsCorners", once(in: 2)))
  }
}
