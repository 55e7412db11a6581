import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// What the runs of many graphs came to.
struct Tally {
  var graphs = 0
  var operations: [String: Int] = [:]
  var compared = 0
  var inconclusive = 0
  var nodes = 0
  var largest = 0

  mutating func count(_ graph: RandomGraph) {
    graphs += 1
    let order = topologicalOrder(of: graph.withGradients())
    nodes += order.count
    for node in order where !node.isLeaf { largest = max(largest, node.shape.count) }
    for name in operationNames(order) { operations[name, default: 0] += 1 }
  }
}

enum Verdict {
  case right
  case inconclusive
  case wrong(String)
}

/// The types of the operations of some nodes.
func operationNames(_ nodes: [Node]) -> Set<String> {
  Set(nodes.filter { !$0.isLeaf }.map { String(describing: type(of: $0.operation)) })
}

extension RandomGraph {
  /// The nodes of the roots and of the gradients that backward computes.
  func withGradients() -> [Node] {
    let variables = build()
    let leaves = zip(items, variables).filter {
      if case .step = $0.0.source { false } else { $0.1.node.isDifferentiable }
    }
    return roots.flatMap { root in
      [variables[root].node]
        + gradients(
          of: variables[root].node, seed: Var(Tensor.ones(items[root].shape)).node,
          withRespectTo: leaves.map(\.1.node)
        ).compactMap { $0 }
    }
  }

  /// What is wrong with how the engine runs this graph.
  func check(comparing: Bool = true) -> Verdict {
    var single: Transcript?
    var others: [(how: String, Transcript)] = []
    for threads in [1, 2] {
      let (runs, prefixed) = withThreads(threads) {
        (
          [.none, .all, .half, .none].map { (holding: Holding) in (holding, run(holding)) },
          run(.prefix)
        )
      }
      var first = runs[0].1
      (first.inner, first.noises) = (runs[1].1.inner, runs[1].1.noises)
      for (holding, transcript) in runs.dropFirst() {
        if let difference = first.difference(from: transcript) {
          return .wrong(
            holding == .none
              ? "twice the same, other bits, \(threads) threads: \(difference)"
              : "holding \(holding) changes bits, \(threads) threads: \(difference)")
        }
      }
      others.append(("a prefix computed first, \(threads) threads", prefixed))
      if single == nil { single = first } else { others.append(("1 thread and 2", first)) }
    }
    let alone = single!
    var verdict = Verdict.right
    for (how, transcript) in others {
      guard let difference = distance(between: alone, and: transcript) else { continue }
      if isNearKink(changed: false, noises: alone.noises)
        || isNearKink(changed: true, noises: alone.noises)
      {
        verdict = .inconclusive
      } else {
        return .wrong("\(how): \(difference)")
      }
    }
    if !comparing { return verdict }
    for changed in [false, true] {
      switch compare(alone, changed: changed) {
      case .right: continue
      case .inconclusive: verdict = .inconclusive
      case .wrong(let how): return .wrong(how)
      }
    }
    return verdict
  }

  /// Runs that differ in how the work is parted may differ in rounding only.
  private func distance(between one: Transcript, and two: Transcript) -> String? {
    for (a, b) in zip(one.entries, two.entries) {
      if a.tensor.hasBits(of: b.tensor) { continue }
      let greatest = a.tensor.elements.reduce(0) { $1.isFinite ? max($0, $1.magnitude) : $0 }
      for (place, (x, y)) in zip(a.tensor.elements, b.tensor.elements).enumerated() {
        if x == y || (x.isNaN && y.isNaN) || (x - y).magnitude <= 1e-3 * (1 + greatest) { continue }
        return "\(a.label), element \(place): \(x) and \(y)"
      }
    }
    return nil
  }

  /// Compares with the reference, allowing for as much as leaves moved in their last places change it.
  private func compare(_ transcript: Transcript, changed: Bool) -> Verdict {
    let truth = truth(changed: changed, noises: transcript.noises)
    var moved: [Truth]?
    for (label, result) in transcript.entries + transcript.inner {
      guard let exact = truth.tensors[label] else { continue }
      if result.shape != exact.shape {
        return .wrong("\(label) has shape \(result.shape), not \(exact.shape)")
      }
      let greatest = exact.greatest
      let scale = label.hasPrefix("value") ? truth.valueScale : truth.gradientScale
      // Hundreds of terms may cancel: a bias before a norm has a gradient of 0, and rounding.
      let allowed = 2e-5 * greatest + 4e-6 * scale
      guard let place = worst(result, exact, allowed) else { continue }
      let all =
        moved
        ?? (1...6).map {
          self.truth(changed: changed, noises: transcript.noises, shift: 2.4e-7, draw: $0)
        }
      moved = all
      let slack = all.reduce(0.0) { slack, other in
        zip(other.tensors[label]!.elements, exact.elements).reduce(slack) {
          max($0, ($1.0 - $1.1).magnitude)
        }
      }
      guard worst(result, exact, allowed + 64 * slack) != nil else { continue }
      if isNearKink(changed: changed, noises: transcript.noises) { return .inconclusive }
      return .wrong(
        "\(label), element \(place), is \(result.elements[place]), not \(exact.elements[place]) "
          + "(greatest \(greatest), moved leaves change it by \(slack), "
          + "scale \(scale))")
    }
    return .right
  }

  /// The worst element, if it is wrong by more than is allowed.
  private func worst(_ result: Tensor, _ exact: ReferenceTensor, _ allowed: Double) -> Int? {
    var worst: (place: Int, error: Double)?
    for (place, (x, y)) in zip(result.elements, exact.elements).enumerated() {
      if x.isNaN && y.isNaN { continue }
      let error = x.isNaN != y.isNaN ? .infinity : (Double(x) - y).magnitude
      if !(error <= allowed) && error > worst?.error ?? -1 { worst = (place, error) }
    }
    return worst?.place
  }
}
