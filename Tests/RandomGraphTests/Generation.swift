import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

extension RandomGraph {
  /// A graph of 5 to 60 steps.
  static func random(seed: UInt64) -> RandomGraph {
    var generation = Generation(seed: seed)
    return generation.run()
  }
}

/// Draws a graph step by step, with a bound on every value so that nothing blows up.
private struct Generation {
  enum Size { case small, medium, products, large }

  var numbers: Numbers
  var graph: RandomGraph
  var variables: [VarDiff] = []
  /// About how great the elements of each item get.
  var bounds: [Float] = []
  let size: Size

  init(seed: UInt64) {
    numbers = Numbers(seed: seed)
    graph = RandomGraph(seed: seed, items: [], roots: [], usesTensorSeeds: numbers.chance(0.4))
    let draw = numbers.unit()
    size = draw < 0.72 ? .small : draw < 0.92 ? .medium : draw < 0.975 ? .products : .large
  }

  mutating func run() -> RandomGraph {
    let leaves = numbers.int(2...4)
    for _ in 0..<leaves { addLeaf(randomShape()) }
    if size == .products { addLayers() }
    let steps = size == .small || size == .medium ? numbers.int(5...60) : numbers.int(5...14)
    while graph.items.count < steps { addStep() }

    // The last step, and another that need not be below it.
    let candidates = graph.items.indices.filter { isStep($0) }
    let first = candidates.last!
    let second = numbers.pick(candidates.suffix(max(candidates.count / 2, 1)))
    graph.roots = [first, second]
    if numbers.chance(0.5) { for place in 0...1 { reduceRoot(place) } }
    if numbers.chance(0.5) { graph.roots.swapAt(0, 1) }
    return graph.pruned
  }

  private func isStep(_ place: Int) -> Bool {
    if case .step = graph.items[place].source { true } else { false }
  }

  private mutating func reduceRoot(_ place: Int) {
    let root = graph.roots[place]
    if graph.items[root].shape.rank == 0 { return }
    add(numbers.chance(0.5) ? .average : .total, [root], 1)
    graph.roots[place] = graph.items.count - 1
  }

  // MARK: Items

  private mutating func addLeaf(_ shape: Shape, isDifferentiable: Bool? = nil) {
    let gets = isDifferentiable ?? numbers.chance(0.75)
    append(.leaf(isDifferentiable: gets), shape, 1)
    let leaf = Var.from(Tensor(repeating: 0, shape: shape))
    variables.append(gets ? leaf.requiresGrad() : VarDiff(leaf))
  }

  private mutating func addLabels(_ count: Int, classes: Int) {
    append(.labels(classes: classes), Shape(count), Float(classes))
    variables.append(VarDiff(Var.zeros(count)))
  }

  private mutating func append(_ source: RandomGraph.Source, _ shape: Shape, _ bound: Float) {
    graph.items.append(.init(id: graph.items.count, source: source, shape: shape))
    bounds.append(bound)
  }

  private mutating func add(_ move: Move, _ operands: [Int], _ bound: Float) {
    let variable = move(operands.map { variables[$0] })
    variables.append(variable)
    append(.step(move, operands), variable.shape, bound)
    if bound > 16 { add(.timesNumber(1 / bound), [graph.items.count - 1], 1) }
  }

  // MARK: Shapes

  private mutating func randomShape() -> Shape {
    switch size {
    case .products: return Shape(numbers.int(33...90), numbers.int(33...90))
    case .large:
      return numbers.chance(0.5)
        ? Shape(numbers.int(170...210), numbers.int(195...260))
        : Shape(numbers.int(33_000...40_000))
    case .small, .medium:
      let rank = numbers.pick([0, 1, 1, 2, 2, 2, 2, 3, 3, 4])
      let greatest = size == .small ? [0, 40, 12, 6, 4][rank] : [0, 2000, 44, 12, 6][rank]
      return Shape(
        (0..<rank).map { _ in
          numbers.chance(0.03) ? 0 : numbers.chance(0.15) ? 1 : numbers.int(2...greatest)
        })
    }
  }

  /// What the items may have together.
  private var limit: Int {
    switch size {
    case .small: 600
    case .medium: 2000
    case .products: 40_000
    case .large: 60_000
    }
  }

  // MARK: Steps

