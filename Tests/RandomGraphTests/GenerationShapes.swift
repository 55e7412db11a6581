import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

extension Generation {
  // MARK: Views

  mutating func addView() {
    let x = operand()!
    let (shape, bound) = (shape(x), bounds[x])
    switch numbers.below(7) {
    case 0: add(.transpose, [x], bound)
    case 1:
      let axes = numbers.shuffled(shape.rank)
      add(Move("Permute", "$0.permute(\(axes))") { $0[0].permute(axes) }, [x], bound)
    case 2, 3:
      let target = reshaped(shape)
      add(Move("Reshape", "$0.reshape(\(target))") { $0[0].reshape(target) }, [x], bound)
    case 4:
      if let axis = shape.extents.firstIndex(of: 1) {
        add(Move("Squeeze", "$0.squeeze(\(axis))") { $0[0].squeeze(axis) }, [x], bound)
      } else if shape.rank < 5 {
        add(.unsqueeze(numbers.int(0...shape.rank)), [x], bound)
      }
    case 5:
      var extents = shape.extents.map { $0 == 1 && numbers.chance(0.7) ? numbers.int(2...4) : $0 }
      if extents.count < 5 && numbers.chance(0.5) { extents.insert(numbers.int(1...4), at: 0) }
      let target = Shape(extents)
      if target.count > limit { return }
      add(
        Move("Broadcast", "$0.broadcast(to: \(target))") { $0[0].broadcast(to: target) }, [x],
        bound)
    default:
      if numbers.chance(0.4) {
        add(Move("Detach", "VarDiff($0.detached())") { VarDiff($0[0].detached()) }, [x], bound)
      }
    }
  }

  /// Another shape with as many elements.
  private mutating func reshaped(_ shape: Shape) -> Shape {
    if shape.count == 0 { return numbers.chance(0.5) ? Shape(0) : Shape(shape.extents + [1]) }
    var (rest, extents) = (shape.count, [Int]())
    while rest > 1 && extents.count < 3 {
      let divisors = (1...min(rest, 50)).filter { rest % $0 == 0 }
      let divisor = numbers.pick(divisors)
      extents.append(divisor)
      rest /= divisor
    }
    extents.append(rest)
    return Shape(extents)
  }

  // MARK: Slices

  mutating func addSlice() {
    guard let x = operand({ $0.rank > 0 && $0.count > 0 }) else { return addLeaf(matrixShape()) }
    let (shape, bound) = (shape(x), bounds[x])
    let axis = numbers.below(shape.rank)
    switch numbers.below(6) {
    case 0:
      let other = numbers.below(shape.rank)
      let move =
        other == axis
        ? Move("Flip", "$0.flip(axes: \(axis))") { $0[0].flip(axes: axis) }
        : Move("Flip", "$0.flip(axes: \(axis), \(other))") { $0[0].flip(axes: axis, other) }
      add(move, [x], bound)
    case 1:
      let (start, step) = (numbers.int(0...shape[axis]), numbers.int(1...3))
      let end = numbers.int(start...shape[axis])
      if start == end && numbers.chance(0.8) { return }
      add(
        Move("Slice", "$0.strided(axis: \(axis), from: \(start), to: \(end), by: \(step))") {
          $0[0].strided(axis: axis, from: start, to: end, by: step)
        }, [x], bound)
    case 2:
      // One of the blocks that tile it.
      let block = Shape(shape.extents.map { numbers.int(max(1, $0 / 3)...$0) })
      let blocks = (0..<shape.rank).reduce(1) { $0 * (shape[$1] / block[$1]) }
      let which = numbers.below(blocks)
      add(
        Move("Chunks", "$0.chunks(\(block))[\(which)]") { $0[0].chunks(block)[which] }, [x], bound)
    case 3:
      let start = numbers.below(shape[0])
      let end = numbers.int(start...shape[0])
      add(Move("Slice", "$0[\(start)..<\(end)]") { $0[0][start..<end] }, [x], bound)
    case 4:
      let place = numbers.below(shape[0])
      if shape.rank == 1 || numbers.chance(0.5) {
        add(Move("Slice", "$0[\(place)]") { $0[0][place] }, [x], bound)
      } else {
        let start = numbers.below(shape[1])
        add(
          Move("Slice", "$0[.all, \(start)...]") { $0[0][.all, start...] }, [x], bound)
      }
    default:
      // Steps in both directions along all axes at once.
      var (starts, steps, extents) = ([Int](), [Int](), [Int]())
      for extent in shape.extents {
        let step = numbers.pick([1, 1, 2, 3, -1, -2])
        let start = numbers.below(extent)
        let room = step > 0 ? extent - 1 - start : start
        starts.append(start)
        steps.append(step)
        extents.append(numbers.int(1...(room / abs(step) + 1)))
      }
      let slice = Slice(starts: starts, steps: steps, target: Shape(extents))
      add(
        Move("Slice", "$0.slice(starts: \(starts), steps: \(steps), to: \(extents))") {
          $0[0].applying(slice)
        }, [x], bound)
    }
  }

  // MARK: Joining

  mutating func addJoint() {
    switch numbers.below(3) {
    case 0: addConcatenation()
    case 1:
      let limit = limit / 3
      guard let x = operand({ $0.rank < 5 && $0.count <= limit }) else { return addUnary() }
      let shape = shape(x)
      let y = numbers.chance(0.2) ? x : operand { $0 == shape } ?? leaf(shape)
      let axis = numbers.int(0...shape.rank)
      let bound = max(bounds[x], bounds[y])
      add(
        Move("Stack", "stack([$0, $1], axis: \(axis))") { stack([$0[0], $0[1]], axis: axis) },
        [x, y], bound)
    default: addPadding()
    }
  }

  private mutating func addConcatenation() {
    let limit = limit / 3
    guard let x = operand({ $0.rank > 0 && $0.count <= limit }) else { return addUnary() }
    let shape = shape(x)
    let axis = numbers.below(shape.rank)
    var parts = [x]
    for _ in 0..<numbers.int(1...2) {
      let part =
        numbers.chance(0.7)
        ? operand {
          $0.rank == shape.rank && $0.count <= limit
            && $0.removing(axis: axis) == shape.removing(axis: axis)
        } : nil
      parts.append(part ?? leaf(shape.replacing(axis: axis, with: numbers.int(0...4))))
    }
    parts = numbers.shuffled(parts.count).map { parts[$0] }
    let names = parts.indices.map { "$\($0)" }.joined(separator: ", ")
    add(
      Move("Concatenate", "cat([\(names)], axis: \(axis))") { cat($0, axis: axis) }, parts,
      parts.map { bounds[$0] }.max()!)
  }

  private mutating func addPadding() {
    let limit = limit
    guard let x = operand({ $0.rank > 0 && $0.count <= limit / 3 }) else { return addUnary() }
    let shape = shape(x)
    let axes = numbers.int(1...shape.rank)
    let mode = numbers.pick([.zero, .constant(0.75), .reflective, .replicative] as [PaddingMode])
    let padding = (0..<axes).map { _ in (before: numbers.int(0...2), after: numbers.int(0...2)) }
    let target = shape.extents.enumerated().map { axis, extent in
      let place = axis - (shape.rank - axes)
      return place < 0 ? extent : extent + padding[place].before + padding[place].after
    }
    if Shape(target).count > limit || (try? checkPadding(padding, of: shape, mode)) == nil {
      return addUnary()
    }
    add(
      Move("Pad", "$0.pad(\(padding), mode: .\(mode))") { $0[0].pad(padding, mode: mode) }, [x],
      max(bounds[x], 1))
  }
}
