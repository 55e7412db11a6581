import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

#if canImport(Glibc)
  import Glibc
#endif

/// Which variables the program keeps handles on while it computes.
enum Holding: CaseIterable {
  case none, all, half
  /// None but one, which is computed before all others. Rounding may differ then: what follows is
  /// another computation.
  case prefix
}

/// Everything that a program can read of a run.
struct Transcript {
  var entries: [(label: String, tensor: Tensor)] = []
  /// The gradients of variables inside, if all were held.
  var inner: [(label: String, tensor: Tensor)] = []
  /// The random numbers drawn, if all variables were held.
  var noises: [String: Tensor] = [:]

  /// The first place where two runs differ in bits. NaN is NaN, whatever its bits.
  func difference(from other: Transcript) -> String? {
    for (mine, theirs) in zip(entries, other.entries) {
      if mine.tensor.hasBits(of: theirs.tensor) { continue }
      let (a, b) = (mine.tensor.elements, theirs.tensor.elements)
      if a.count != b.count { return "\(mine.label): \(a.count) elements and \(b.count)" }
      for place in a.indices where a[place].bitPattern != b[place].bitPattern {
        if a[place].isNaN && b[place].isNaN { continue }
        return "\(mine.label), element \(place): \(a[place]) and \(b[place])"
      }
    }
    return entries.count == other.entries.count
      ? nil : "\(entries.count) and \(other.entries.count) entries"
  }
}

extension RandomGraph {
  /// The roots in an order in which neither forward computes the other root again.
  private var forwardOrder: [Int] {
    ancestors(of: roots[0]).contains(roots[1]) ? [roots[1], roots[0]] : roots
  }

  /// An item and what it is computed from.
  private func ancestors(of place: Int) -> [Int] {
    var isBelow = [Bool](repeating: false, count: items.count)
    isBelow[place] = true
    for place in items.indices.reversed() where isBelow[place] {
      if case .step(_, let operands) = items[place].source {
        for operand in operands { isBelow[operand] = true }
      }
    }
    return items.indices.filter { isBelow[$0] }
  }

  /// Computes both roots, goes backward from both, changes leaves, and does all of it again.
  func run(_ holding: Holding) -> Transcript {
    var variables = build()
    let order = forwardOrder
    let roots = order.map { variables[$0] }
    let leaves: [(item: Item, variable: VarDiff)] = zip(items, variables).filter {
      if case .step = $0.0.source { false } else { true }
    }
    var numbers = Numbers(seed: seed &+ 99)
    let held: [VarDiff]
    switch holding {
    case .none: held = []
    case .all: held = variables
    case .half: held = variables.filter { _ in numbers.chance(0.5) }
    case .prefix:
      let places = ancestors(of: order[0]).filter {
        if case .step = items[$0].source { $0 != order[0] } else { false }
      }
      held = places.isEmpty ? [] : [variables[numbers.pick(places)]]
    }
    let draws = randomNodes(of: variables.map(\.node))
    let isDrawing = !draws.isEmpty
    let noises = holding == .all ? draws.map { VarDiff($0) } : []
    variables = []
    if holding == .prefix { for variable in held { variable.forward() } }

    var transcript = Transcript()
    func backward(_ root: Int, _ which: String) {
      defer {
        let place = order[root]
        if holding == .all {
          for (item, variable) in zip(items, held)
          where variable.node.isDifferentiable && !variable.node.isLeaf {
            transcript.inner.append(
              ("gradient of v\(item.id) in v\(items[place].id) in the \(which) turn", variable.grad)
            )
          }
        }
      }
      if usesTensorSeeds {
        roots[root].backward(seedTensor(of: order[root]))
      } else {
        roots[root].backward()
      }
    }
    func record(_ what: String) {
      for (item, variable) in leaves where variable.node.isDifferentiable {
        transcript.entries.append(("gradient of v\(item.id) \(what)", variable.grad))
      }
    }
    func turn(_ which: String) {
      let isInterleaved = seed & 4 == 0 || order[0] == order[1]
      for root in 0...1 {
        // Backward computes what has not been.
        let skipsForward =
          isInterleaved && seed & 8 == 0 && which == "first"
          && roots[root].node.isDifferentiable && order[0] != order[1]
        if skipsForward {
          backward(root, which)
        } else if root == 0 || order[0] != order[1] || !isDrawing {
          // Again it would draw anew.
          roots[root].forward()
        }
        transcript.entries.append(
          ("value of v\(items[order[root]].id) in the \(which) turn", roots[root].data))
        if isInterleaved {
          if !skipsForward { backward(root, which) }
          record("after backward \(root + 1) of the \(which) turn")
        }
      }
      for (number, noise) in noises.enumerated() {
        transcript.noises["noise \(number) in the \(which) turn"] = noise.data
      }
      if isInterleaved { return }
      for root in 0...1 {
        backward(root, which)
        record("after backward \(root + 1) of the \(which) turn")
      }
    }

    turn("first")
    for (item, variable) in leaves {
      if variable.node.isDifferentiable { variable.zeroGrad() }
      if isChanged(item) { variable.data = values(of: item, changed: true) }
    }
    turn("second")
    withExtendedLifetime(held) {}
    return transcript
  }