  /// Layers as in a perceptron, large enough for oneDNN's primitives.
  private mutating func addLayers() {
    var rows = numbers.int(20...64)
    var columns = numbers.int(40...80)
    if numbers.chance(0.08) { (rows, columns) = (200, 200) }
    addLeaf(Shape(rows, columns))
    var place = graph.items.count - 1
    for _ in 0..<numbers.int(1...3) {
      let next = rows == 200 ? numbers.int(150...200) : numbers.int(40...80)
      let k = graph.items[place].shape[1]
      addLeaf(Shape(k, next), isDifferentiable: true)
      addLeaf(Shape(next), isDifferentiable: true)
      let bound = bounds[place] * Float(k).squareRoot()
      let operands = [place, graph.items.count - 2, graph.items.count - 1]
      if numbers.chance(0.8) {
        add(.affine, operands, min(bound, 16))
      } else {
        add(.mm, Array(operands[..<2]), min(bound, 16))
      }
      place = graph.items.count - 1
      if numbers.chance(0.75) {
        add(numbers.pick([.relu, .relu, .tanh, .softplus]), [place], bounds[place])
      }
      add(.timesNumber(1 / bound), [graph.items.count - 1], 1)
      place = graph.items.count - 1
    }
  }

  private mutating func operand(_ matches: (Shape) -> Bool = { _ in true }) -> Int? {
    let places = graph.items.indices.filter {
      if case .labels = graph.items[$0].source { return false }
      return matches(graph.items[$0].shape)
    }
    if places.isEmpty { return nil }
    // Later items are taken more often, so that graphs get deep.
    return numbers.chance(0.6) ? numbers.pick(places.suffix(5)) : numbers.pick(places)
  }

  private mutating func addStep() {
    switch numbers.below(12) {
    case 0...3: addUnary()
    case 4...6: addBinary()
    case 7: addProduct()
    case 8, 9: addView()
    case 10: addReduction()
    default: addRows()
    }
  }

  private mutating func addUnary() {
    let x = operand()!
    let bound = bounds[x]
    let c = numbers.float(0.3...1.7)
    switch numbers.below(17) {
    case 0: add(.relu, [x], bound)
    case 1: add(.leakyRelu(numbers.pick([0.01, 0.2, -0.3])), [x], bound)
    case 2: bound <= 3 ? add(.exp, [x], exponential(bound)) : add(.tanh, [x], 1)
    case 3: add(.softplus, [x], bound + 1)
    case 4: add(.sigmoid, [x], 1)
    case 5: add(.tanh, [x], 1)
    case 6: add(.ln, [x], 3)
    case 7: add(.sqrt, [x], bound + 1)
    case 8: add(.abs, [x], bound)
    case 9: add(.negate, [x], bound)
    case 10:
      let n =
        bound <= 2 ? numbers.pick([0, 1, 2, 2, 3, 4, 5, -1, -2]) : numbers.pick([-1, -2, -3])
      add(.power(n), [x], 32)
    case 11: add(.realPower(numbers.pick([0, 0.5, 1, 1.3, -0.7])), [x], bound + 2)
    case 12: add(.plusNumber(c), [x], bound + 2)
    case 13: add(.numberMinus(c), [x], bound + 2)
    case 14: add(.timesNumber(c), [x], bound * 2)
    case 15: add(.overNumber(c), [x], bound * 4)
    default: add(.numberOver(c), [x], 4)
    }
  }

  private func exponential(_ bound: Float) -> Float { bound < 1 ? 3 : bound < 2 ? 8 : 21 }

  private mutating func addBinary() {
    let x = operand()!
    let shape = graph.items[x].shape
    var y: Int?
    if numbers.chance(0.1) {
      y = x
    } else if shape.rank < 4 && numbers.chance(0.12) {
      // The same elements under one axis more, which backward sums again.
      add(.unsqueeze(0), [x], bounds[x])
      if numbers.chance(0.5) { add(.tanh, [graph.items.count - 1], 1) }
      y = graph.items.count - 1
    } else {
      let limit = limit
      y = operand { Shape.broadcast(shape, $0).map { $0.count <= limit } ?? false }
      if y == nil || numbers.chance(0.2) {
        // A leaf that broadcasts, from one side or the other.
        let kept = numbers.below(shape.rank + 1)
        let extents = shape.extents.suffix(kept)
        addLeaf(Shape(extents.map { numbers.chance(0.3) ? 1 : $0 }))
        y = graph.items.count - 1
      }
    }
    var (left, right) = (x, y!)
    if numbers.chance(0.5) { (left, right) = (right, left) }
    let (a, b) = (bounds[left], bounds[right])
    switch numbers.below(4) {
    case 0: add(.add, [left, right], a + b)
    case 1: add(.subtract, [left, right], a + b)
    case 2: add(.multiply, [left, right], a * b)
    default: add(.divide, [left, right], a * 2)
    }
  }

