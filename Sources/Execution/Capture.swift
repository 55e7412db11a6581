import NeuronikaGraphs
import NeuronikaTensors

/// The walk over a graph before an evaluation: the nodes to compute, the inputs they are computed
/// from, and the structure of it all as a string of integers by which the plan is looked up.
struct Capture {
  /// What a plan does.
  enum Purpose: Int {
    /// Computes the root.
    case forward
    /// Computes the root and keeps what its backward needs.
    case training
    /// Computes gradients of the root from values that are there, recomputing the rest.
    case backward
  }

  struct Flags: OptionSet {
    let rawValue: UInt8
    /// A leaf, or a computed value that is used as it stands.
    static let input = Flags(rawValue: 1)
    /// The program can name the variable.
    static let held = Flags(rawValue: 2)
    /// A node outside this walk is computed from it.
    static let consumed = Flags(rawValue: 4)
    static let differentiable = Flags(rawValue: 8)
    /// Computed before, but not stored: computed again with the same bits.
    static let standing = Flags(rawValue: 16)
    /// Standing, and stored, so that a backward may use the value instead of computing it again.
    static let stored = Flags(rawValue: 32)
    /// An input that was computed with channels last.
    static let channelsLast = Flags(rawValue: 64)
  }

  /// Operands before the nodes computed from them. The last one is the root.
  private(set) var nodes: [Unmanaged<Node>] = []
  private(set) var flags: [Flags] = []
  private(set) var structure = StructureWriter()
  private(set) var hash = 0
  private var uses: [Int32] = []
  private var stack: [(node: Unmanaged<Node>, next: Int32)] = []
  /// Whether some node is computed again although its value stands.
  private(set) var hasStanding = false
  /// Whether the gradient has to go on below an input that is itself computed.
  private(set) var hasComputedDifferentiableInput = false

  init() {}

  /// Walks from `root` down to the inputs.
  ///
  /// - Parameters:
  ///   - purpose: `.backward` uses every stored value; the others compute those ancestors that are
  ///     not newer than the root.
  ///   - attributes: What else the plan depends on.
  mutating func walk(_ root: Node, _ purpose: Purpose, attributes: Int) {
    nodes.removeAll(keepingCapacity: true)
    flags.removeAll(keepingCapacity: true)
    uses.removeAll(keepingCapacity: true)
    structure.removeAll()
    hasStanding = false
    hasComputedDifferentiableInput = false
    let mark = Node.nextMark()
    let newest = purpose == .backward ? 0 : root.evaluation

    root.mark = mark
    stack.append((Unmanaged.passUnretained(root), 0))
    while let (unmanaged, next) = stack.last {
      unmanaged._withUnsafeGuaranteedRef { node in
        let flags = next == 0 ? role(of: node, root, purpose, newest) : []
        if flags.contains(.input) {
          finish(unmanaged, node, flags)
        } else if Int(next) < node.operands.count {
          stack[stack.count - 1].next = next + 1
          let operand = node.operands[Int(next)]
          if operand.mark != mark {
            operand.mark = mark
            stack.append((Unmanaged.passUnretained(operand), 0))
          }
        } else {
          for position in 0..<node.operands.count {
            let operand = node.operands[position]
            uses[Int(operand.index)] += 1
            if node.isDifferentiable && operand.isDifferentiable && operand.kind == .operation
              && self.flags[Int(operand.index)].contains(.input)
            {
              hasComputedDifferentiableInput = true
            }
          }
          finish(unmanaged, node, role(of: node, root, purpose, newest))
        }
      }
    }
    describe(root, purpose, attributes)
  }

  @inline(__always)
  private func role(of node: Node, _ root: Node, _ purpose: Purpose, _ newest: UInt64) -> Flags {
    if node.kind != .operation { return .input }
    if node === root && purpose != .backward { return [] }
    if node.evaluation <= newest { return [] }
    // Computed since, or ever: it stands.
    guard let state = node.state, unsafeDowncast(state, to: ComputedState.self).value != nil else {
      return .standing
    }
    // A view is read where its operand lies, whether or not somebody had it stored: a product of a
    // copy has other bits.
    if node.isView && standsOnItsOperands(node) { return .standing }
    // A backward has to see the operands of what it differentiates.
    return purpose == .backward && node.isDifferentiable ? [.standing, .stored] : .input
  }

  /// Whether no operand was changed or computed again since the node was computed.
  private func standsOnItsOperands(_ node: Node) -> Bool {
    (0..<node.operands.count).allSatisfy {
      let operand = node.operands[$0]
      switch operand.kind {
      case .scalar: return true
      case .leaf:
        return unsafeDowncast(operand.state.unsafelyUnwrapped, to: LeafState.self).version
          < node.evaluation
      case .operation: return operand.evaluation <= node.evaluation
      }
    }
  }

  @inline(__always)
  private mutating func finish(_ unmanaged: Unmanaged<Node>, _ node: Node, _ role: Flags) {
    var role = role
    node.index = Int32(nodes.count)
    if node.isDifferentiable { role.insert(.differentiable) }
    if role.contains(.standing) { hasStanding = true }
    nodes.append(unmanaged)
    flags.append(role)
    uses.append(0)
    stack.removeLast()
  }

  private mutating func describe(_ root: Node, _ purpose: Purpose, _ attributes: Int) {
    structure.append(purpose.rawValue)
    structure.append(attributes)
    for position in nodes.indices {
      nodes[position]._withUnsafeGuaranteedRef { node in
        var flags = flags[position]
        if flags.contains(.input) {
          // A leaf gets a gradient; a computed input doesn't, because backward has to go on below it.
          let kind = node.kind == .scalar ? 256 : node.kind == .leaf ? 512 : 2048
          if node.kind == .operation,
            unsafeDowncast(node.state.unsafelyUnwrapped, to: ComputedState.self).isChannelsLast
          {
            flags.insert(.channelsLast)
            self.flags[position] = flags
          }
          structure.append(Int(flags.rawValue) | kind)
          if node.kind != .scalar { structure.append(node.shape) }
          return
        }
        if node.handles > 0 || node.isObserving { flags.insert(.held) }
        if node.consumers > uses[position] { flags.insert(.consumed) }
        self.flags[position] = flags
        structure.append(Int(flags.rawValue))
        structure.append(node.operation)
        for operand in 0..<node.operands.count {
          structure.append(Int(node.operands[operand].index))
        }
      }
    }
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
    for word in structure.words {
      hash = (hash ^ UInt64(bitPattern: Int64(word))) &* 0xFF51_AFD7_ED55_8CCD
      hash ^= hash >> 32
    }
    self.hash = Int(truncatingIfNeeded: hash)
  }

  /// Whether a plan was made for this structure.
  func matches(_ words: [Int]) -> Bool { structure.words == words }
}

extension Node {
  /// Whether the operation is to be told the value.
  var isObserving: Bool { isObserved && (operation as! any ObservingOperation).isObserving }

  /// Whether the value is but another view of the first operand's.
  fileprivate var isView: Bool {
    let lowering = operation.lowering(of: operands.array.map(\.shape), to: shape)
    return if case .view = lowering { true } else { false }
  }
}
