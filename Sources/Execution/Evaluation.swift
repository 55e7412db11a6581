import NeuronikaGraphs
import NeuronikaTensors
import Synchronization

/// What a `forward` leaves for its `backward`: the plan, the nodes and the values that were saved.
package final class Evaluation {
  let plan: Plan
  let number: UInt64
  /// The captured nodes. The root, whose state this is, keeps them alive.
  let nodes: [Unmanaged<Node>]
  let saved: [Storage]

  init(plan: Plan, number: UInt64, nodes: [Unmanaged<Node>], saved: [Storage]) {
    (self.plan, self.number, self.nodes, self.saved) = (plan, number, nodes, saved)
  }

  private static let last = Atomic<UInt64>(0)
  /// The number of the newest evaluation. A leaf that is changed remembers it.
  static var newest: UInt64 { last.load(ordering: .relaxed) }
  static func next() -> UInt64 { last.add(1, ordering: .relaxed).newValue }
}

/// Whether evaluations on this thread keep what a backward needs.
package enum Recording {
  @TaskLocal package static var isOff = false
}

/// Forward and backward: from nodes to plans and back.
package enum Engine {
  // MARK: Forward

  /// Computes a node by the rules of `forward()`.
  package static func forward(_ root: Node) {
    if root.kind != .operation { return }
    let workspace = Workspace.current
    let isTraining =
      root.isDifferentiable && !Recording.isOff && !computedState(of: root).isGradientOff
    let purpose: Capture.Purpose = isTraining ? .training : .forward
    let threads = ThreadTeam.count
    let hasTeam = threads > 1 && ThreadTeam.tryTake()
    defer { if hasTeam { ThreadTeam.release() } }

    workspace.capture.walk(root, purpose, attributes: hasTeam ? threads : 1)
    let plan = plan(workspace, purpose, threads: hasTeam ? threads : 1, hasTensorSeed: false)
    if workspace.capture.hasStanding {
      refuseChangedOperands(in: workspace.capture, plan, "forward")
    }
    let nodes = workspace.capture.nodes
    let number = Evaluation.next()

    let slots = workspace.slots(plan.slotCount)
    bind(plan, nodes, slots, workspace, isForward: true)
    let owned = allocate(plan.forward, slots)
    let arena = place(plan.forward, slots)
    plan.run(plan.forward, slots, workspace)
    plan.checkLabels(slots)
    withExtendedLifetime(arena) {}

    var observed: [Node] = []
    for (position, node) in nodes.enumerated() {
      let flags = workspace.capture.flags[position]
      if flags.contains(.input) || flags.contains(.standing) { continue }
      node._withUnsafeGuaranteedRef {
        $0.evaluation = number
        if $0.isObserving { observed.append($0) }
        if $0.draw != nil { $0.round += 1 }
        if let state = $0.state { unsafeDowncast(state, to: ComputedState.self).value = nil }
      }
    }
    publish(plan.values, plan, nodes, owned, plan.forward.owned) { node, tensor in
      computedState(of: node).value = tensor
    }
    for position in plan.channelsLast {
      nodes[position]._withUnsafeGuaranteedRef { computedState(of: $0).isChannelsLast = true }
    }
    computedState(of: root).evaluation = Evaluation(
      plan: plan, number: number, nodes: nodes, saved: owned)
    for node in observed {
      (node.operation as! any ObservingOperation).observe(value(of: node)!)
    }
    if AnomalyDetection.isOn { AnomalyDetection.checkForward(root) }
  }

  // MARK: Backward

  /// Adds seed · ∂root/∂leaf to the gradient of every differentiable leaf.
  package static func backward(_ root: Node, seed: Float, tensor: Tensor?) {
    if let tensor, tensor.shape != root.shape {
      stopProgram(
        "backward: the seed has shape \(tensor.shape), but the variable has \(root.shape)")
    }
    if root.kind != .operation { return accumulateSeed(root, seed, tensor) }
    let state = computedState(of: root)
    if state.isGradientOff { refuseGradient(root, "backward") }
    if root.evaluation == 0 { forward(root) }
    guard root.isDifferentiable else { return }
    (state.gradient, state.seed) = (tensor, tensor == nil ? seed : nil)
    guard let evaluation = state.evaluation, evaluation.number == root.evaluation,
      let segment = evaluation.plan.backward, tensor == nil
    else { return backwardFromScratch(root, seed, tensor) }

    let plan = evaluation.plan
    refuseChanges(evaluation)
    let workspace = Workspace.current
    let needsTeam = plan.threads > 1 && plan.isParallel
    if needsTeam { ThreadTeam.take() }
    defer { if needsTeam { ThreadTeam.release() } }

    let slots = workspace.slots(plan.slotCount)
    let numbers = bind(plan, evaluation.nodes, slots, workspace)
    numbers.pointee = seed
    slots[plan.inputs.count] = numbers
    for (owned, storage) in zip(plan.forward.owned, evaluation.saved) {
      slots[owned.slot] = storage.pointer
    }
    let owned = allocate(segment, slots)
    let arena = place(segment, slots)
    plan.run(segment, slots, workspace)
    plan.checkLabels(slots, isBackward: true)
    withExtendedLifetime(arena) {}
    publish(
      plan.gradients, plan, evaluation.nodes, evaluation.saved + owned,
      plan.forward.owned + segment.owned, setGradient)
  }

  /// A backward that the forward did not foresee: of another root, or with a tensor for a seed.
  /// Values that are stored are used, the rest is computed again.
  private static func backwardFromScratch(_ root: Node, _ seed: Float, _ tensor: Tensor?) {
    let workspace = Workspace.current
    let threads = ThreadTeam.count
    let hasTeam = threads > 1 && ThreadTeam.tryTake()
    defer { if hasTeam { ThreadTeam.release() } }
    workspace.capture.walk(
      root, .backward, attributes: (hasTeam ? threads : 1) << 1 | (tensor == nil ? 0 : 1))
    let plan = plan(
      workspace, .backward, threads: hasTeam ? threads : 1, hasTensorSeed: tensor != nil)
    refuseChangedOperands(in: workspace.capture, plan, "backward")
    let nodes = workspace.capture.nodes
    let slots = workspace.slots(plan.slotCount)
    let numbers = bind(plan, nodes, slots, workspace)
    if let tensor {
      slots[plan.inputs.count] = tensor.storage.pointer
    } else {
      numbers.pointee = seed
      slots[plan.inputs.count] = numbers
    }
    let owned = allocate(plan.forward, slots)
    let arena = place(plan.forward, slots)
    plan.run(plan.forward, slots, workspace)
    plan.checkLabels(slots)
    withExtendedLifetime((arena, tensor)) {}
    publish(plan.gradients, plan, nodes, owned, plan.forward.owned, setGradient)
  }

  /// The backward of a leaf: its gradient is the seed.
  private static func accumulateSeed(_ node: Node, _ seed: Float, _ tensor: Tensor?) {
    if !node.isDifferentiable || node.kind != .leaf { return }
    setGradient(node, tensor ?? Tensor(repeating: seed, shape: node.shape))
  }

  // MARK: Parts

  private static func plan(
    _ workspace: Workspace, _ purpose: Capture.Purpose, threads: Int, hasTensorSeed: Bool
  ) -> Plan {
    PlanCache.plan(for: workspace.capture) {
      let plan = Compiler.compile(
        workspace.capture, purpose, threads: threads, hasTensorSeed: hasTensorSeed)
      if Explain.isOn { Explain.show(plan) }
      return plan
    }
  }

  /// Points the inputs' slots to the inputs' memory.
  ///
  /// - Parameter isForward: Whether random operations draw anew.
  /// - Returns: Room for one more number.
  @discardableResult
  private static func bind(
    _ plan: Plan, _ nodes: [Unmanaged<Node>],
    _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ workspace: Workspace,
    isForward: Bool = false
  ) -> UnsafeMutablePointer<Float> {
    let numbers = workspace.numbers(plan.inputs.count + 1)
    for (input, position) in plan.inputs.enumerated() {
      nodes[position]._withUnsafeGuaranteedRef { node in
        switch node.kind {
        case .scalar:
          numbers[input] = node.scalar
          slots[input] = numbers + input
        case .leaf:
          slots[input] =
            unsafeDowncast(node.state.unsafelyUnwrapped, to: LeafState.self).tensor.storage.pointer
        case .operation where plan.draws.contains(input):
          // What is computed again has the numbers that it had.
          let isNew = isForward && !workspace.capture.flags[position].contains(.standing)
          slots[input] = workspace.bind(
            BoundDraw(
              seed: node.draw!.seed, number: node.draw!.number,
              round: UInt64(node.round) + (isNew ? 1 : 0)), at: input, of: plan.inputs.count)
        case .operation:
          slots[input] =
            unsafeDowncast(node.state.unsafelyUnwrapped, to: ComputedState.self).value
            .unsafelyUnwrapped.storage.pointer
        }
      }
    }
    return numbers + plan.inputs.count
  }

  private static func allocate(
    _ segment: Segment, _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  ) -> [Storage] {
    segment.owned.map { owned in
      let storage = Storage(count: owned.count)
      slots[owned.slot] = storage.pointer
      return storage
    }
  }

  private static func place(
    _ segment: Segment, _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  ) -> Storage? {
    if segment.arena.isEmpty { return nil }
    let arena = Storage(count: segment.arenaSize)
    for placed in segment.arena { slots[placed.slot] = arena.pointer + placed.offset }
    return arena
  }

  /// Gives results to their nodes.
  private static func publish(
    _ results: [Plan.Result], _ plan: Plan, _ nodes: [Unmanaged<Node>], _ storages: [Storage],
    _ owned: [Segment.Owned], _ give: (Node, Tensor) -> Void
  ) {
    for result in results {
      nodes[result.position]._withUnsafeGuaranteedRef { node in
        if result.slot < plan.inputs.count {
          // The value is that of an input.
          let position = plan.inputs[result.slot]
          let input = nodes[position].takeUnretainedValue()
          give(node, value(of: input)!.reshaped(to: result.shape))
        } else {
          let place = place(of: result.slot, in: owned)
          give(node, Tensor(shape: result.shape, storage: storages[place]))
        }
      }
    }
  }

  /// Where a slot stands among those owned, which are in the order of their slots.
  private static func place(of slot: Int, in owned: [Segment.Owned]) -> Int {
    var (first, last) = (0, owned.count - 1)
    while first < last {
      let middle = (first + last) / 2
      if owned[middle].slot < slot { first = middle + 1 } else { last = middle }
    }
    assert(owned[first].slot == slot)
    return first
  }

  private static func setGradient(_ node: Node, _ gradient: Tensor) {
    guard node.kind == .leaf else {
      computedState(of: node).gradient = gradient
      return
    }
    let state = unsafeDowncast(node.state.unsafelyUnwrapped, to: LeafState.self)
    if state.gradient == nil {
      state.gradient = gradient
    } else {
      Update.add(gradient, to: &state.gradient!)
    }
  }

  @inline(__always)
  package static func computedState(of node: Node) -> ComputedState {
    if let state = node.state { return unsafeDowncast(state, to: ComputedState.self) }
    let state = ComputedState()
    node.state = state
    return state
  }

  /// The value of a node, if it is stored.
  package static func value(of node: Node) -> Tensor? {
    switch node.kind {
    case .scalar: Tensor(node.scalar)
    case .leaf: unsafeDowncast(node.state.unsafelyUnwrapped, to: LeafState.self).tensor
    case .operation: node.state.flatMap { unsafeDowncast($0, to: ComputedState.self).value }
    }
  }

  /// The gradient of a computed node from the last backward; zeros if there was none.
  package static func gradient(of node: Node) -> Tensor {
    guard let state = node.state as? ComputedState else { return .zeros(node.shape) }
    if state.isGradientOff { refuseGradient(node, "grad") }
    return state.gradient(of: node.shape) ?? .zeros(node.shape)
  }

  /// The value of a node, computed if it never was, or if it was but nothing had to store it.
  package static func demandValue(of node: Node) -> Tensor {
    if let value = value(of: node) { return value }
    forward(node)
    return value(of: node)!
  }

  // MARK: Refusals

  /// Stops if a leaf or an ancestor changed since the evaluation, unless its value doesn't matter.
  private static func refuseChanges(_ evaluation: Evaluation) {
    let unread = evaluation.plan.unread
    for (position, unmanaged) in evaluation.nodes.enumerated() {
      unmanaged._withUnsafeGuaranteedRef { node in
        switch node.kind {
        case .scalar: break
        case .leaf:
          if unsafeDowncast(node.state.unsafelyUnwrapped, to: LeafState.self).version
            >= evaluation.number, !unread.contains(position)
          {
            refuse(node, "backward")
          }
        case .operation:
          if node.evaluation > evaluation.number { refuse(node, "backward") }
        }
      }
    }
  }

  /// Stops if an operand of a value that may have to be computed again changed since it was, unless
  /// the plan doesn't look at it.
  private static func refuseChangedOperands(
    in capture: Capture, _ plan: Plan, _ purpose: String
  ) {
    for (position, unmanaged) in capture.nodes.enumerated()
    where capture.flags[position].contains(.standing) {
      unmanaged._withUnsafeGuaranteedRef { node in
        for next in 0..<node.operands.count {
          let operand = node.operands[next]
          switch operand.kind {
          case .scalar: break
          case .leaf:
            let version = unsafeDowncast(operand.state.unsafelyUnwrapped, to: LeafState.self)
              .version
            if version >= node.evaluation, !plan.unread.contains(Int(operand.index)) {
              refuse(operand, purpose)
            }
          case .operation:
            if operand.evaluation > node.evaluation { refuse(operand, purpose) }
          }
        }
      }
    }
  }

  private static func refuseGradient(_ node: Node, _ purpose: String) -> Never {
    stopProgram(
      "\(purpose): noGrad() switched the gradients of this result of "
        + "\(type(of: node.operation).name), of shape \(node.shape), off. Call withGrad() first")
  }

  private static func refuse(_ node: Node, _ purpose: String) -> Never {
    if node.kind == .leaf {
      let name = (node.state as? NamedState)?.name.map { "\"\($0)\"" } ?? "of shape \(node.shape)"
      stopProgram(
        "\(purpose): the leaf \(name) changed since forward. Call forward() again before \(purpose)()"
      )
    }
    stopProgram(
      "\(purpose): the result of \(node.operation.name), of shape \(node.shape), was "
        + "computed again since forward. Call forward() again before \(purpose)()")
  }
}
