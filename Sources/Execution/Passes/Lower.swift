import NeuronikaGraphs
import NeuronikaTensors

/// Lowers nodes to values: the operations' own statements of how they run, taken apart into single
/// instructions, with equal ones shared and multiplications by 1 left out.
struct Lowerer {
  var ir = IR()
  /// What closures on tensors refer to without keeping it alive.
  private(set) var owners: [AnyObject] = []

  /// What a node was lowered to, once it is. The nodes are the compiler's own copies, so their states
  /// are free.
  private final class Lowered: NodeState {
    var reference: Reference?
    /// Whether the value is computed with channels last.
    let isChannelsLast: Bool
    init(isChannelsLast: Bool) {
      self.isChannelsLast = isChannelsLast
      super.init()
    }
  }

  /// The input that has the draw of a random node.
  private final class Drawn: NodeState {
    let input: Int
    init(_ input: Int) {
      self.input = input
      super.init()
    }
  }

  /// Says which input of the plan has the draw of a random node.
  func bindDraw(_ node: Node, to input: Int) { node.state = Drawn(input) }

  /// Says what an input of the plan is called. One that is noted to be computed with channels last is
  /// put in that order.
  mutating func bind(_ node: Node, to input: Int) {
    let value = ir.add(.input(input), node.shape)
    set(node, state(of: node).isChannelsLast ? ordered(value, true) : value)
  }

  /// The value of a node, lowered with all its ancestors if it is not yet.
  mutating func reference(to node: Node) -> Reference {
    if let known = known(node) { return known }
    for node in topologicalOrder(of: [node], isBoundary: { known($0) != nil })
    where known(node) == nil {
      lower(node)
    }
    return known(node)!
  }

  private func known(_ node: Node) -> Reference? { (node.state as? Lowered)?.reference }

  // Mutating though it needn't be: else each call would copy `self` before its arguments, which add
  // values, are evaluated, and the first of them would copy all values so far.
  private mutating func set(_ node: Node, _ reference: Reference) {
    state(of: node).reference = reference
  }

  /// Makes known how a node will lie: as is said, or else as its operands, which are known, have it.
  /// Nodes that are bound later have to be noted.
  func note(_ node: Node, isChannelsLast: Bool? = nil) {
    if let isChannelsLast { node.state = Lowered(isChannelsLast: isChannelsLast) }
    _ = state(of: node)
  }

  private func state(of node: Node, _ lowering: Lowering? = nil) -> Lowered {
    if let state = node.state as? Lowered { return state }
    var isChannelsLast = false
    if !node.isLeaf && node.shape.rank >= 3 {
      let operands = node.operands.array
      isChannelsLast = self.isChannelsLast(
        lowering ?? node.operation.lowering(of: operands.map(\.shape), to: node.shape), operands,
        node.shape)
    }
    let state = Lowered(isChannelsLast: isChannelsLast)
    node.state = state
    return state
  }

  func isChannelsLast(_ node: Node) -> Bool { (node.state as? Lowered)?.isChannelsLast ?? false }

  /// The reference itself if its elements lie in row-major order, or with channels last, else one to
  /// a copy that does.
  private mutating func ordered(_ reference: Reference, _ isChannelsLast: Bool) -> Reference {
    isChannelsLast
      ? channelsFirst(ir.contiguous(channelsLast(reference))) : ir.contiguous(reference)
  }