  /// What the transcript has to say, in `Double`, by the operations' specifications.
  ///
  /// - Parameters:
  ///   - changed: Whether for the second turn.
  ///   - noises: The random numbers that the engine drew.
  ///   - shift: How much every leaf is moved, relatively.
  func truth(
    changed: Bool, noises: [String: Tensor], shift: Double = 0, draw: UInt64 = 0
  ) -> Truth {
    let variables = build()
    let order = forwardOrder
    let which = changed ? "second" : "first"
    var numbers = Numbers(seed: seed &+ 12345 &+ draw)
    var leaves = draws(of: variables, noises, which)
    var targets: [(item: Item, node: Node)] = []
    for (item, variable) in zip(items, variables) {
      switch item.source {
      case .step: continue
      case .labels:
        leaves[ObjectIdentifier(variable.node)] = ReferenceTensor(
          values(of: item, changed: changed && isChanged(item)))
      case .leaf, .distinct:
        let value = ReferenceTensor(values(of: item, changed: changed && isChanged(item)))
        leaves[ObjectIdentifier(variable.node)] =
          shift == 0 ? value : value.map { $0 * (1 + shift * (2 * numbers.unit() - 1)) }
        if variable.node.isDifferentiable { targets.append((item, variable.node)) }
      }
    }
    // Rounding errors are a fraction of the greatest values and gradients inside, those inside a step
    // among them.
    let inner = topologicalOrder(of: order.map { variables[$0].node })
      .filter { !$0.isLeaf && $0.draw == nil }
    let differentiable = inner.filter(\.isDifferentiable)
    let names = Dictionary(
      zip(items, variables).map { (ObjectIdentifier($1.node), $0.id) }
    ) { first, _ in first }
    var labels: [String] = []
    var nodes: [Node] = []
    var innerLabels: [String] = []
    var innerSlopes: [Node] = []
    var sums = [VarDiff?](repeating: nil, count: targets.count)
    for (turn, root) in order.enumerated() {
      let variable = variables[root]
      labels.append("value of v\(items[root].id) in the \(which) turn")
      nodes.append(variable.node)
      let seed = usesTensorSeeds ? seedTensor(of: root) : Tensor.ones(variable.shape)
      let slopes = gradients(
        of: variable.node, seed: Var(seed).node,
        withRespectTo: targets.map(\.node) + differentiable)
      for (place, target) in targets.enumerated() {
        if let slope = slopes[place] {
          sums[place] = sums[place].map { $0 + VarDiff(slope) } ?? VarDiff(slope)
        }
        labels.append(
          "gradient of v\(target.item.id) after backward \(turn + 1) of the \(which) turn")
        nodes.append((sums[place] ?? VarDiff(Var.zeros(target.item.shape))).node)
      }
      for (slope, target) in zip(slopes[targets.count...], differentiable) {
        guard let slope else { continue }
        innerSlopes.append(slope)
        innerLabels.append(
          names[ObjectIdentifier(target)].map {
            "gradient of v\($0) in v\(items[root].id) in the \(which) turn"
          } ?? "")
      }
    }
    let all = ReferenceExecutor.evaluate(nodes + inner + innerSlopes, leaves: leaves)
    func scale(_ tensors: ArraySlice<ReferenceTensor>) -> Double {
      tensors.reduce(0) { max($0, $1.greatest * Double($1.elements.count).squareRoot()) }
    }
    let (first, second) = (nodes.count, min(nodes.count + inner.count, all.count))
    return Truth(
      tensors: Dictionary(
        Array(zip(labels, all)) + Array(zip(innerLabels, all[second...]))
      ) { first, _ in first },
      valueScale: scale(all[first..<second]),
      gradientScale: scale(all[second...]))
  }

