import Neuronika

let viewFamily = Family(
  "Views",
  [
    "reshape": { draw in
      let x = draw.real(draw.shape())
      // The extents in another order, some of them made one.
      var target: [Int] = []
      for axis in draw.order(of: x.shape) {
        if let last = target.last, draw.once(in: 3) {
          target[target.count - 1] = last * x.shape[axis]
        } else {
          target.append(x.shape[axis])
        }
      }
      return x.reshape(Shape(draw.tell("shape", target)))
    },
    "permute": { draw in
      let x = draw.real(draw.shape())
      return x.permute(draw.order(of: x.shape))
    },
    "t": { draw in draw.real(draw.shape()).t() },
    "squeeze": { draw in
      let shape = draw.shape(ranks: 1...4)
      let axis = draw.axis(of: shape)
      return draw.real(shape.replacing(axis: fromFront(axis, of: shape), with: 1))
        .squeeze(axis)
    },
    "unsqueeze": { draw in
      let x = draw.real(draw.shape(ranks: 0...3))
      let place = draw.int(0...x.rank)
      return x.unsqueeze(draw.tell("axis", draw.once(in: 2) ? place : place - x.rank - 1))
    },
    "broadcast": { draw in
      let whole = draw.shape()
      return draw.real(draw.part(of: whole)).broadcast(to: Shape(draw.tell("shape", whole.extents)))
    },
    "detached": { draw in VarDiff(draw.real(draw.shape()).square().detached()) },
  ])