  private mutating func lower(_ node: Node) {
    if node.operation is ScalarLeaf { return set(node, ir.constant(node.scalar)) }
    let operands = node.operands.array
    let inputs = operands.map { known($0)! }
    let shape = node.shape
    if let check = node.operation.wholeNumberOperand {
      let check = LabelCheck(
        operand: ir.contiguous(inputs[check.operand]), bound: check.bound,
        operation: node.operation.name)
      // An operation's gradient has the labels that the operation has.
      if !ir.labelChecks.contains(where: { $0.operand == check.operand && $0.bound <= check.bound })
      {
        ir.labelChecks.append(check)
      }
    }
    let shapes = operands.map(\.shape)
    let lowering = node.operation.lowering(of: shapes, to: shape)
    // The draw of a random node is no longer needed when its value is known.
    if let drawn = node.state as? Drawn {
      node.state = nil
      return set(node, ir.add(.random(drawn.input), shape))
    }
    let isChannelsLast = state(of: node, lowering).isChannelsLast
    switch lowering {
    case .elementwise(let tile):
      let operands = inputs.map { broadcast($0, to: shape) }
      // Only a view may be read where its operand lies: a value that is stored if somebody holds it
      // would be read in another order then, and a product of it would have other bits.
      if isChannelsLast {
        let value = contents(
          of: tile, operands.map(channelsLast), shape.permuted(Lowerer.channelsLast(shape.rank)),
          row: nil)
        set(node, channelsFirst(ir.contiguous(value)))
      } else {
        set(node, ir.contiguous(contents(of: tile, operands, shape, row: nil)))
      }
    case .rows(let tile):
      set(node, rows(tile, inputs, shapes, to: shape).reshaped(shape))
    case .reduction(let reduction, let axes, let scale):
      if self.isChannelsLast(operands[0]) {
        set(node, reduceImages(reduction, inputs[0], axes, scale, to: shape))
      } else {
        set(node, reduce(reduction, inputs[0], axes, scale, to: shape))
      }
    case .contraction(let contraction):
      set(node, product(contraction, inputs[0], inputs[1], shape))
    case .view(let view):
      set(node, apply(view, to: inputs[0], shape))
    case .assembly(let regions, let background):
      let order =
        isChannelsLast ? Lowerer.channelsLast(shape.rank) : Array(0..<shape.rank)
      let stored = shape.permuted(order)
      let whole = StridedView(stored)
      let places = zip(regions, shapes).map { region, part in
        whole.sliced(
          starts: order.map { region.starts[$0] }, steps: order.map { region.steps[$0] },
          to: part.permuted(order))
      }
      let value = ir.add(
        .assembly(
          inputs.map { ir.stored($0).permuted(order) }, places, background: background.bitPattern),
        stored)
      set(node, isChannelsLast ? channelsFirst(value) : value)
    case .gather(let axis):
      let slices = slices(shapes[0], axis, count: shapes[1].count)
      set(node, gathered(inputs, slices, shape))
    case .scatter(let axis):
      let slices = slices(shape, axis, count: shapes[1].count)
      set(node, scattered(inputs, slices, shape))
    case .gatherElements(let axis):
      let slices = slices(shapes[0], axis, count: shapes[1][axis], haveIndexEach: true)
      set(node, gathered(inputs, slices, shape))
    case .scatterElements(let axis):
      let slices = slices(shape, axis, count: shapes[1][axis], haveIndexEach: true)
      set(node, scattered(inputs, slices, shape))
    case .random: fatalError("a random operation without a draw")
    case .convolution(let geometry, let role):
      set(node, convolution(geometry, role, inputs, shapes, to: shape))
    case .maxPool(let axes, let role):
      set(node, windows(.maxPool(role), axes, inputs, shapes, to: shape))
    case .resampling(let axes):
      set(node, windows(.resampling, axes, inputs, shapes, to: shape))
    case .opaque(let function):
      if let owner = function.owner { owners.append(owner) }
      ir.functions.append((node.operation.name, function))
      let parts = inputs.map { ir.contiguous($0) }
      set(node, ir.add(.opaque(ir.functions.count - 1, parts), shape))
    case .composition(let compose):
      let handles = operands.map { VarDiff($0) }
      set(node, ordered(reference(to: compose(handles).node), isChannelsLast))
    }
  }

  private func broadcast(_ reference: Reference, to shape: Shape) -> Reference {
    Reference(value: reference.value, view: reference.view.broadcast(to: shape))
  }

  private mutating func apply(_ view: View, to input: Reference, _ shape: Shape) -> Reference {
    switch view {
    case .reshape:
      if let view = input.view.reshaped(to: shape) {
        return Reference(value: input.value, view: view)
      }
      return ir.contiguous(input).reshaped(shape)
    case .permutation(let axes):
      return Reference(value: input.value, view: input.view.permuted(axes))
    case .broadcast:
      return broadcast(input, to: shape)
    case .slice(let starts, let steps):
      return Reference(
        value: input.value, view: input.view.sliced(starts: starts, steps: steps, to: shape))
    }
  }

  private mutating func gathered(
    _ inputs: [Reference], _ slices: Slices, _ shape: Shape
  ) -> Reference {
    ir.add(.gather(ir.contiguous(inputs[0]), at: ir.contiguous(inputs[1]), slices), shape)
  }

  private mutating func scattered(
    _ inputs: [Reference], _ slices: Slices, _ shape: Shape
  ) -> Reference {
    ir.add(.scatter(ir.contiguous(inputs[0]), at: ir.contiguous(inputs[1]), slices), shape)
  }

