import NeuronikaTensors

extension Variable {
  /// A part of the value: `x[0..<10, .all]`, `x[2, .all]`, `x[.all, 1...]`.
  ///
  /// **Shape:** an `Int` takes one place and drops the axis; ranges and `.all` keep it. Axes that
  /// are not mentioned are taken whole.
  ///
  /// **Gradient:** the upstream gradient in the part's place, and zeros around it. Takes no memory:
  /// whoever reads the part reads it where it lies.
  public subscript<each Selection: AxisSelection>(selections: repeat each Selection) -> Self {
    var choices: [any AxisSelection] = []
    for selection in repeat each selections { choices.append(selection) }
    let slice: Slice
    do throws(ShapeError) {
      slice = try Slice(choices, of: shape)
    } catch { stopProgram("subscript: \(error.description)") }
    let part = Self(apply(slice, node))
    let dropped = choices.indices.filter { choices[$0] is Int }
    return dropped.isEmpty ? part : part.reshape(part.shape.removing(axes: AxisSet(dropped)))
  }

  /// Every `step`-th place along an axis, from `start` on.
  ///
  /// **Shape:** the axis becomes ⌈(end − start) / step⌉ long.
  ///
  /// - Parameters:
  ///   - axis: The axis; a negative one counts from the end.
  ///   - start: The first place.
  ///   - end: The place before which to stop; without it, the end of the axis.
  ///   - step: At least 1.
  public func strided(axis: Int, from start: Int = 0, to end: Int? = nil, by step: Int) -> Self {
    do throws(ShapeError) {
      let axis = try resolvedAxis(axis, in: shape)
      let end = end ?? shape[axis]
      guard step >= 1, 0...end ~= start, end <= shape[axis] else {
        throw ShapeError(
          "places \(start)..<\(end) by \(step) don't lie along axis \(axis) of \(shape)")
      }
      var slice = Slice(all: shape)
      slice.starts[axis] = start
      slice.steps[axis] = step
      slice.target = shape.replacing(axis: axis, with: (end - start + step - 1) / step)
      return Self(apply(slice, node))
    } catch { stopProgram("strided: \(error.description)") }
  }
}

package struct Slice: Operation {
  package static let name = "slice"
  var starts: [Int]
  var steps: [Int]
  var target: Shape

  /// The whole of a shape.
  package init(all shape: Shape) {
    starts = [Int](repeating: 0, count: shape.rank)
    steps = [Int](repeating: 1, count: shape.rank)
    target = shape
  }

  package init(starts: [Int], steps: [Int], target: Shape) {
    (self.starts, self.steps, self.target) = (starts, steps, target)
  }

  /// The first places along each axis, as many as the shape has.
  package init(leading shape: Shape) { self.init(all: shape) }

  /// What selections choose of a shape; an axis that an `Int` would drop is kept with extent 1.
  package init(_ selections: [any AxisSelection], of shape: Shape) throws(ShapeError) {
    self.init(all: shape)
    guard selections.count <= shape.rank else {
      throw ShapeError("\(selections.count) selections for \(shape), which has rank \(shape.rank)")
    }
    var extents = shape.extents
    for (axis, selection) in selections.enumerated() {
      let range = selection.places(extent: extents[axis]).range
      guard range.lowerBound >= 0, range.upperBound <= extents[axis] else {
        throw ShapeError("\(selection) does not lie within 0..<\(extents[axis]) on axis \(axis)")
      }
      starts[axis] = range.lowerBound
      extents[axis] = range.count
    }
    target = Shape(extents)
  }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[0].rank == target.rank else {
      throw ShapeError("a part \(target) has another rank than \(operands[0])")
    }
    for axis in 0..<target.rank where target[axis] > 0 {
      let last = starts[axis] + (target[axis] - 1) * steps[axis]
      guard 0..<operands[0][axis] ~= starts[axis], 0..<operands[0][axis] ~= last else {
        throw ShapeError(
          "places \(starts[axis])...\(last) do not lie within 0..<\(operands[0][axis]) on axis "
            + "\(axis)")
      }
    }
    return target
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { index in
      x[0][index.indices.map { starts[$0] + index[$0] * steps[$0] }]
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [VarDiff(apply(Place(starts: starts, steps: steps, target: x[0].shape), upstream.node))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .view(.slice(starts: starts, steps: steps))
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    for (start, step) in zip(starts, steps) {
      structure.append(start)
      structure.append(step)
    }
    structure.append(target)
  }
}

/// A tensor of a background with the operand in some places: the pullback of `slice`, and padding
/// with a constant.
package struct Place: Operation {
  package static let name = "place"
  let starts: [Int]
  let steps: [Int]
  let target: Shape
  let background: Float

  package init(starts: [Int], steps: [Int], target: Shape, background: Float = 0) {
    (self.starts, self.steps, self.target, self.background) = (starts, steps, target, background)
  }

  /// A shape at the first places along each axis of another, on zeros.
  package init(leading shape: Shape, in target: Shape) {
    let slice = Slice(leading: shape)
    self.init(starts: slice.starts, steps: slice.steps, target: target)
  }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    _ = try Slice(starts: starts, steps: steps, target: operands[0]).shape(of: Shapes(target))
    return target
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    var result = ReferenceTensor(shape: shape) { _ in Double(background) }
    x[0].shape.forEachIndex { index in
      result[index.indices.map { starts[$0] + index[$0] * steps[$0] }] = x[0][index]
    }
    return result
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [VarDiff(apply(Slice(starts: starts, steps: steps, target: x[0].shape), upstream.node))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .assembly([Region(starts: starts, steps: steps)], background: background)
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    for (start, step) in zip(starts, steps) {
      structure.append(start)
      structure.append(step)
    }
    structure.append(target)
    structure.append(Int(background.bitPattern))
  }
}