  private mutating func addProduct() {
    func bound(_ a: Int, _ b: Int, _ k: Int) -> Float {
      bounds[a] * bounds[b] * Float(k).squareRoot()
    }
    switch numbers.below(5) {
    case 0, 1:
      guard let a = operand({ $0.rank == 2 }) else { return addLeaf(matrixShape()) }
      let k = graph.items[a].shape[1]
      let isTransposed = numbers.chance(0.5)
      var b = operand { $0.rank == 2 && $0[isTransposed ? 1 : 0] == k }
      if b == nil || numbers.chance(0.3) {
        let n = numbers.pick([1, 3, 8, 17, 33])
        addLeaf(isTransposed ? Shape(n, k) : Shape(k, n))
        b = graph.items.count - 1
      }
      let n = graph.items[b!].shape[isTransposed ? 0 : 1]
      if graph.items[a].shape[0] * n > limit { return addUnary() }
      add(isTransposed ? .mmT : .mm, [a, b!], bound(a, b!, k))
      if numbers.chance(0.4) && !isTransposed {
        addLeaf(Shape(n))
        add(.add, [graph.items.count - 2, graph.items.count - 1], 16)
      }
    case 2:
      guard let a = operand({ $0.rank == 2 }) else { return addLeaf(matrixShape()) }
      let k = graph.items[a].shape[1]
      let v = operand { $0.rank == 1 && $0[0] == k } ?? leaf(Shape(k))
      add(.mv, [a, v], bound(a, v, k))
    case 3:
      guard let b = operand({ $0.rank == 2 }) else { return addLeaf(matrixShape()) }
      let k = graph.items[b].shape[0]
      let v = operand { $0.rank == 1 && $0[0] == k } ?? leaf(Shape(k))
      add(.vm, [v, b], bound(v, b, k))
    default:
      guard let a = operand({ $0.rank == 1 }) else { return addLeaf(Shape(numbers.int(1...40))) }
      let k = graph.items[a].shape[0]
      let v = operand { $0.rank == 1 && $0[0] == k } ?? leaf(Shape(k))
      add(.vv, [a, v], bound(a, v, k))
    }
  }

  private mutating func leaf(_ shape: Shape) -> Int {
    addLeaf(shape)
    return graph.items.count - 1
  }

  private mutating func matrixShape() -> Shape { Shape(numbers.int(1...12), numbers.int(1...12)) }

  private mutating func addView() {
    let x = operand()!
    let (shape, bound) = (graph.items[x].shape, bounds[x])
    switch numbers.below(7) {
    case 0: add(.t, [x], bound)
    case 1: add(.permute(numbers.shuffled(shape.rank)), [x], bound)
    case 2, 3: add(.reshape(reshaped(shape)), [x], bound)
    case 4:
      if let axis = shape.extents.firstIndex(of: 1) {
        add(.squeeze(axis), [x], bound)
      } else if shape.rank < 4 {
        add(.unsqueeze(numbers.int(0...shape.rank)), [x], bound)
      }
    case 5:
      var extents = shape.extents.map { $0 == 1 && numbers.chance(0.7) ? numbers.int(2...4) : $0 }
      if extents.count < 4 && numbers.chance(0.5) { extents.insert(numbers.int(1...4), at: 0) }
      if Shape(extents).count <= limit { add(.broadcast(Shape(extents)), [x], bound) }
    default: if numbers.chance(0.6) { add(.detached, [x], bound) }
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

  private mutating func addReduction() {
    let x = operand()!
    let (shape, bound) = (graph.items[x].shape, bounds[x])
    if shape.rank == 0 || numbers.chance(0.15) {
      numbers.chance(0.5)
        ? add(.total, [x], bound * Float(max(shape.count, 1)).squareRoot())
        : add(.average, [x], bound)
      return
    }
    let axes = (0..<shape.rank).filter { _ in numbers.chance(0.45) }
    let keeping = numbers.chance(0.4)
    if numbers.chance(0.5) {
      let terms = axes.reduce(1) { $0 * max(shape[$1], 1) }
      add(.sum(axes, keeping: keeping), [x], bound * Float(terms).squareRoot())
    } else {
      add(.mean(axes, keeping: keeping), [x], bound)
    }
  }

  private mutating func addRows() {
    switch numbers.below(3) {
    case 0:
      guard let x = operand({ $0.rank > 0 }) else { return addLeaf(matrixShape()) }
      add(.softmax(numbers.below(graph.items[x].shape.rank)), [x], 1)
    case 1:
      guard let x = operand({ $0.rank > 0 }) else { return addLeaf(matrixShape()) }
      add(.logSoftmax(numbers.below(graph.items[x].shape.rank)), [x], 12)
    default:
      guard let x = operand({ $0.rank == 2 && $0[1] > 0 }) else { return addLeaf(matrixShape()) }
      let shape = graph.items[x].shape
      addLabels(shape[0], classes: shape[1])
      add(.crossEntropy(numbers.pick([.none, .mean, .sum])), [x, graph.items.count - 1], 12)
    }
  }
}