  /// What the reference executor takes for the random numbers of a turn.
  private func draws(
    of variables: [VarDiff], _ noises: [String: Tensor], _ turn: String
  ) -> [ObjectIdentifier: ReferenceTensor] {
    var draws: [ObjectIdentifier: ReferenceTensor] = [:]
    for (number, node) in randomNodes(of: variables.map(\.node)).enumerated() {
      draws[ObjectIdentifier(node)] = ReferenceTensor(
        noises["noise \(number) in the \(turn) turn"]!)
    }
    return draws
  }

  /// About how many operations the specifications take.
  var referenceCost: Int {
    var cost = 0
    for node in topologicalOrder(of: build().map(\.node)) where !node.isLeaf {
      let (operands, shape) = (node.operands.array.map(\.shape), node.shape)
      cost += shape.count * (shape.rank + 1)
      switch node.operation.lowering(of: operands, to: shape) {
      case .contraction(let product): cost += product.size
      case .convolution(_, let role):
        // Indices are worked out anew for each product, forwards and twice backwards.
        let (output, kernel) =
          switch role {
          case .output: (shape, operands[1])
          case .inputGradient: (operands[0], operands[1])
          case .kernelGradient: (operands[1], shape)
          }
        cost += 12 * output.count * kernel.count / max(kernel[0], 1)
      case .resampling:
        // Zeros count.
        cost += 4 * shape.count * operands[0].count / max(operands[0][0] * operands[0][1], 1)
      case .maxPool: cost += 40 * max(shape.count, operands[0].count)
      default: break
      }
    }
    return cost
  }

  /// Whether something that jumps is applied so close to the jump that rounding decides.
  func isNearKink(changed: Bool, noises: [String: Tensor]) -> Bool {
    let variables = build()
    for (item, variable) in zip(items, variables) where changed && isChanged(item) {
      if case .step = item.source { continue }
      variable.data = values(of: item, changed: true)
    }
    let leaves = draws(of: variables, noises, changed ? "second" : "first")
    return containsKink(topologicalOrder(of: roots.map { variables[$0].node }), leaves)
  }
}

/// What a transcript has to say.
struct Truth {
  var tensors: [String: ReferenceTensor]
  var valueScale: Double
  var gradientScale: Double
}

extension ReferenceTensor {
  /// The greatest finite magnitude.
  var greatest: Double { elements.reduce(0) { $1.isFinite ? max($0, $1.magnitude) : $0 } }
}

extension Tensor {
  func hasBits(of other: Tensor) -> Bool {
    count == other.count
      && withUnsafeElements { mine in
        other.withUnsafeElements { memcmp(mine.baseAddress!, $0.baseAddress!, count * 4) == 0 }
      }
  }
}
