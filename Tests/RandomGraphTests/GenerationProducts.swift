import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

extension Generation {
  /// About how great sums of k products get.
  private func bound(_ a: Int, _ b: Int, _ k: Int) -> Float {
    bounds[a] * bounds[b] * Float(max(k, 1)).squareRoot()
  }

  /// Layers as in a perceptron, large enough for oneDNN's primitives.
  mutating func addLayers() {
    var rows = numbers.int(20...64)
    var columns = numbers.int(40...80)
    if numbers.chance(0.08) { (rows, columns) = (200, 200) }
    var place = leaf(Shape(rows, columns))
    for _ in 0..<numbers.int(1...3) {
      let next = rows == 200 ? numbers.int(150...200) : numbers.int(40...80)
      let k = shape(place)[1]
      let weight = leaf(Shape(k, next), isDifferentiable: true)
      let bias = leaf(Shape(next), isDifferentiable: true)
      let bound = bounds[place] * Float(k).squareRoot()
      if numbers.chance(0.8) {
        add(
          Move("MatrixProduct", "$0.mm($1) + $2") { $0[0].mm($0[1]) + $0[2] },
          [place, weight, bias], min(bound, 16))
      } else {
        let move = Move("MatrixProduct", "$0.mm($1)") { $0[0].mm($0[1]) }
        add(move, [place, weight], min(bound, 16))
      }
      place = last
      if numbers.chance(0.75) {
        add(numbers.pick([.relu, .relu, .tanh, .softplus]), [place], bounds[place])
      }
      add(.timesNumber(1 / bound), [last], 1)
      place = last
    }
  }

  mutating func addProduct() {
    switch numbers.below(10) {
    case 0, 1: addMatrixProduct()
    case 2:
      guard let a = operand({ $0.rank == 2 }) else { return addLeaf(matrixShape()) }
      let v = vector(shape(a)[1])
      add(
        Move("MatrixVectorProduct", "$0.mv($1)") { $0[0].mv($0[1]) }, [a, v],
        bound(a, v, shape(v).count))
    case 3:
      guard let b = operand({ $0.rank == 2 }) else { return addLeaf(matrixShape()) }
      let v = vector(shape(b)[0])
      add(
        Move("VectorMatrixProduct", "$0.vm($1)") { $0[0].vm($0[1]) }, [v, b],
        bound(v, b, shape(v).count))
    case 4:
      guard let a = operand({ $0.rank == 1 }) else { return addLeaf(Shape(numbers.int(1...40))) }
      let v = vector(shape(a)[0])
      add(
        Move("VectorProduct", "$0.vv($1)") { $0[0].vv($0[1]) }, [a, v],
        bound(a, v, shape(v).count))
    case 5:
      let limit = limit
      guard let a = operand({ $0.rank == 1 && $0[0] <= limit / 20 }) else {
        return addLeaf(Shape(numbers.int(1...20)))
      }
      let b = leaf(Shape(numbers.int(1...20)))
      add(Move("Outer", "$0.outer($1)") { $0[0].outer($0[1]) }, [a, b], bounds[a])
    case 6, 7: addBatchedProduct()
    case 8: addBilinear()
    default: addEinsum()
    }
  }

  private mutating func vector(_ length: Int) -> Int {
    operand { $0.rank == 1 && $0[0] == length } ?? leaf(Shape(length))
  }

  private mutating func addMatrixProduct() {
    guard let a = operand({ $0.rank == 2 }) else { return addLeaf(matrixShape()) }
    let k = shape(a)[1]
    let isTransposed = numbers.chance(0.5)
    var b = operand { $0.rank == 2 && $0[isTransposed ? 1 : 0] == k }
    if b == nil || numbers.chance(0.3) {
      let n = numbers.pick([1, 3, 8, 17, 33])
      b = leaf(isTransposed ? Shape(n, k) : Shape(k, n))
    }
    let n = shape(b!)[isTransposed ? 0 : 1]
    if shape(a)[0] * n > limit { return addUnary() }
    let move =
      isTransposed
      ? Move("MatrixProductTransposed", "$0.mmT($1)") { $0[0].mmT($0[1]) }
      : Move("MatrixProduct", "$0.mm($1)") { $0[0].mm($0[1]) }
    add(move, [a, b!], bound(a, b!, k))
    if numbers.chance(0.4) && !isTransposed {
      let product = last
      add(.add, [product, leaf(Shape(n))], 16)
    }
  }

