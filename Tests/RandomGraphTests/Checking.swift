import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// What the runs of many graphs came to.
struct Tally {
  var graphs = 0
  var moves: [String: Int] = [:]
  var operations: [String: Int] = [:]
  var compared = 0
  var inconclusive = 0
  var nodes = 0
  var largest = 0

  mutating func count(_ graph: RandomGraph) {
    graphs += 1
    var names: Set<String> = []
    let order = topologicalOrder(of: graph.build().map(\.node))
    nodes += order.count
    for node in order where !node.isLeaf {
      names.insert(String(describing: type(of: node.operation)))
      largest = max(largest, node.shape.count)
    }
    for name in names { operations[name, default: 0] += 1 }
  }
}

enum Verdict {
  case right
  case inconclusive
  case wrong(String)
}

extension RandomGraph {
  /// What is wrong with how the engine runs this graph.
  func check(comparing: Bool = true) -> Verdict {
    var alone: Transcript?
    for threads in [1, 2] {
      let runs = withThreads(threads) {
        Holding.allCases.map { ($0, run($0)) } + [(.none, run(.none))]
      }
      var first = runs[0].1
      first.inner = runs[1].1.inner
      for (holding, transcript) in runs.dropFirst() {
        if let difference = first.difference(from: transcript) {
          return .wrong(
            holding == .none
              ? "twice the same, other bits, \(threads) threads: \(difference)"
              : "holding \(holding) changes bits, \(threads) threads: \(difference)")
        }
      }
      if let alone {
        if let difference = distance(between: alone, and: first) {
          return .wrong("1 thread and 2: \(difference)")
        }
      } else {
        alone = first
      }
    }
    if !comparing { return .right }
    var verdict = Verdict.right
    for changed in [false, true] {
      switch compare(alone!, changed: changed) {
      case .right: continue
      case .inconclusive: verdict = .inconclusive
      case .wrong(let how): return .wrong(how)
      }
    }
    return verdict
  }

  /// One thread and two may differ in rounding only.
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
    let truth = truth(changed: changed)
    var moved: [Truth]?
    for (label, result) in transcript.entries + transcript.inner {
      guard let exact = truth.tensors[label] else { continue }
      if result.shape != exact.shape {
        return .wrong("\(label) has shape \(result.shape), not \(exact.shape)")
      }
      let greatest = exact.greatest
      let scale = label.hasPrefix("value") ? truth.valueScale : truth.gradientScale
      let allowed = 2e-5 * greatest + 1e-6 * scale
      guard let place = worst(result, exact, allowed) else { continue }
      let all = moved ?? (1...6).map { self.truth(changed: changed, noise: 2.4e-7, draw: $0) }
      moved = all
      let slack = all.reduce(0.0) { slack, other in
        zip(other.tensors[label]!.elements, exact.elements).reduce(slack) {
          max($0, ($1.0 - $1.1).magnitude)
        }
      }
      guard worst(result, exact, allowed + 64 * slack) != nil else { continue }
      if isNearKink(changed: changed) { return .inconclusive }
      return .wrong(
        "\(label), element \(place), is \(result.elements[place]), not \(exact.elements[place]) "
          + "(greatest \(greatest), moved leaves change it by \(slack))")
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
