import NeuronikaTensors

// What operations along axes share.

/// An axis as the user gave it, counted from 0; a negative one counts from the end.
package func resolvedAxis(_ axis: Int, in shape: Shape) throws(ShapeError) -> Int {
  let resolved = axis < 0 ? axis + shape.rank : axis
  guard (0..<shape.rank).contains(resolved) else {
    throw ShapeError(
      "axis \(axis) does not exist in \(shape)"
        + (shape.rank == 0
          ? ", a scalar" : ": axes go from \(-shape.rank) to \(shape.rank - 1)"))
  }
  return resolved
}

/// The axes as a set.
package func resolvedAxes(_ axes: [Int], in shape: Shape) throws(ShapeError) -> AxisSet {
  var bits: UInt64 = 0
  for axis in axes {
    let bit = UInt64(1) << UInt64(try resolvedAxis(axis, in: shape))
    if bits & bit != 0 { throw ShapeError("axis \(axis) is given twice for \(shape)") }
    bits |= bit
  }
  return AxisSet(bits: bits)
}

func axisSet(_ axes: [Int], in shape: Shape, operation: String) -> AxisSet {
  do { return try resolvedAxes(axes, in: shape) } catch {
    stopProgram("\(operation): \(error.description)")
  }
}

func oneAxis(_ axis: Int, in shape: Shape, operation: String) -> Int {
  do { return try resolvedAxis(axis, in: shape) } catch {
    stopProgram("\(operation): \(error.description)")
  }
}

extension Variable {
  /// The result of a reduction of `self`, with the reduced axes put back as extents of 1 on demand.
  func restoringAxes<V: Variable>(_ reduced: V, _ axes: AxisSet, _ keeping: Bool) -> V {
    keeping ? reduced.reshape(shape.keeping(axes: axes)) : reduced
  }
}

extension Variable {
  /// The axes brought last and made one: `[A, B, C]` with axes 0 and 1 → `[C, A · B]`. Costs nothing
  /// where they come last already.
  func lanes(_ axes: AxisSet) -> Self {
    let order = (0..<rank).filter { !axes.contains($0) } + (0..<rank).filter { axes.contains($0) }
    let moved = order.elementsEqual(0..<rank) ? self : permute(order)
    let kept = shape.removing(axes: axes)
    return moved.reshape(kept.inserting(shape.count(along: axes), at: kept.rank))
  }

  /// The inverse of `lanes`: axes of a shape put back where they were.
  func unlaned(_ axes: AxisSet, to shape: Shape) -> Self {
    let order =
      (0..<shape.rank).filter { !axes.contains($0) } + (0..<shape.rank).filter { axes.contains($0) }
    let moved = reshape(Shape(order.map { shape[$0] }))
    if order.elementsEqual(0..<shape.rank) { return moved }
    var inverse = order
    for (place, axis) in order.enumerated() { inverse[axis] = place }
    return moved.permute(inverse)
  }
}

extension VarDiff {
  /// Broadcasts the gradient of a reduction over `axes` to the shape before the reduction.
  func restored(to shape: Shape, axes: AxisSet) -> VarDiff {
    reshape(shape.keeping(axes: axes)).broadcast(to: shape)
  }
}

extension Shape {
  /// The shape without some axes.
  package func removing(axes: AxisSet) -> Shape {
    if axes.count == rank { return Shape() }
    return Shape((0..<rank).filter { !axes.contains($0) }.map { self[$0] })
  }

  /// How many elements there are along some axes together.
  func count(along axes: AxisSet) -> Int {
    (0..<rank).reduce(1) { axes.contains($1) ? $0 * self[$1] : $0 }
  }

  /// The shape with some extents replaced by 1.
  package func keeping(axes: AxisSet) -> Shape {
    Shape((0..<rank).map { axes.contains($0) ? 1 : self[$0] })
  }
}
