import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

extension Generation {
  mutating func addIndexing() {
    guard let x = operand({ $0.rank > 0 && $0.count > 0 }) else { return addLeaf(matrixShape()) }
    let axis = numbers.below(shape(x).rank)
    switch numbers.below(6) {
    case 0: addOneHot()
    case 1, 2: addSelection(x, axis)
    case 3: addGathering(x, axis)
    case 4: addScattering(x, axis)
    default: addIndexedSum(x, axis)
    }
  }

  /// Items of whole numbers below a bound that a computation found, with few enough elements.
  private func positions(below bound: Int, count: Int, rank: Int) -> [Int] {
    graph.items.indices.filter {
      guard let classes = graph.items[$0].classes else { return false }
      return classes <= bound && shape($0).count <= count && shape($0).rank <= rank
    }
  }

  private mutating func addSelection(_ x: Int, _ axis: Int) {
    let whole = shape(x)
    let rest = whole.removing(axis: axis).count
    let known = positions(below: whole[axis], count: limit / rest, rank: 6 - whole.rank)
    let indices =
      known.isEmpty || numbers.chance(0.4)
      ? wholeNumbers(
        numbers.pick([Shape(), Shape(numbers.int(0...6)), Shape(2, numbers.int(1...3))]),
        below: whole[axis]) : numbers.pick(known)
    if shape(indices).count * rest > limit { return addUnary() }
    if whole.rank == 2 && axis == 0 && numbers.chance(0.5) {
      add(
        Move("Embedding", "embedding($0, Var($1.node))") { embedding($0[0], Var($0[1].node)) },
        [x, indices], bounds[x])
    } else {
      add(
        Move("IndexSelect", "$0.indexSelect(Var($1.node), axis: \(axis))") {
          $0[0].indexSelect(Var($0[1].node), axis: axis)
        }, [x, indices], bounds[x])
    }
  }

  /// A shape of indices for elements of another along an axis.
  private mutating func indexShape(_ whole: Shape, _ axis: Int) -> Shape {
    Shape(whole.extents.indices.map { numbers.int(1...($0 == axis ? 4 : whole[$0])) })
  }

  private mutating func addGathering(_ x: Int, _ axis: Int) {
    let target = indexShape(shape(x), axis)
    if target.count > limit { return addUnary() }
    let indices = wholeNumbers(target, below: shape(x)[axis])
    add(
      Move("Gather", "$0.gather(axis: \(axis), indices: Var($1.node))") {
        $0[0].gather(axis: axis, indices: Var($0[1].node))
      }, [x, indices], bounds[x])
  }

  private mutating func addScattering(_ x: Int, _ axis: Int) {
    let part = indexShape(shape(x), axis)
    if part.count > limit { return addUnary() }
    let indices = wholeNumbers(part, below: shape(x)[axis])
    let values = operand { $0 == part } ?? leaf(part)
    add(
      Move("ScatterAdd", "$0.scatterAdd(axis: \(axis), indices: Var($1.node), values: $2)") {
        $0[0].scatterAdd(axis: axis, indices: Var($0[1].node), values: $0[2])
      }, [x, indices, values], bounds[x] + 4 * bounds[values])
  }

  private mutating func addIndexedSum(_ x: Int, _ axis: Int) {
    let count = numbers.int(0...4)
    let part = shape(x).replacing(axis: axis, with: count)
    if part.count > limit { return addUnary() }
    let indices = wholeNumbers(Shape(count), below: shape(x)[axis])
    let values = operand { $0 == part } ?? leaf(part)
    add(
      Move("IndexAdd", "$0.indexAdd(axis: \(axis), indices: Var($1.node), values: $2)") {
        $0[0].indexAdd(axis: axis, indices: Var($0[1].node), values: $0[2])
      }, [x, indices, values], bounds[x] + 4 * bounds[values])
  }

  private mutating func addOneHot() {
    let known = positions(below: .max, count: limit / 8, rank: 4)
    let labels =
      known.isEmpty || numbers.chance(0.4)
      ? wholeNumbers(numbers.pick([Shape(), Shape(5), Shape(2, 3)]), below: numbers.int(1...5))
      : numbers.pick(known)
    let classes: Int
    if case .labels(let bound) = graph.items[labels].source {
      classes = bound
    } else {
      classes = graph.items[labels].classes!
    }
    if classes * shape(labels).count > limit { return addUnary() }
    add(
      Move("OneHot", "VarDiff($0.oneHot(classes: \(classes)))") {
        VarDiff($0[0].oneHot(classes: classes))
      }, [labels], 1)
  }
}
