import NeuronikaGraphs
import NeuronikaTensors

/// Compiles what a capture found into a plan: copies the graph, differentiates the copy, and sends
/// it through the passes.
struct Compiler {
  private let capture: Capture
  private let purpose: Capture.Purpose
  private let threads: Int
  private let hasTensorSeed: Bool
  /// The copies of the captured nodes.
  private var copies: [Node] = []
  private var lowerer = Lowerer()
  /// The captured positions of the plan's inputs.
  private var inputs: [Int] = []
  /// Which of them are draws of random operations.
  private var draws: Set<Int> = []

  static func compile(
    _ capture: Capture, _ purpose: Capture.Purpose, threads: Int, hasTensorSeed: Bool
  ) -> Plan {
    var compiler = Compiler(
      capture: capture, purpose: purpose, threads: threads, hasTensorSeed: hasTensorSeed)
    return compiler.run()
  }

  private init(
    capture: Capture, purpose: Capture.Purpose, threads: Int, hasTensorSeed: Bool
  ) {
    (self.capture, self.purpose, self.threads, self.hasTensorSeed) = (
      capture, purpose, threads, hasTensorSeed
    )
  }

  private mutating func run() -> Plan {
    copyGraph()
    let root = copies.count - 1
    var values: [(position: Int, reference: Reference)] = []
    if purpose != .backward {
      for position in copies.indices where !capture.flags[position].contains(.input) {
        let flags = capture.flags[position]
        if position == root || flags.contains(.held) || flags.contains(.consumed) {
          values.append((position, materialized(lowerer.reference(to: copies[position]))))
        }
      }
    }
    var gradients: [(position: Int, reference: Reference)] = []
    let isTraining = purpose != .forward && !capture.hasComputedDifferentiableInput
    if purpose == .backward || isTraining { gradients = differentiate() }
    let shared = lowerer.ir.sharedCount

    var folds = FoldProducts()
    let outputs = Set(
      (values + gradients).map(\.reference.value) + lowerer.ir.labelChecks.map(\.operand.value))
    folds.run(on: &lowerer.ir, outputs: outputs)

    var schedule = Scheduler(lowerer.ir, outputs: outputs)
    let plan = schedule.plan(
      inputs: inputs, hasSeed: !gradients.isEmpty, values: values, gradients: gradients,
      threads: threads, words: capture.structure.words, hash: capture.hash)
    plan.passes = PassCounts(
      shared: shared, bias: folds.biasCount, relu: folds.reluCount,
      fused: plan.fusedCount)
    plan.draws = draws
    plan.channelsLast = values.map(\.position).filter { lowerer.isChannelsLast(copies[$0]) }
    plan.owners = ownersOutsideTheGraph()
    plan.labelChecks = lowerer.ir.labelChecks.map { plan.check($0, schedule) }
    return plan
  }

  /// What closures refer to that belongs to none of the captured operations: to operations that a
  /// pullback made. A graph with the plan's structure keeps the captured ones alive, and they are
  /// not the plan's to keep.
  private func ownersOutsideTheGraph() -> [AnyObject] {
    if lowerer.owners.isEmpty { return [] }
    let captured = copies.compactMap { node -> ObjectIdentifier? in
      if node.isLeaf { return nil }
      let lowering = node.operation.lowering(of: node.operands.array.map(\.shape), to: node.shape)
      return if case .opaque(let function) = lowering {
        function.owner.map { ObjectIdentifier($0) }
      } else {
        nil
      }
    }
    let known = Set(captured)
    return lowerer.owners.filter { !known.contains(ObjectIdentifier($0)) }
  }

  /// Copies the captured nodes and names the plan's inputs.
  private mutating func copyGraph() {
    for position in capture.nodes.indices {
      let node = capture.nodes[position].takeUnretainedValue()
      let flags = capture.flags[position]
      let isBound = flags.contains(.input) || flags.contains(.stored)
      let copy: Node
      if flags.contains(.input) {
        copy = Node(
          Leaf(), Operands(), shape: node.shape, isDifferentiable: node.isDifferentiable,
          kind: .leaf)
      } else {
        let operands = node.operands.array.map { copies[Int($0.index)] }
        copy = Node(
          node.operation, Operands(operands), shape: node.shape,
          isDifferentiable: node.isDifferentiable)
      }
      copies.append(copy)
      if node.draw == nil {
        lowerer.note(copy, isChannelsLast: flags.contains(.channelsLast) ? true : nil)
      }
      if isBound {
        lowerer.bind(copy, to: inputs.count)
        inputs.append(position)
      } else if node.draw != nil {
        lowerer.bindDraw(copy, to: inputs.count)
        draws.insert(inputs.count)
        inputs.append(position)
      }
    }
  }

  /// Derives the gradients of the root with respect to all differentiable leaves and held variables.
  private mutating func differentiate() -> [(position: Int, reference: Reference)] {
    let root = copies[copies.count - 1]
    guard root.isDifferentiable else { return [] }
    let targets = copies.indices.filter { position in
      let flags = capture.flags[position]
      let isOriginalLeaf = capture.nodes[position].takeUnretainedValue().kind == .leaf
      // The root's own gradient is the seed.
      return flags.contains(.differentiable)
        && (isOriginalLeaf || (flags.contains(.held) && position < copies.count - 1))
    }
    let seed = Node(
      Leaf(), Operands(), shape: hasTensorSeed ? root.shape : Shape(), isDifferentiable: false,
      kind: .leaf)
    lowerer.ir.isBackward = purpose == .training
    lowerer.bind(seed, to: inputs.count)
    let start = seed.shape == root.shape ? seed : VarDiff(seed).broadcast(to: root.shape).node
    let nodes = NeuronikaGraphs.gradients(
      of: root, seed: start, withRespectTo: targets.map { copies[$0] })
    var result: [(position: Int, reference: Reference)] = []
    for (position, node) in zip(targets, nodes) {
      guard let node else { continue }
      result.append((position, materialized(lowerer.reference(to: node))))
    }
    return result
  }

  /// A reference that a tensor can be made of: contiguous memory that begins with the value.
  private mutating func materialized(_ reference: Reference) -> Reference {
    let reference = lowerer.ir.contiguous(reference)
    let value = lowerer.ir.values[reference.value]
    let isWhole =
      reference.view.offset == 0 && reference.view.count == value.shape.count
    let needsCopy =
      switch value.kind {
      case .constant: true
      // A scalar is no tensor, and the seed, which comes after the inputs, isn't any node's.
      case .input(let input): !isWhole || value.shape.rank == 0 || input == inputs.count
      default: !isWhole
      }
    return needsCopy ? lowerer.ir.add(.copy(reference), reference.view.shape) : reference
  }
}
