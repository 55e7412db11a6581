import NeuronikaTensors

// Permutations, products and sums: the engine needs no operation of its own.

/// Products of elements summed over named axes: `einsum("bij,bjk->bik", x, y)` is a batch of matrix
/// products.
///
/// Each operand's axes get a letter each. Axes of the same letter run together; those that the result
/// doesn't name are summed over. Without an arrow the result has the letters that occur once, in
/// alphabetical order.
///
/// **Shape:** that of the letters after the arrow; a letter stands for one extent everywhere.
///
/// **Gradient:** by that of the products and sums it is made of.
///
/// **Numerics:** two operands at a time, from left to right: sums over what only one has, then one
/// batch of matrix products, as `matmul`; or an elementwise product where nothing is summed.
///
/// - Parameters:
///   - formula: Letters, commas and an arrow; spaces don't count. No letter twice in one operand,
///     and no `...`.
///   - operands: As many as the formula has, at least one.
public func einsum(_ formula: String, _ operands: Var...) -> Var {
  Var(evaluate(formula, operands.map(\.node)))
}
public func einsum(_ formula: String, _ operands: VarDiff...) -> VarDiff {
  VarDiff(evaluate(formula, operands.map(\.node)))
}
@_disfavoredOverload
public func einsum(_ formula: String, _ operands: any Variable...) -> VarDiff {
  VarDiff(evaluate(formula, operands.map(\.node)))
}

/// A formula, taken apart.
package struct EinsteinSum {
  var operands: [[Character]]
  var result: [Character]

  package init(_ formula: String, _ shapes: [Shape]) throws(ShapeError) {
    let parts = formula.filter { $0 != " " }.split(
      separator: "->", maxSplits: 1, omittingEmptySubsequences: false)
    operands = parts[0].split(separator: ",", omittingEmptySubsequences: false).map { Array($0) }
    guard operands.count == shapes.count else {
      throw ShapeError(
        "\"\(formula)\" has \(operands.count) operands, but \(shapes.count) are given")
    }
    var extents: [Character: (extent: Int, operand: Int)] = [:]
    for (place, (letters, shape)) in zip(operands, shapes).enumerated() {
      guard letters.allSatisfy(\.isLetter) else {
        throw ShapeError("\"\(String(letters))\" in \"\(formula)\" is not made of letters")
      }
      guard letters.count == shape.rank else {
        throw ShapeError(
          "\"\(String(letters))\" names \(letters.count) axes, but operand \(place) has shape "
            + "\(shape)")
      }
      for (axis, letter) in letters.enumerated() {
        guard letters.firstIndex(of: letter) == axis else {
          throw ShapeError("\"\(String(letters))\" has \(letter) twice: diagonals can't be taken")
        }
        let known = extents[letter] ?? (shape[axis], place)
        guard known.extent == shape[axis] else {
          throw ShapeError(
            "\(letter) is \(known.extent) long in operand \(known.operand) and \(shape[axis]) in "
              + "operand \(place)")
        }
        extents[letter] = known
      }
    }
    let all = operands.flatMap(\.self)
    if parts.count > 1 {
      result = Array(parts[1])
    } else {
      result = all.filter { letter in all.count { $0 == letter } == 1 }.sorted()
    }
    for (place, letter) in result.enumerated() {
      guard extents[letter] != nil, result.firstIndex(of: letter) == place else {
        throw ShapeError(
          "the result \"\(String(result))\" of \"\(formula)\" needs letters of operands, each once")
      }
    }
  }
}

/// A factor and the letters of its axes.
private struct Term {
  var letters: [Character]
  var value: VarDiff

  /// Sums over the axes that nobody needs.
  func keeping(_ isNeeded: (Character) -> Bool) -> Term {
    let axes = letters.indices.filter { !isNeeded(letters[$0]) }
    if axes.isEmpty { return self }
    return Term(letters: letters.filter(isNeeded), value: value.sum(axes: axes))
  }

  func arranged(_ order: [Character]) -> VarDiff {
    order == letters ? value : value.permute(order.map { letters.firstIndex(of: $0)! })
  }

  func extents(_ order: [Character]) -> [Int] {
    order.map { value.shape[letters.firstIndex(of: $0)!] }
  }
}

private func evaluate(_ formula: String, _ nodes: [Node]) -> Node {
  let sum: EinsteinSum
  do throws(ShapeError) {
    sum = try EinsteinSum(formula, nodes.map(\.shape))
  } catch { stopProgram("einsum: \(error.description)") }
  var terms = zip(sum.operands, nodes).map { Term(letters: $0, value: VarDiff($1)) }
  while terms.count > 1 {
    let needed = Set(sum.result + terms[2...].flatMap(\.letters))
    terms.replaceSubrange(0..<2, with: [product(terms[0], terms[1], needed)])
  }
  return terms[0].keeping { sum.result.contains($0) }.arranged(sum.result).node
}

/// The product of two factors, summed over the axes that are not needed.
private func product(_ left: Term, _ right: Term, _ needed: Set<Character>) -> Term {
  let a = left.keeping { needed.contains($0) || right.letters.contains($0) }
  let b = right.keeping { needed.contains($0) || left.letters.contains($0) }
  let both = a.letters.filter { b.letters.contains($0) }
  let (batch, summed) = (both.filter(needed.contains), both.filter { !needed.contains($0) })
  let rows = a.letters.filter { !both.contains($0) }
  let columns = b.letters.filter { !both.contains($0) }
  let letters = batch + rows + columns
  let extents = a.extents(batch + rows) + b.extents(columns)
  if summed.isEmpty {
    let ones = [Int](repeating: 1, count: rows.count)
    let spread = b.arranged(batch + columns).reshape(
      Shape(b.extents(batch) + ones + b.extents(columns)))
    let raised = a.arranged(batch + rows)
      .reshape(Shape(a.extents(batch + rows) + [Int](repeating: 1, count: columns.count)))
    return Term(letters: letters, value: raised * spread)
  }
  func size(_ term: Term, _ letters: [Character]) -> Int { term.extents(letters).reduce(1, *) }
  let (m, n, k) = (size(a, rows), size(b, columns), size(a, summed))
  let batches = batch.isEmpty ? [] : [size(a, batch)]
  let factor = a.arranged(batch + rows + summed).reshape(Shape(batches + [m, k]))
  let other = b.arranged(batch + summed + columns).reshape(Shape(batches + [k, n]))
  return Term(letters: letters, value: factor.matmul(other).reshape(Shape(extents)))
}
