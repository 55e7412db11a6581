import NeuronikaTensors

// What operations share that work on the lanes along one axis.

/// The shape rule of an operation on two operands of one shape that has an axis.
func equalShapes(_ operands: Shapes, havingAxis axis: Int) throws(ShapeError) -> Shape {
  guard operands[0] == operands[1] else {
    throw ShapeError("the shapes differ: \(operands[0]) and \(operands[1])")
  }
  _ = try resolvedAxis(axis, in: operands[0])
  return operands[0]
}

/// Specifies an operation on lanes: the elements that differ in one index only. Operands and result
/// have the same shape.
func mapLanes(
  _ operands: [ReferenceTensor], along axis: Int, _ body: ([[Double]]) -> [Double]
) -> ReferenceTensor {
  var result = operands[0]
  let length = result.shape[axis]
  let step = result.shape.strides[axis]
  if result.elements.isEmpty { return result }
  for start in result.elements.indices where start / step % length == 0 {
    let places = (0..<length).map { start + $0 * step }
    let lane = body(operands.map { operand in places.map { operand.elements[$0] } })
    for (place, value) in zip(places, lane) { result.elements[place] = value }
  }
  return result
}

extension [Double] {
  /// The greatest element, −∞ of none; NaN if one is NaN.
  var greatest: Double { reduce(-.infinity) { $0.isNaN || $1 <= $0 ? $0 : $1 } }
}

extension Lowering {
  /// A row operation along any axis: another than the last is exchanged with the last before and
  /// after.
  ///
  /// - Parameters:
  ///   - tile: What to do with a row.
  ///   - axis: The axis along which the rows lie.
  ///   - shape: The shape of operands and result.
  ///   - operation: The same operation along another axis.
  static func rows<O: Operation>(
    _ tile: Tile, along axis: Int, of shape: Shape, _ operation: @escaping (Int) -> O
  ) -> Lowering {
    let last = shape.rank - 1
    if axis == last { return .rows(tile) }
    var order = Array(0...last)
    order.swapAt(axis, last)
    return .composition { [order] operands in
      VarDiff(apply(operation(last), operands.map { $0.permute(order).node })).permute(order)
    }
  }
}
