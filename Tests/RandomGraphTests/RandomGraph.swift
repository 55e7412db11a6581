import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// A graph as data, so that it can be built again, shrunk and printed.
struct RandomGraph {
  enum Source {
    case leaf(isDifferentiable: Bool)
    /// Whole numbers below a bound.
    case labels(classes: Int)
    /// Numbers from -2 to 2 in some order, all equally far apart; differentiable.
    case distinct
    case step(Move, [Int])
  }

  struct Item {
    /// Names the item, and seeds a leaf's numbers, when others have been dropped too.
    var id: Int
    var source: Source
    var shape: Shape
    /// If a step gives whole numbers, what they are below.
    var classes: Int?
  }

  var seed: UInt64
  var items: [Item]
  /// The two variables that are computed and differentiated.
  var roots: [Int]
  var usesTensorSeeds: Bool
  private let cache = ValueCache()

  init(seed: UInt64, items: [Item], roots: [Int], usesTensorSeeds: Bool) {
    (self.seed, self.items, self.roots, self.usesTensorSeeds) = (
      seed, items, roots, usesTensorSeeds
    )
  }

  /// The values of a leaf, or those after it changed.
  func values(of item: Item, changed: Bool = false) -> Tensor {
    let key = ValueCache.Key(item: item.id, shape: item.shape, isChanged: changed)
    if let known = cache.values[key] { return known }
    let drawn = drawValues(of: item, changed: changed)
    cache.values[key] = drawn
    return drawn
  }

  private func drawValues(of item: Item, changed: Bool) -> Tensor {
    var numbers = Numbers(seed: seed ^ UInt64(item.id + 1) &* 0x5851_f42d_4c95_7f2d)
    if changed { _ = numbers.bits() }
    if case .labels(let classes) = item.source {
      return Tensor(
        (0..<item.shape.count).map { _ in Float(numbers.below(classes)) }, shape: item.shape)
    }
    if case .distinct = item.source {
      let count = item.shape.count
      // Not symmetric, so that magnitudes differ too.
      let middle = Float(count - 1) / 2 - 0.3
      return Tensor(
        numbers.shuffled(count).map { (Float($0) - middle) * RandomGraph.separation(count) },
        shape: item.shape)
    }
    return numbers.tensor(item.shape)
  }

  /// How far apart the elements of a leaf are that are all different.
  static func separation(_ count: Int) -> Float { 4 / Float(max(count, 4)) }

  /// The leaves that a second forward finds changed.
  func isChanged(_ item: Item) -> Bool { (item.id &* 7 &+ Int(seed & 3)) % 3 != 0 }

  /// The gradient that backward starts from.
  func seedTensor(of root: Int) -> Tensor {
    var numbers = Numbers(seed: seed ^ UInt64(items[root].id + 1) &* 0x2545_f491_4f6c_dd1d)
    return numbers.tensor(items[root].shape)
  }

  /// Makes the variables of all items.
  func build() -> [VarDiff] {
    var variables: [VarDiff] = []
    for item in items {
      switch item.source {
      case .leaf(let isDifferentiable):
        let leaf = Var.from(values(of: item))
        variables.append(isDifferentiable ? leaf.requiresGrad() : VarDiff(leaf))
      case .labels: variables.append(VarDiff(Var.from(values(of: item))))
      case .distinct: variables.append(Var.from(values(of: item)).requiresGrad())
      case .step(let move, let operands): variables.append(move(operands.map { variables[$0] }))
      }
    }
    return variables
  }

