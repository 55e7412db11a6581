import Neuronika

let indexingFamily = Family(
  "Indexing",
  [
    "subscript": { draw in
      let shape = draw.shape(ranks: 1...3)
      let x = draw.real(shape)
      switch (shape.rank, draw.int(0...3)) {
      case (1, 0): return x[draw.place(0, shape)]
      case (1, 1): return x[draw.rest(0, shape)]
      case (1, _): return x[draw.range(0, shape)]
      case (2, 0): return x[draw.place(0, shape), .all]
      case (2, 1): return x[.all, draw.place(1, shape)]
      case (2, 2): return x[draw.range(0, shape)]
      case (2, _): return x[draw.range(0, shape), draw.range(1, shape)]
      case (_, 0): return x[draw.place(0, shape), draw.place(1, shape), draw.place(2, shape)]
      case (_, 1): return x[draw.range(0, shape), draw.place(1, shape), .all]
      case (_, 2): return x[.all, draw.range(1, shape), draw.range(2, shape)]
      default: return x[draw.place(0, shape), .all, draw.range(2, shape)]
      }
    },
    "strided": { draw in
      let shape = draw.shape(ranks: 1...4)
      let axis = draw.axis(of: shape)
      let extent = shape[fromFront(axis, of: shape)]
      let start = draw.tell("start", draw.int(0...extent))
      let end = draw.tell("end", draw.once(in: 2) ? nil : draw.int(start...extent))
      return draw.real(shape)
        .strided(axis: axis, from: start, to: end, by: draw.tell("step", draw.int(1...4)))
    },
    "indexSelect": { draw in
      let (shape, places) = draw.indexed()
      let axis = draw.axis(of: shape)
      let x = draw.real(shape)
      return x.indexSelect(
        draw.labels(places, below: shape[fromFront(axis, of: shape)]), axis: axis)
    },
    "indexAdd": { draw in
      let (shape, places) = draw.indexed()
      let axis = draw.axis(of: shape)
      let x = draw.real(shape)
      let indices = draw.labels(places, below: shape[fromFront(axis, of: shape)])
      var extents = shape.extents
      let resolved = fromFront(axis, of: shape)
      extents.replaceSubrange(resolved...resolved, with: places.extents)
      return x.indexAdd(axis: axis, indices: indices, values: draw.real(Shape(extents)))
    },
    "gather": { draw in
      let shape = draw.shape(ranks: 1...4)
      let axis = draw.axis(of: shape)
      let x = draw.real(shape)
      return x.gather(axis: axis, indices: draw.indices(along: axis, of: shape))
    },
    "scatterAdd": { draw in
      let shape = draw.shape(ranks: 1...4)
      let axis = draw.axis(of: shape)
      let x = draw.real(shape)
      let indices = draw.indices(along: axis, of: shape)
      return x.scatterAdd(axis: axis, indices: indices, values: draw.real(indices.shape))
    },
    "embedding": { draw in
      let places = draw.shape(ranks: 0...3)
      let table = draw.real([draw.length(), places.count > 1000 ? 5 : draw.length()])
      return embedding(table, draw.labels(places, below: table.shape[0]))
    },
    "flip": { draw in
      let shape = draw.shape(ranks: 1...4)
      let axes = draw.axes(of: shape)
      let x = draw.real(shape)
      return switch axes.count {
      case 1: x.flip(axes: axes[0])
      case 2: x.flip(axes: axes[0], axes[1])
      case 3: x.flip(axes: axes[0], axes[1], axes[2])
      default: x.flip(axes: axes[0], axes[1], axes[2], axes[3])
      }
    },
    "oneHot": { draw in
      let classes = draw.tell("classes", draw.int(1...20))
      return VarDiff(draw.labels(draw.shape(ranks: 0...3), below: classes).oneHot(classes: classes))
    },
    "chunks": { draw in
      let shape = draw.shape(ranks: 1...4)
      let block = draw.tell("block", shape.extents.map { draw.int(($0 + 2) / 3...$0) })
      let chunks = draw.real(shape).chunks(Shape(block))
      return chunks[draw.tell("place", draw.int(0...chunks.count - 1))]
    },
  ])

nonisolated extension Drawing {
  /// A shape and that of indices along one of its axes; not both are large.
  fileprivate mutating func indexed() -> (whole: Shape, indices: Shape) {
    let indices = shape(ranks: 0...2, extents: 1...5)
    if indices.count <= 25 { return (shape(ranks: 1...4), indices) }
    return (Shape((0..<int(1...2)).map { _ in int(1...9) }), indices)
  }

  /// An index for each element of a result that is no longer than the whole but along the axis.
  fileprivate mutating func indices(along axis: Int, of whole: Shape) -> Var {
    let axis = fromFront(axis, of: whole)
    let extents = whole.extents.enumerated().map { place, extent in
      place == axis ? int(1...extent + 3) : once(in: 3) ? int(1...extent) : extent
    }
    return labels(Shape(extents), below: whole[axis])
  }

  /// One place along an axis, as a subscript.
  fileprivate mutating func place(_ axis: Int, _ shape: Shape) -> Int {
    tell("axis \(axis)", int(0...shape[axis] - 1))
  }

  /// Some places along an axis, or none, as a subscript.
  fileprivate mutating func range(_ axis: Int, _ shape: Shape) -> Range<Int> {
    let start = int(0...shape[axis] - 1)
    let end = int(start...shape[axis])
    _ = tell("axis \(axis)", [start, end])
    return start..<end
  }

  /// All places from one on.
  fileprivate mutating func rest(_ axis: Int, _ shape: Shape) -> PartialRangeFrom<Int> {
    let start = int(0...shape[axis] - 1)
    _ = tell("axis \(axis)", [start, shape[axis]])
    return start...
  }
}
