import Neuronika

let normalizationFamily = Family(
  "Normalization",
  [
    "layerNorm": { draw in
      let epsilon = draw.tell("epsilon", draw.float(1e-5...1e-2))
      // A normalized row of two is (−1, 1) whatever it was: its gradient is what rounding leaves.
      return draw.distinct(draw.shape(ranks: 1...4, extents: 3...9)).layerNorm(epsilon: epsilon)
    }
  ])