  /// The graph as Swift.
  var code: String {
    var lines = ["// seed \(seed), \(usesTensorSeeds ? "tensor seeds" : "seed 1")"]
    for item in items {
      let right =
        switch item.source {
        case .leaf(true): "Var.rand(\(item.shape)).requiresGrad()"
        case .leaf(false): "VarDiff(Var.rand(\(item.shape)))"
        case .labels(let classes): "VarDiff(labels(\(item.shape), below: \(classes)))"
        case .distinct: "distinct(\(item.shape)).requiresGrad()"
        case .step(let move, let operands): move.code(operands.map { "v\(items[$0].id)" })
        }
      lines.append("let v\(item.id) = \(right)  // \(item.shape)")
    }
    for root in roots { lines.append("v\(items[root].id).forward()") }
    for root in roots {
      lines.append("v\(items[root].id).backward(\(usesTensorSeeds ? "seed" : ""))")
    }
    return lines.joined(separator: "\n")
  }

  /// Without what no root needs.
  var pruned: RandomGraph {
    var isNeeded = [Bool](repeating: false, count: items.count)
    for root in roots { isNeeded[root] = true }
    for place in items.indices.reversed() where isNeeded[place] {
      if case .step(_, let operands) = items[place].source {
        for operand in operands { isNeeded[operand] = true }
      }
    }
    var places: [Int: Int] = [:]
    var graph = self
    graph.items = []
    for place in items.indices where isNeeded[place] {
      var item = items[place]
      if case .step(let move, let operands) = item.source {
        item.source = .step(move, operands.map { places[$0]! })
      }
      places[place] = graph.items.count
      graph.items.append(item)
    }
    graph.roots = roots.map { places[$0]! }
    return graph
  }

  /// The graph made smaller for as long as it still fails.
  func shrunk(while fails: (RandomGraph) -> Bool) -> RandomGraph {
    var smallest = self
    var attempts = 0
    var isShrinking = true
    while isShrinking && attempts < 400 {
      isShrinking = false
      var candidates: [RandomGraph] = []
      if smallest.roots[0] != smallest.roots[1] {
        for root in smallest.roots {
          var candidate = smallest
          candidate.roots = [root, root]
          candidates.append(candidate.pruned)
        }
      }
      for place in smallest.items.indices.reversed() {
        guard case .step(_, let operands) = smallest.items[place].source else { continue }
        var candidate = smallest
        let classes = smallest.items[place].classes
        candidate.items[place].source =
          classes.map { .labels(classes: $0) } ?? .leaf(isDifferentiable: true)
        candidate.items[place].classes = nil
        candidates.append(candidate.pruned)
        for operand in operands where smallest.roots.contains(place) {
          candidate = smallest
          candidate.roots = smallest.roots.map { $0 == place ? operand : $0 }
          candidates.append(candidate.pruned)
        }
        // Positions have to stay whole numbers.
        for operand in operands
        where classes == nil && smallest.items[operand].shape == smallest.items[place].shape {
          candidate = smallest
          for user in candidate.items.indices {
            if case .step(let move, let others) = candidate.items[user].source {
              candidate.items[user].source = .step(move, others.map { $0 == place ? operand : $0 })
            }
          }
          candidates.append(candidate.pruned)
        }
      }
      candidates.sort { $0.items.count < $1.items.count }
      for candidate in candidates
      where candidate.items.count < smallest.items.count
        || candidate.steps < smallest.steps
        || (candidate.items.count == smallest.items.count
          && candidate.roots[0] == candidate.roots[1]
          && smallest.roots[0] != smallest.roots[1])
      {
        attempts += 1
        if fails(candidate) {
          smallest = candidate
          isShrinking = true
          break
        }
      }
    }
    return smallest
  }

  private var steps: Int {
    items.count { if case .step = $0.source { true } else { false } }
  }
}

/// The nodes among the ancestors of some that draw random numbers, in an order that is the same
/// whenever a graph is built.
func randomNodes(of nodes: [Node]) -> [Node] {
  topologicalOrder(of: nodes).filter { $0.draw != nil }
}

/// The numbers of leaves, drawn once for all runs of a graph.
private final class ValueCache {
  struct Key: Hashable {
    var item: Int
    var shape: Shape
    var isChanged: Bool
  }
  var values: [Key: Tensor] = [:]
}
