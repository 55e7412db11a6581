import Neuronika

// A normalized row of two is (−1, 1) whatever it was: its gradient is what rounding leaves. So there
// are three elements at least.
let normalizationFamily = Family(
  "Normalization",
  [
    "layerNorm": { draw in
      let epsilon = draw.tell("epsilon", draw.float(1e-5...1e-2))
      return draw.distinct(draw.shape(ranks: 1...4, extents: 3...9)).layerNorm(epsilon: epsilon)
    },
    "batchNorm": { draw in
      let epsilon = draw.tell("epsilon", draw.float(1e-5...1e-2))
      return draw.distinct(draw.shape(ranks: 2...5, extents: 3...7)).batchNorm(epsilon: epsilon)
    },
    "groupNorm": { draw in
      let epsilon = draw.tell("epsilon", draw.float(1e-5...1e-2))
      let groups = draw.tell("groups", draw.int(1...4))
      let shape = draw.shape(ranks: 3...5, extents: 3...6)
      let grouped = shape.replacing(axis: 1, with: groups * draw.int(1...4))
      return draw.distinct(grouped).groupNorm(groups: groups, epsilon: epsilon)
    },
  ])
