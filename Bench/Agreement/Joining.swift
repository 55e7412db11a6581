import Neuronika

let joiningFamily = Family(
  "Joining",
  [
    "cat": { draw in
      let shape = draw.shape(ranks: 1...4)
      let axis = draw.axis(of: shape)
      let resolved = fromFront(axis, of: shape)
      let parts = (0..<draw.int(1...4)).map { _ in
        draw.real(shape.replacing(axis: resolved, with: draw.int(1...9)))
      }
      return parts.count == 2 ? parts[0].cat(parts[1], axis: axis) : cat(parts, axis: axis)
    },
    "stack": { draw in
      let shape = draw.shape(ranks: 0...3)
      let place = draw.int(0...shape.rank)
      let axis = draw.tell("axis", draw.once(in: 2) ? place : place - shape.rank - 1)
      let parts = (0..<draw.int(1...4)).map { _ in draw.real(shape) }
      return parts.count == 2 ? parts[0].stack(parts[1], axis: axis) : stack(parts, axis: axis)
    },
    "pad(zero)": { draw in draw.padded(.zero) },
    "pad(constant)": { draw in draw.padded(.constant(draw.tell("constant", draw.float(-2...2)))) },
    "pad(reflective)": { draw in draw.padded(.reflective) },
    "pad(replicative)": { draw in draw.padded(.replicative) },
  ])

nonisolated extension Drawing {
  /// Padded along up to three of the last axes.
  fileprivate mutating func padded(_ mode: PaddingMode) -> VarDiff {
    let shape = shape(ranks: 1...4)
    let axes = shape.extents.suffix(int(1...Swift.min(shape.rank, 3)))
    // A reflected border is narrower than the axis.
    let widest = axes.map { mode == .reflective ? Swift.min($0 - 1, 4) : 4 }
    if once(in: 2) {
      let padding = widest.map { int(0...$0) }
      _ = tell("padding", padding.map { [$0, $0] })
      return real(shape).pad(padding, mode: mode)
    }
    let padding = widest.map { (before: int(0...$0), after: int(0...$0)) }
    _ = tell("padding", padding.map { [$0.before, $0.after] })
    return real(shape).pad(padding, mode: mode)
  }
}