  private func slices(
    _ shape: Shape, _ axis: Int, count: Int, haveIndexEach: Bool = false
  ) -> Slices {
    let extents = shape.extents
    return Slices(
      outer: extents[..<axis].reduce(1, *), extent: extents[axis],
      inner: extents[(axis + 1)...].reduce(1, *), count: count, haveIndexEach: haveIndexEach)
  }

  // MARK: Tiles

  /// The value of an expression over operands that have the output's shape.
  mutating func elementwise(_ tile: Tile, _ operands: [Reference], _ shape: Shape) -> Reference {
    contents(of: tile, operands, shape, row: nil)
  }

  /// Row mode: operands are matrices of rows; those with a last extent of 1 give a number a row.
  private mutating func rows(
    _ tile: Tile, _ inputs: [Reference], _ shapes: [Shape], to shape: Shape
  ) -> Reference {
    let full = (shapes + [shape]).first { $0.rank > 0 && $0[$0.rank - 1] != 1 } ?? shapes[0]
    let width = full[full.rank - 1]
    let rowCount = full.removing(axis: full.rank - 1).count
    let (matrix, column) = (Shape(rowCount, width), Shape(rowCount, 1))
    let operands = inputs.map { input in
      let shape = input.view.count == matrix.count ? matrix : column
      return input.view.reshaped(to: shape).map { Reference(value: input.value, view: $0) }
        ?? ir.contiguous(input).reshaped(shape)
    }
    return contents(of: tile, operands, matrix, row: column)
  }

  /// The values of an expression.
  ///
  /// - Parameter row: In row mode, the shape of what is one number for each row.
  private mutating func contents(
    of tile: Tile, _ operands: [Reference], _ shape: Shape, row: Shape?
  ) -> Reference {
    let width = row == nil ? nil : shape[shape.rank - 1]
    /// Lowers a part and says whether it is one number a row.
    func part(_ tile: Tile) -> Reference {
      switch tile {
      case .operand(let position): return operands[position]
      case .constant(let value): return ir.constant(value)
      case .columnIndex: return ir.add(.columnIndex, shape, width: width)
      case .rowReduction(let reduction, let x):
        let x = whole(part(x))
        return ir.add(
          .rowReduction(reduction, x, width: width!), row!, width: width, isColumn: true)
      case .rowScan(let x):
        return ir.add(.rowScan(whole(part(x)), width: width!), shape, width: width)
      case .rowElement(let x, let position):
        let (x, position) = (whole(part(x)), column(part(position)))
        return ir.add(
          .rowElement(x, at: position, width: width!), row!, width: width, isColumn: true)
      case .rowAdding(let x, let amount, let position):
        let (x, amount, position) = (
          whole(part(x)), column(part(amount)), column(part(position))
        )
        return ir.add(
          .rowAdding(x, amount, at: position, width: width!), shape, width: width)
      case .unary(let function, let x):
        let x = part(x)
        return add(.unary(function, x), [x])
      case .binary(let function, let a, let b):
        let (a, b) = (part(a), part(b))
        if let same = simplified(function, a, b) { return same }
        let target = common([a, b])
        return add(.binary(function, stretched(a, target), stretched(b, target)), [a, b])
      case .select(let a, let b, let c):
        let (a, b, c) = (part(a), part(b), part(c))
        let target = common([a, b, c])
        return add(
          .select(stretched(a, target), stretched(b, target), stretched(c, target)), [a, b, c])
      }
    }
    /// The shape that a part of these operands has: the row's if none is a whole row.
    func common(_ parts: [Reference]) -> Shape {
      guard let row else { return shape }
      return parts.allSatisfy { $0.view.count == 1 || $0.view.shape == row } && row != shape
        ? row : shape
    }
    func stretched(_ reference: Reference, _ target: Shape) -> Reference {
      ir.constantValue(reference) != nil ? reference : broadcast(reference, to: target)
    }
    func whole(_ reference: Reference) -> Reference { broadcast(reference, to: shape) }
    /// Numbers for the rows, one after another in memory, repeated along the rows.
    func column(_ reference: Reference) -> Reference {
      let isDense =
        ir.constantValue(reference) == nil && reference.view.isContiguous
        && reference.view.offset == 0 && reference.view.count == row!.count
        && ir.values[reference.value].shape.count == row!.count
      if isDense { return whole(reference.reshaped(row!)) }
      return whole(
        ir.add(.copy(broadcast(reference, to: row!)), row!, width: width, isColumn: true))
    }
    func add(_ kind: ValueKind, _ parts: [Reference]) -> Reference {
      let target = common(parts)
      return ir.add(kind, target, width: width, isColumn: row != nil && target == row)
    }
    func simplified(_ function: TileBinary, _ a: Reference, _ b: Reference) -> Reference? {
      switch function {
      case .multiply where ir.constantValue(b) == 1: a
      case .multiply where ir.constantValue(a) == 1: b
      case .divide where ir.constantValue(b) == 1: a
      case .add where row == nil: joined(a, b, shape)
      default: nil
      }
    }
    let result = part(tile)
    // A bare operand or constant still has to take the output's shape.
    if result.view.shape == shape || (row != nil && result.view.shape == row) { return result }
    return whole(result)
  }

