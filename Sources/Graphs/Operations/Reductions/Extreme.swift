import NeuronikaTensors

extension Variable {
  /// The greatest element.
  ///
  /// **Shape:** any that has elements → `[]`.
  ///
  /// **Gradient:** all to the first of the greatests in row-major order.
  ///
  /// **Numerics:** exact. NaN if an element is NaN; the first such gets the gradient, which finds its
  /// place among at most 2²⁴ elements.
  public func max() -> Self {
    Self(apply(Extreme(.max, axes: AxisSet(all: rank)), node))
  }

  /// The greatest elements along axes.
  ///
  /// **Shape:** the axes are dropped or, with `keepingAxes`, become 1: `[N, C]` with axis 1 → `[N]`.
  ///
  /// **Gradient:** all to the first of the greatests, in row-major order along the axes.
  ///
  /// - Parameters:
  ///   - axes: Which axes to reduce, each once; negative ones count from the end. Along them there
  ///     has to be an element.
  ///   - keepingAxes: Whether the axes stay, with an extent of 1.
  public func max(axes first: Int, _ others: Int..., keepingAxes: Bool = false) -> Self {
    max(axes: [first] + others, keepingAxes: keepingAxes)
  }
  /// The greatest elements along a list of axes.
  public func max(axes: [Int], keepingAxes: Bool = false) -> Self {
    let set = axisSet(axes, in: shape, operation: "max")
    return restoringAxes(Self(apply(Extreme(.max, axes: set), node)), set, keepingAxes)
  }

  /// The least element.
  ///
  /// **Shape:** any that has elements → `[]`.
  ///
  /// **Gradient:** all to the first of the leasts in row-major order.
  ///
  /// **Numerics:** exact. NaN if an element is NaN; the first such gets the gradient, which finds its
  /// place among at most 2²⁴ elements.
  public func min() -> Self {
    Self(apply(Extreme(.min, axes: AxisSet(all: rank)), node))
  }

  /// The least elements along axes.
  ///
  /// **Shape:** the axes are dropped or, with `keepingAxes`, become 1: `[N, C]` with axis 1 → `[N]`.
  ///
  /// **Gradient:** all to the first of the leasts, in row-major order along the axes.
  ///
  /// - Parameters:
  ///   - axes: Which axes to reduce, each once; negative ones count from the end. Along them there
  ///     has to be an element.
  ///   - keepingAxes: Whether the axes stay, with an extent of 1.
  public func min(axes first: Int, _ others: Int..., keepingAxes: Bool = false) -> Self {
    min(axes: [first] + others, keepingAxes: keepingAxes)
  }
  /// The least elements along a list of axes.
  public func min(axes: [Int], keepingAxes: Bool = false) -> Self {
    let set = axisSet(axes, in: shape, operation: "min")
    return restoringAxes(Self(apply(Extreme(.min, axes: set), node)), set, keepingAxes)
  }
}

package struct Extreme: Operation {
  package static let name = "max or min"
  let reduction: Reduction
  let axes: AxisSet

  /// - Parameter reduction: `.max` or `.min`.
  package init(_ reduction: Reduction, axes: AxisSet) {
    (self.reduction, self.axes) = (reduction, axes)
  }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let shape = operands[0].removing(axes: axes)
    guard operands[0].count(along: axes) > 0 || shape.count == 0 else {
      throw ShapeError("of no elements there is none, but \(operands[0]) has none along the axes")
    }
    return shape
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    var result = ReferenceTensor(shape: shape) { _ in reduction == .max ? -.infinity : .infinity }
    x[0].shape.forEachIndex { index in
      let kept = index.indices.filter { !axes.contains($0) }.map { index[$0] }
      let (known, new) = (result[kept], x[0][index])
      if new.isNaN || (reduction == .max ? new > known : new < known) { result[kept] = new }
    }
    return result
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let slopes = apply(
      SpreadExtreme(reduction), x[0].lanes(axes).node, upstream.unsqueeze(-1).node)
    return [VarDiff(slopes).unlaned(axes, to: x[0].shape)]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .reduction(reduction, axes: axes, scale: 1)
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(reduction.rawValue)
    structure.append(Int(bitPattern: UInt(axes.bits)))
  }
}

extension Reduction {
  /// The reduction that finds the place of this one's number.
  fileprivate var position: Reduction { self == .max ? .argMax : .argMin }
}

/// In each row, the second operand's number at the place of the first operand's first extreme, and 0
/// elsewhere: the pullback of `max` and `min`. From `[…, N]` and `[…, 1]`.
package struct SpreadExtreme: Operation {
  package static let name = "spreadExtreme"
  let reduction: Reduction

  package init(_ reduction: Reduction) { self.reduction = reduction }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let rank = operands[0].rank
    guard rank > 0, operands[1] == operands[0].replacing(axis: rank - 1, with: 1) else {
      throw ShapeError("takes [..., N] and [..., 1], not \(operands[0]) and \(operands[1])")
    }
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    let places = ArgExtreme(reduction.position, axis: shape.rank - 1)
      .specification([x[0]], shape: x[1].shape)
    return ReferenceTensor(shape: shape) { index in
      let row = Array(index.dropLast()) + [0]
      return Double(index[index.count - 1]) == places[row] ? x[1][row] : 0
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [nil, VarDiff(apply(PickExtreme(reduction), x[0].node, upstream.node))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let place = Tile.rowReduction(reduction.position, .operand(0))
    return .rows(Tile.columnIndex.isEqual(to: place).select(.operand(1), else: 0))
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(reduction.rawValue)
  }
}

/// In each row, the second operand's number at the place of the first operand's first extreme. From
/// two `[…, N]` to `[…, 1]`.
package struct PickExtreme: Operation {
  package static let name = "pickExtreme"
  let reduction: Reduction

  package init(_ reduction: Reduction) { self.reduction = reduction }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[0] == operands[1], operands[0].rank > 0 else {
      throw ShapeError("takes two of [..., N], not \(operands[0]) and \(operands[1])")
    }
    return operands[0].replacing(axis: operands[0].rank - 1, with: 1)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    let places = ArgExtreme(reduction.position, axis: shape.rank - 1)
      .specification([x[0]], shape: shape)
    return ReferenceTensor(shape: shape) { index in
      x[1][Array(index.dropLast()) + [Int(places[index])]]
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [nil, VarDiff(apply(SpreadExtreme(reduction), x[0].node, upstream.node))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let place = Tile.rowReduction(reduction.position, .operand(0))
    return .rows(Tile.columnIndex.isEqual(to: place).select(.operand(1), else: 0).rowSum)
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(reduction.rawValue)
  }
}
