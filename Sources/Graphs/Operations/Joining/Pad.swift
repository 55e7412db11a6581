import NeuronikaTensors

/// What stands around a padded tensor.
public enum PaddingMode: Hashable, Sendable {
  /// Zeros.
  case zero
  /// One number everywhere.
  case constant(Float)
  /// The elements mirrored at the border, which itself is not repeated: `c b | a b c | b a`.
  case reflective
  /// The border, repeated: `a a | a b c | c c`.
  case replicative
}

extension Variable {
  /// A border around the value, along its last axes.
  ///
  /// **Shape:** `[N, C, H, W]` padded by `[1, 2]` → `[N, C, H + 2, W + 4]`.
  ///
  /// **Gradient:** the upstream gradient without the border; where elements are repeated in it, their
  /// gradients are folded back and added.
  ///
  /// - Parameters:
  ///   - padding: How many elements to add on both sides of each of the last axes, as many as there
  ///     are numbers.
  ///   - mode: What the border holds. A constant is a static attribute.
  public func pad(_ padding: [Int], mode: PaddingMode = .zero) -> Self {
    pad(padding.map { (before: $0, after: $0) }, mode: mode)
  }

  /// A border around the value, along its last axes, of different widths before and after.
  public func pad(_ padding: [(before: Int, after: Int)], mode: PaddingMode = .zero) -> Self {
    let first = rank - padding.count
    do throws(ShapeError) {
      try checkPadding(padding, of: shape, mode)
    } catch { stopProgram("pad: \(error.description)") }
    switch mode {
    case .zero: return placed(padding, from: first, background: 0)
    case .constant(let value): return placed(padding, from: first, background: value)
    case .reflective, .replicative:
      return padding.enumerated().reduce(self) { padded, border in
        padded.extended(border.element, axis: first + border.offset, mode)
      }
    }
  }

  private func placed(
    _ padding: [(before: Int, after: Int)], from first: Int, background: Float
  ) -> Self {
    var extents = shape.extents
    var starts = [Int](repeating: 0, count: rank)
    for (position, border) in padding.enumerated() {
      extents[first + position] += border.before + border.after
      starts[first + position] = border.before
    }
    let steps = [Int](repeating: 1, count: rank)
    return Self(
      apply(
        Place(starts: starts, steps: steps, target: Shape(extents), background: background), node))
  }

  /// The value with elements of its own before and after, along one axis.
  private func extended(
    _ border: (before: Int, after: Int), axis: Int, _ mode: PaddingMode
  ) -> Self {
    func part(_ start: Int, _ step: Int, _ count: Int) -> Node {
      var slice = Slice(all: shape)
      (slice.starts[axis], slice.steps[axis]) = (start, step)
      slice.target = shape.replacing(axis: axis, with: count)
      return apply(slice, node)
    }
    let extent = shape[axis]
    var parts = [node]
    if mode == .reflective {
      if border.before > 0 { parts.insert(part(border.before, -1, border.before), at: 0) }
      if border.after > 0 { parts.append(part(extent - 2, -1, border.after)) }
    } else {
      func repeated(_ place: Int, _ count: Int) -> Node {
        apply(Broadcast(target: shape.replacing(axis: axis, with: count)), part(place, 1, 1))
      }
      if border.before > 0 { parts.insert(repeated(0, border.before), at: 0) }
      if border.after > 0 { parts.append(repeated(extent - 1, border.after)) }
    }
    return parts.count == 1 ? self : Self(concatenation(parts, axis))
  }
}

/// Stops paddings that don't fit.
package func checkPadding(
  _ padding: [(before: Int, after: Int)], of shape: Shape, _ mode: PaddingMode
) throws(ShapeError) {
  guard padding.count <= shape.rank else {
    throw ShapeError("\(padding.count) paddings for \(shape), which has rank \(shape.rank)")
  }
  for (position, border) in padding.enumerated() {
    let axis = shape.rank - padding.count + position
    let widest = max(border.before, border.after)
    guard border.before >= 0, border.after >= 0 else {
      throw ShapeError(
        "axis \(axis) of \(shape) can't be padded by \(min(border.before, border.after))")
    }
    switch mode {
    case .reflective where widest > 0 && widest >= shape[axis]:
      throw ShapeError(
        "reflected padding has to be shorter than the axis, but axis \(axis) of \(shape) is padded "
          + "by \(widest)")
    case .replicative where widest > 0 && shape[axis] == 0:
      throw ShapeError("axis \(axis) of \(shape) has nothing to repeat")
    default: break
    }
  }
}