  /// The sum of two assemblies whose parts don't meet, as one assembly: what the gradients of the
  /// parts of a whole add up to. Each by itself would be a tensor of the whole's size.
  private mutating func joined(_ a: Reference, _ b: Reference, _ shape: Shape) -> Reference? {
    guard let left = assembly(a, shape), let right = assembly(b, shape),
      left.parts.count + right.parts.count <= Lowerer.mostParts
    else { return nil }
    let whole = StridedView(shape)
    let areApart = left.places.allSatisfy { place in
      right.places.allSatisfy { place.isApart(from: $0, within: whole) }
    }
    if !areApart { return nil }
    return ir.add(
      .assembly(left.parts + right.parts, left.places + right.places, background: 0), shape)
  }

  /// Comparing parts is quadratic in their number.
  private static let mostParts = 256

  /// The parts of a value that is an assembly on zeros, computed where the sum is.
  private func assembly(
    _ reference: Reference, _ shape: Shape
  ) -> (parts: [Reference], places: [StridedView])? {
    let value = ir.values[reference.value]
    guard case .assembly(let parts, let places, background: 0) = value.kind,
      value.isBackward == ir.isBackward, value.shape == shape, reference.view.isContiguous,
      reference.view.offset == 0, reference.view.count == shape.count
    else { return nil }
    return (parts, places)
  }

  // MARK: Reductions

  /// The reduction of a value that lies with channels last, in the order in which it lies.
  private mutating func reduceImages(
    _ reduction: Reduction, _ input: Reference, _ axes: AxisSet, _ scale: Float, to shape: Shape
  ) -> Reference {
    let order = Lowerer.channelsLast(input.view.extents.count)
    let stored = AxisSet(order.indices.filter { axes.contains(order[$0]) })
    // What is left, in the order in which it lies and in that of the result.
    let kept = order.filter { !axes.contains($0) }
    let lying = Shape(kept.map { input.view.extents[$0] })
    let reduced = reduce(reduction, channelsLast(input), stored, scale, to: lying)
    let back = kept.sorted().map { axis in kept.firstIndex(of: axis)! }
    return ir.contiguous(reduced.permuted(back))
  }

  private mutating func reduce(
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

  // MARK: Products

  private mutating func product(
    _ contraction: Contraction, _ left: Reference, _ right: Reference, _ shape: Shape
  ) -> Reference {
    var contraction = contraction
    let left = matrix(left, &contraction.transposesLeft)
    let right = matrix(right, &contraction.transposesRight)
    return ir.add(
      .contraction(Product(contraction: contraction, left: left, right: right)), shape)
  }

  /// An operand of a product as a dense matrix, or a batch of them; a view that exchanges the last
  /// two axes turns the flag around.
  private mutating func matrix(_ operand: Reference, _ transposes: inout Bool) -> Reference {
    let view = operand.view
    let rank = view.extents.count
    if !view.isContiguous, rank >= 2 {
      let turned = view.permuted(Array(0..<rank - 2) + [rank - 1, rank - 2])
      if turned.isContiguous {
        transposes.toggle()
        return Reference(value: operand.value, view: turned)
      }
    }
    return ir.contiguous(operand)
  }
}

extension Reference {
  /// The reference under another shape, for one whose elements lie in row-major order.
  func reshaped(_ shape: Shape) -> Reference {
    Reference(value: value, view: view.reshaped(to: shape)!)
  }
}

extension AxisSet {
  func reaches(below bound: Int) -> Bool { bits & ((1 << UInt64(bound)) - 1) != 0 }
  func reaches(_ range: Range<Int>) -> Bool { range.contains { contains($0) } }
}
