import Neuronika

let layerFamily = Family(
  "Layers",
  [
    "Linear": { draw in
      let sizes = draw.tell("sizes", [draw.length(), draw.length()])
      let layer = Linear(sizes[0], sizes[1], bias: draw.tell("bias", draw.once(in: 2)))
      let x = draw.real([draw.length(), sizes[0]])
      draw.learnables(of: layer)
      return layer(x)
    }
  ])
