import NeuronikaExecution
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
struct Generation {
  enum Size { case small, medium, images, products, large, wide }

  var numbers: Numbers
  var graph: RandomGraph
  var variables: [VarDiff] = []
  /// About how great the elements of each item get.
  var bounds: [Float] = []
  let size: Size
  /// How many gradients are among the steps.
  private var gradients = 0

  init(seed: UInt64) {
    numbers = Numbers(seed: seed)
    graph = RandomGraph(seed: seed, items: [], roots: [], usesTensorSeeds: numbers.chance(0.4))
    let draw = numbers.unit()
    size =
      draw < 0.5
      ? .small
      : draw < 0.64
        ? .medium
        : draw < 0.92 ? .images : draw < 0.97 ? .products : draw < 0.985 ? .large : .wide
  }

  mutating func run() -> RandomGraph {
    let leaves = numbers.int(2...4)
    for _ in 0..<leaves { addLeaf(randomShape()) }
    if size == .products { addLayers() }
    if size == .images { addImageLayers() }
    let steps =
      switch size {
      case .small, .medium: numbers.int(5...60)
      case .images: graph.items.count + numbers.int(3...25)
      case .products, .large, .wide: numbers.int(5...14)
      }
    while graph.items.count < steps { addStep() }

    // The last step, and another that need not be below it.
    var candidates = graph.items.indices.filter { isStep($0) }
    if candidates.isEmpty {
      add(.tanh, [0], 1)
      candidates = [graph.items.count - 1]
    }
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

  /// The place of the item added last.
  var last: Int { graph.items.count - 1 }

  func shape(_ place: Int) -> Shape { graph.items[place].shape }

  mutating func addLeaf(_ shape: Shape, isDifferentiable: Bool? = nil) {
    let gets = isDifferentiable ?? numbers.chance(0.75)
    append(.leaf(isDifferentiable: gets), shape, 1)
  }

  mutating func leaf(_ shape: Shape, isDifferentiable: Bool? = nil) -> Int {
    addLeaf(shape, isDifferentiable: isDifferentiable)
    return last
  }

  /// A leaf of whole numbers below a bound.
  mutating func wholeNumbers(_ shape: Shape, below bound: Int) -> Int {
    append(.labels(classes: bound), shape, Float(bound))
    return last
  }

  private mutating func append(_ source: RandomGraph.Source, _ shape: Shape, _ bound: Float) {
    let item = RandomGraph.Item(id: graph.items.count, source: source, shape: shape)
    graph.items.append(item)
    bounds.append(bound)
    if case .step = source { return }
    let leaf = Var.from(graph.values(of: item))
    if case .leaf(isDifferentiable: false) = source {
      variables.append(VarDiff(leaf))
    } else if case .labels = source {
      variables.append(VarDiff(leaf))
    } else {
      variables.append(leaf.requiresGrad())
    }
  }

  /// Adds a step.
  ///
  /// - Parameters:
  ///   - bound: About how great its elements get. What gets large is made small again.
  ///   - classes: If its elements are whole numbers, what they are below.
  mutating func add(_ move: Move, _ operands: [Int], _ bound: Float, classes: Int? = nil) {
    let variable = move(operands.map { variables[$0] })
    variables.append(variable)
    append(.step(move, operands), variable.shape, bound)
    graph.items[last].classes = classes
    if bound > 16 { add(.timesNumber(1 / bound), [last], 1) }
  }

  /// An item of elements that all differ by more than rounding could, of the shape of another on which
  /// it depends: for what jumps where elements change places.
  mutating func separated(_ place: Int) -> Int {
    let shape = shape(place)
    append(.distinct, shape, 2)
    let step = 0.1 * RandomGraph.separation(shape.count)
    add(
      Move("Add", "\(step) * $0.tanh() + $1") { step * $0[0].tanh() + $0[1] }, [place, last], 2)
    return last
  }

  // MARK: Shapes

  mutating func randomShape() -> Shape {
    switch size {
    case .products: return Shape(numbers.int(33...90), numbers.int(33...90))
    case .large:
      return numbers.chance(0.5)
        ? Shape(numbers.int(170...210), numbers.int(195...260))
        : Shape(numbers.int(33_000...40_000))
    // Their rows go through in pieces.
    case .wide: return Shape(numbers.int(1...6), numbers.int(4090...6200))
    case .images: return imageShape()
    case .small, .medium:
      let rank = numbers.pick([0, 1, 1, 2, 2, 2, 2, 3, 3, 4])
      let greatest = size == .small ? [0, 40, 12, 6, 4][rank] : [0, 2000, 44, 12, 6][rank]
      return Shape(
        (0..<rank).map { _ in
          numbers.chance(0.03) ? 0 : numbers.chance(0.15) ? 1 : numbers.int(2...greatest)
        })
    }
  }

  mutating func matrixShape() -> Shape { Shape(numbers.int(1...12), numbers.int(1...12)) }

  /// What the items may have together.
  var limit: Int {
    switch size {
    case .small: 600
    case .medium: 2000
    case .images: 3000
    case .products: 40_000
    case .large, .wide: 60_000
    }
  }

  // MARK: Steps

  mutating func operand(_ matches: (Shape) -> Bool = { _ in true }) -> Int? {
    let places = graph.items.indices.filter {
      if case .labels = graph.items[$0].source { return false }
      return matches(graph.items[$0].shape)
    }
    if places.isEmpty { return nil }
    // Later items are taken more often, so that graphs get deep.
    return numbers.chance(0.6) ? numbers.pick(places.suffix(5)) : numbers.pick(places)
  }

  private mutating func addStep() {
    // Naive specifications of windows take long where values are large.
    let (windows, gradients) =
      switch size {
      case .images: (6, 3)
      case .small, .medium: (2, 1)
      case .products, .large, .wide: (0, 0)
      }
    switch numbers.below(19 + windows + gradients) {
    case 0...4: addUnary()
    case 5...7: addBinary()
    case 8, 9: addProduct()
    case 10, 11: addView()
    case 12: addSlice()
    case 13: addJoint()
    case 14: addIndexing()
    case 15, 16: addReduction()
    case 17: addRows()
    case 18: addNormalization()
    case 19..<(19 + windows): addWindows()
    default: addGradient()
    }
  }

  /// A gradient as a value among others, so that backward differentiates a second time.
  private mutating func addGradient() {
    guard gradients < 2 else { return addUnary() }
    let tops = graph.items.indices.suffix(6).filter {
      isStep($0) && variables[$0].node.isDifferentiable && graph.items[$0].shape.count > 0
    }
    guard let top = tops.isEmpty ? nil : numbers.pick(tops) else { return addUnary() }
    var isBelow = [Bool](repeating: false, count: graph.items.count)
    isBelow[top] = true
    for place in (0...top).reversed() where isBelow[place] {
      if case .step(_, let operands) = graph.items[place].source {
        for operand in operands { isBelow[operand] = true }
      }
    }
    let below = (0..<top).filter {
      isBelow[$0] && variables[$0].node.isDifferentiable && graph.items[$0].shape.count > 0
    }
    if below.isEmpty || below.count > 20 { return addUnary() }
    let target = numbers.pick(below.suffix(8))
    let move =
      numbers.chance(0.3)
      ? Move("Derivatives", "grad(of: $0, wrt: [$1])[0]") { grad(of: $0[0], wrt: [$0[1]])[0] }
      : Move("Derivatives", "grad(of: $0.square(), wrt: [$1])[0]") {
        grad(of: $0[0].square(), wrt: [$0[1]])[0]
      }
    gradients += 1
    // How great a gradient is can't be told from its operands.
    let slope = move([variables[top], variables[target]])
    var leaves: [ObjectIdentifier: ReferenceTensor] = [:]
    for noise in randomNodes(of: [slope.node]) {
      leaves[ObjectIdentifier(noise)] = ReferenceTensor(shape: noise.shape) { _ in 0.5 }
    }
    let greatest = ReferenceExecutor.evaluate([slope.node], leaves: leaves)[0].greatest
    add(move, [top, target], Float(min(max(greatest, 1), 1e20)))
  }
}
