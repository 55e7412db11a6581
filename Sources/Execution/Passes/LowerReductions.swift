import NeuronikaGraphs
import NeuronikaTensors

// Reductions over any axes, as sums of rows, of columns, or of everything.
extension Lowerer {
  /// The reduction of a value that lies with channels last, in the order in which it lies.
  mutating func reduceImages(
    _ reduction: Reduction, _ input: Reference, _ axes: AxisSet, _ scale: Float, to shape: Shape
  ) -> Reference {
    let order = Lowerer.channelsLast(input.view.extents.count)
    if reduction == .sum, order.dropFirst().dropLast().allSatisfy(axes.contains),
      let pooled = sharesOfWindows(input)
    {
      return reduceImages(.sum, pooled, axes, scale, to: shape)
    }
    let stored = AxisSet(order.indices.filter { axes.contains(order[$0]) })
    // What is left, in the order in which it lies and in that of the result.
    let kept = order.filter { !axes.contains($0) }
    let lying = Shape(kept.map { input.view.extents[$0] })
    let reduced = reduce(reduction, channelsLast(input), stored, scale, to: lying)
    let back = kept.sorted().map { axis in kept.firstIndex(of: axis)! }
    return ir.contiguous(reduced.permuted(back))
  }

  mutating func reduce(
    _ reduction: Reduction, _ input: Reference, _ axes: AxisSet, _ scale: Float, to shape: Shape
  ) -> Reference {
    let extents = input.view.extents
    let isReduced = extents.indices.map { axes.contains($0) || extents[$0] == 1 }
    if axes.isEmpty {
      let copy = ir.add(.copy(input), shape)
      return scaled(copy, scale, shape)
    }
    if extents.indices.allSatisfy({ isReduced[$0] }) {
      return ir.add(.total(reduction, input, scale: scale), Shape()).reshaped(shape)
    }
    let firstKept = isReduced.firstIndex(of: false)!
    let lastKept = isReduced.lastIndex(of: false)!
    let trailing = (lastKept + 1)..<extents.count
    // Everything that is reduced comes last: reduce rows.
    if (firstKept...lastKept).allSatisfy({ !isReduced[$0] }) && !axes.reaches(below: firstKept) {
      return reduceRows(reduction, input, extents[trailing].reduce(1, *), scale, shape)
    }
    // Something comes last and something before: the last first.
    if axes.reaches(trailing) {
      let last = AxisSet(trailing.filter { axes.contains($0) })
      let kept = Shape(extents).removing(axes: last)
      let partial = reduceRows(reduction, input, extents[trailing].reduce(1, *), 1, kept)
      return reduce(reduction, partial, AxisSet(bits: axes.bits & ~last.bits), scale, to: shape)
    }
    // Everything that is reduced comes first: add up rows.
    if reduction == .sum && (firstKept..<extents.count).allSatisfy({ !axes.contains($0) }) {
      let width = shape.count
      return ir.add(.columnSum(input, scale: scale), shape, width: width)
    }
    let order =
      extents.indices.filter { !axes.contains($0) } + extents.indices.filter { axes.contains($0) }
    let width = extents.indices.filter { axes.contains($0) }.map { extents[$0] }.reduce(1, *)
    let moved = Reference(value: input.value, view: input.view.permuted(order))
    return reduceRows(reduction, moved, width, scale, shape)
  }

  private mutating func reduceRows(
    _ reduction: Reduction, _ input: Reference, _ width: Int, _ scale: Float, _ shape: Shape
  ) -> Reference {
    let rows = ir.add(
      .rowReduction(reduction, input, width: width), shape, width: width, isColumn: true)
    return scaled(rows, scale, shape)
  }

  private mutating func scaled(_ reference: Reference, _ scale: Float, _ shape: Shape) -> Reference
  {
    if scale == 1 { return reference }
    let value = ir.values[reference.value]
    return ir.add(
      .binary(.multiply, reference, ir.constant(scale)), shape, width: value.width,
      isColumn: value.isColumn)
  }
}

extension AxisSet {
  func reaches(below bound: Int) -> Bool { bits & ((1 << UInt64(bound)) - 1) != 0 }
  func reaches(_ range: Range<Int>) -> Bool { range.contains { contains($0) } }
}
