import Neuronika

let reductionFamily = Family(
  "Reductions",
  [
    "sum": { draw in
      let x = draw.real(draw.shape(ranks: 1...4))
      return draw.reduced(x, { $0.sum() }, { $0.sum(axes: $1, keepingAxes: $2) })
    },
    "mean": { draw in
      let x = draw.real(draw.shape(ranks: 1...4))
      return draw.reduced(x, { $0.mean() }, { $0.mean(axes: $1, keepingAxes: $2) })
    },
    "max": { draw in
      let x = draw.distinct(draw.shape(ranks: 1...4))
      return draw.reduced(x, { $0.max() }, { $0.max(axes: $1, keepingAxes: $2) })
    },
    "min": { draw in
      let x = draw.distinct(draw.shape(ranks: 1...4))
      return draw.reduced(x, { $0.min() }, { $0.min(axes: $1, keepingAxes: $2) })
    },
    "variance": { draw in
      let x = draw.distinct(draw.shape(ranks: 1...4, extents: 2...9))
      let correction = draw.tell("correction", draw.int(0...1))
      return draw.reduced(
        x, { $0.variance(correction: correction) },
        { $0.variance(axes: $1, correction: correction, keepingAxes: $2) })
    },
    "standardDeviation": { draw in
      let x = draw.distinct(draw.shape(ranks: 1...4, extents: 2...9))
      let correction = draw.tell("correction", draw.int(0...1))
      return draw.reduced(
        x, { $0.standardDeviation(correction: correction) },
        { $0.standardDeviation(axes: $1, correction: correction, keepingAxes: $2) })
    },
    "norm": { draw in
      let order = draw.pick([1, 2, Float.infinity, draw.float(1.2...4)])
      // JSON has no infinity.
      _ = order.isFinite ? draw.tell("order", order) : 0
      let x = draw.distinct(draw.shape(ranks: 1...4), 0.1...2, signed: true)
      return draw.reduced(
        x, { $0.norm(order: order) }, { $0.norm(axes: $1, order: order, keepingAxes: $2) })
    },
    "logSumExp": { draw in
      let x = draw.real(draw.shape(ranks: 1...4), -9...9)
      return draw.reduced(x, { $0.logSumExp() }, { $0.logSumExp(axes: $1, keepingAxes: $2) })
    },
    "cumsum": { draw in
      let x = draw.real(draw.shape(ranks: 1...4))
      return x.cumsum(axis: draw.axis(of: x.shape))
    },
    "argmax": { draw in
      let x = draw.distinct(draw.shape(ranks: 1...4))
      return draw.located(x, { $0.argmax() }, { $0.argmax(axis: $1, keepingAxes: $2) })
    },
    "argmin": { draw in
      let x = draw.distinct(draw.shape(ranks: 1...4))
      return draw.located(x, { $0.argmin() }, { $0.argmin(axis: $1, keepingAxes: $2) })
    },
  ])

nonisolated extension Drawing {
  /// Over all elements once in four times, else along axes.
  fileprivate mutating func reduced(
    _ x: VarDiff, _ all: (VarDiff) -> VarDiff, _ along: (VarDiff, [Int], Bool) -> VarDiff
  ) -> VarDiff {
    once(in: 4) ? all(x) : along(x, axes(of: x.shape), tell("keepingAxes", once(in: 2)))
  }

  /// The same for the places of elements.
  fileprivate mutating func located(
    _ x: VarDiff, _ all: (VarDiff) -> Var, _ along: (VarDiff, Int, Bool) -> Var
  ) -> VarDiff {
    VarDiff(once(in: 4) ? all(x) : along(x, axis(of: x.shape), tell("keepingAxes", once(in: 2))))
  }
}