  private mutating func addBatchedProduct() {
    guard size != .large, size != .wide, let a = operand({ $0.rank >= 2 }) else {
      return addLeaf(matrixShape())
    }
    let shape = shape(a)
    let (m, k) = (shape[shape.rank - 2], shape[shape.rank - 1])
    let batch = Array(shape.extents.dropLast(2))
    let n = numbers.pick([1, 2, 5, 9])
    // Batches that are equal, broadcast, or there on one side only; vectors on either side.
    let extents: [Int]
    switch numbers.below(5) {
    case 0: extents = [k, n]
    case 1: extents = batch + [k, n]
    case 2: extents = batch.map { numbers.chance(0.5) ? 1 : $0 } + [k, n]
    case 3: extents = [numbers.int(1...3)] + batch.map { _ in 1 } + [k, n]
    default: extents = [k]
    }
    let other = Shape(extents)
    if batch.reduce(m * n, *) * 3 > limit || other.rank > 5 { return addUnary() }
    let isLeft = numbers.chance(0.2)
    let b =
      isLeft
      ? leaf(Shape(m))
      : operand { $0 == other } ?? leaf(other)
    let move = Move("Matmul", "$0.matmul($1)") { $0[0].matmul($0[1]) }
    if isLeft {
      add(move, [b, a], bound(a, b, m))
    } else {
      add(move, [a, b], bound(a, b, k))
    }
  }

  private mutating func addBilinear() {
    let limit = limit / 8
    guard size != .large, size != .wide, size != .products,
      let x = operand({ $0.rank > 0 && $0.count > 0 && $0.count <= limit })
    else { return addLeaf(matrixShape()) }
    let last = shape(x).rank - 1
    let (a, b, o) = (shape(x)[last], numbers.int(1...5), numbers.int(1...4))
    if a > 60 || shape(x).count / a * max(o, b) > limit { return addUnary() }
    let right = leaf(shape(x).replacing(axis: last, with: b))
    let (weight, bias) = (leaf(Shape([o, a, b])), leaf(Shape(o)))
    let greatest = bound(x, right, a * b) + 1
    if numbers.chance(0.5) {
      add(
        Move("Bilinear", "bilinear($0, $1, weight: $2)") {
          bilinear($0[0], $0[1], weight: $0[2])
        }, [x, right, weight], greatest)
    } else {
      add(
        Move("Bilinear", "bilinear($0, $1, weight: $2, bias: $3)") {
          bilinear($0[0], $0[1], weight: $0[2], bias: $0[3])
        }, [x, right, weight, bias], greatest)
    }
  }

  private mutating func addEinsum() {
    guard size != .large, size != .wide, size != .products,
      let a = operand({ (1...4).contains($0.rank) && $0.count > 0 })
    else { return addLeaf(matrixShape()) }
    let shape = shape(a)
    let letters = Array("abcd".prefix(shape.rank))
    var extents: [Character: Int] = [:]
    for (letter, extent) in zip(letters, shape.extents) { extents[letter] = extent }
    var others = letters.filter { _ in numbers.chance(0.5) }
    if numbers.chance(0.6) || others.isEmpty {
      others.append("e")
      extents["e"] = numbers.int(1...5)
    }
    others = numbers.shuffled(others.count).map { others[$0] }
    let all = letters + others.filter { !letters.contains($0) }
    var result = all.filter { _ in numbers.chance(0.55) }
    result = numbers.shuffled(result.count).map { result[$0] }
    let products = all.reduce(1) { $0 * extents[$1]! }
    if products > 4 * limit || result.reduce(1, { $0 * extents[$1]! }) > limit {
      return addUnary()
    }
    let b = leaf(Shape(others.map { extents[$0]! }))
    let terms = all.filter { !result.contains($0) }.reduce(1) { $0 * extents[$1]! }
    let formula = "\(String(letters)),\(String(others))->\(String(result))"
    add(
      Move("Einsum", "einsum(\"\(formula)\", $0, $1)") { einsum(formula, $0[0], $0[1]) }, [a, b],
      bound(a, b, terms))
  }
}
