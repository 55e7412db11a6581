import Neuronika

let productFamily = Family(
  "Products",
  [
    "mm": { draw in
      let (m, k, n) = draw.lengths()
      return draw.real([m, k]).mm(draw.real([k, n]))
    },
    "mmT": { draw in
      let (m, k, n) = draw.lengths()
      return draw.real([m, k]).mmT(draw.real([n, k]))
    },
    "mv": { draw in
      let (m, k, _) = draw.lengths()
      return draw.real([m, k]).mv(draw.real([k]))
    },
    "vm": { draw in
      let (m, k, _) = draw.lengths()
      return draw.real([k]).vm(draw.real([k, m]))
    },
    "vv": { draw in
      let (_, k, _) = draw.lengths()
      return draw.real([k]).vv(draw.real([k]))
    },
    "outer": { draw in
      let (m, _, n) = draw.lengths()
      return draw.real([m]).outer(draw.real([n]))
    },
    "matmul": { draw in
      let (m, k, n) = draw.lengths()
      let batch = draw.shape(ranks: 0...2, extents: 1...4)
      let left = Shape(draw.part(of: batch).extents + [m, k])
      let right = Shape(draw.part(of: batch).extents + [k, n])
      // A vector may stand on either side.
      switch draw.int(0...5) {
      case 0: return draw.real([k]).matmul(draw.real(right))
      case 1: return draw.real(left).matmul(draw.real([k]))
      default: return draw.real(left).matmul(draw.real(right))
      }
    },
    "bilinear": { draw in
      let pairs =
        draw.once(in: 3) ? [draw.length()] : (0..<draw.int(0...2)).map { _ in draw.int(1...6) }
      let (left, right) = (draw.int(1...20), draw.int(1...20))
      let outputs = draw.int(1...20)
      let operands = (draw.real(Shape(pairs + [left])), draw.real(Shape(pairs + [right])))
      let weight = draw.real([outputs, left, right])
      let bias = draw.once(in: 2) ? draw.real([outputs]) : nil
      return bilinear(operands.0, operands.1, weight: weight, bias: bias)
    },
    "einsum": { draw in
      let formula = draw.tell("formula", draw.pick(formulas))
      let extents = "abcdijkl".reduce(into: [:]) { $0[$1] = draw.int(1...9) }
      let operands = formula.prefix { $0 != "-" }.split(separator: ",").map { letters in
        draw.real(Shape(letters.map { extents[$0]! }))
      }
      return switch operands.count {
      case 1: einsum(formula, operands[0])
      case 2: einsum(formula, operands[0], operands[1])
      default: einsum(formula, operands[0], operands[1], operands[2])
      }
    },
  ])

/// With and without an arrow; sums, permutations, products of all kinds.
private nonisolated let formulas = [
  "ij,jk->ik", "ij,jk", "ji,kj->ki", "bij,bjk->bik", "abij,bjk->abik", "i,i->", "i,j->ij", "ij->ji",
  "ij->i", "ij", "bca", "ij,ij->", "ij,j->i", "bi,bj->bij", "abc,cd->abd", "abc,dc->dab",
  "ij,jk,kl->il", "bi,ij,bj->b", "a,ab,abc->c", "ijk,ijk->ik",
]

nonisolated extension Drawing {
  fileprivate mutating func lengths() -> (Int, Int, Int) { (length(), length(), length()) }
}
