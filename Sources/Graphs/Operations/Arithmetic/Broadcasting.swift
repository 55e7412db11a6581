import NeuronikaTensors

// What the operations that broadcast share.

/// The shape rule of an elementwise operation of two operands.
func broadcastShape(_ operands: Shapes) throws(ShapeError) -> Shape {
  guard let shape = Shape.broadcast(operands[0], operands[1]) else {
    throw ShapeError(
      "the shapes don't broadcast. left \(operands[0]) · right \(operands[1]): aligned at the last "
        + "axis, extents have to be equal or 1")
  }
  return shape
}

extension VarDiff {
  /// Sums the axes that broadcasting from `shape` had stretched: the pullback of broadcasting.
  func summed(to shape: Shape) -> VarDiff {
    if self.shape == shape { return self }
    let added = rank - shape.rank
    let axes = (0..<rank).filter { $0 < added || (shape[$0 - added] == 1 && self.shape[$0] != 1) }
    let summed = VarDiff(apply(Sum(axes: AxisSet(axes)), node))
    return summed.shape == shape ? summed : summed.reshape(shape)
  }
}
