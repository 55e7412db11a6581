import Neuronika

let softmaxFamily = Family(
  "Softmax",
  [
    "softmax": { draw in
      let x = draw.real(draw.shape(ranks: 1...4), -6...6)
      return x.softmax(axis: draw.axis(of: x.shape))
    },
    "logSoftmax": { draw in
      let x = draw.real(draw.shape(ranks: 1...4), -6...6)
      return x.logSoftmax(axis: draw.axis(of: x.shape))
    },
  ])
