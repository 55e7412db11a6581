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

  func broadcast(_ reference: Reference, to shape: Shape) -> Reference {
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
