import NeuronikaGraphs
import NeuronikaTensors

private let matmuls: [(Shape, Shape, Shape)] = [
  ([3], [3], []), ([2, 3], [3], [2]), ([3], [3, 4], [4]), ([2, 3], [3, 4], [2, 4]),
  ([5, 2, 3], [5, 3, 4], [5, 2, 4]), ([5, 2, 3], [3, 4], [5, 2, 4]),
  ([2, 3], [5, 3, 4], [5, 2, 4]),
  ([5, 2, 3], [3], [5, 2]), ([3], [5, 3, 4], [5, 4]), ([2, 1, 2, 3], [4, 3, 5], [2, 4, 2, 5]),
  ([2, 4, 2, 3], [2, 1, 3, 5], [2, 4, 2, 5]), ([1, 2, 3], [5, 3, 4], [5, 2, 4]),
  ([0, 2, 3], [0, 3, 4], [0, 2, 4]), ([5, 0, 3], [5, 3, 4], [5, 0, 4]),
  ([5, 2, 0], [5, 0, 4], [5, 2, 4]), ([4, 3, 3], [4, 3, 3], [4, 3, 3]),
  ([6, 33, 40], [6, 40, 17], [6, 33, 17]),
]

private let sums: [(String, [Shape], Shape)] = [
  ("ij,jk->ik", [[2, 3], [3, 4]], [2, 4]), ("ij,kj->ik", [[2, 3], [4, 3]], [2, 4]),
  ("bij,bjk->bik", [[5, 2, 3], [5, 3, 4]], [5, 2, 4]), ("i,j->ij", [[3], [4]], [3, 4]),
  ("i,i->", [[3], [3]], []), ("ij->ji", [[2, 3]], [3, 2]), ("ij->", [[2, 3]], []),
  ("ij->j", [[2, 3]], [3]), ("ij,ij->i", [[2, 3], [2, 3]], [2]),
  ("i,ij->ij", [[2], [2, 3]], [2, 3]),
  ("ij,jk,kl->il", [[2, 3], [3, 4], [4, 5]], [2, 5]), ("ij,jk", [[2, 3], [3, 4]], [2, 4]),
  ("bhqd, bhkd -> bhqk", [[2, 3, 4, 5], [2, 3, 6, 5]], [2, 3, 4, 6]),
  ("ijk,jl->ikl", [[2, 3, 4], [3, 5]], [2, 4, 5]), ("ia,jb->ij", [[2, 3], [4, 5]], [2, 4]),
  ("ijk,kji->j", [[2, 3, 4], [4, 3, 2]], [3]), ("->", [[]], []), (",i->i", [[], [3]], [3]),
  ("bi,bj,bk->ijk", [[2, 3], [2, 4], [2, 5]], [3, 4, 5]),
  ("ij,jk->ki", [[0, 3], [3, 4]], [4, 0]),
]

let batchContracts: [Contract] = [
  Contract(
    "matmul", covers: ["BatchedProduct"],
    matmuls.map { left, right, result in
      Sample("matmul \(left) \(right)", [.real(left, -1...1), .real(right, -1...1)], to: result) {
        $0[0].matmul($0[1])
      }
    } + [
      Sample("matmul of transposes", [.real([5, 3, 2]), .real([5, 4, 3])], to: [5, 2, 4]) {
        $0[0].permute(0, 2, 1).matmul($0[1].permute(0, 2, 1))
      },
      Sample("matmul of heads", [.real([2, 5, 6]), .real([2, 5, 6])], to: [2, 3, 5, 5]) {
        let (q, k) = ($0[0].reshape([2, 5, 3, 2]), $0[1].reshape([2, 5, 3, 2]))
        return q.permute(0, 2, 1, 3).matmul(k.permute(0, 2, 3, 1))
      },
    ],
    complaints: [
      Complaint("inner dimensions differ. left [5, 2, 3] · right [5, 2, 3]: 3 ≠ 2") {
        () throws(ShapeError) in _ = try batchShapes([5, 2, 3], [5, 2, 3])
      },
      Complaint("takes vectors, matrices or batches. left [] · right [2, 3]") {
        () throws(ShapeError) in _ = try batchShapes([], [2, 3])
      },
      .shapes(
        BatchedProduct(), [4, 2, 3], [5, 3, 2],
        says: "takes [B, M, K] and [B, K, N]. left [4, 2, 3] · right [5, 3, 2]"),
    ],
    laws: [
      Law("each place of the batch is mm", [.real([2, 2, 3]), .real([2, 3, 4])]) {
        ($0[0].matmul($0[1])[1, .all, .all], $0[0][1, .all, .all].mm($0[1][1, .all, .all]))
      }
    ],
    tolerance: 64, scale: .greatest, gradientTolerance: 128,
    large: largeSample("matmul", [12, 60, 50], [12, 50, 70]) { $0.matmul($1) }),
  Contract(
    "outer", covers: [],
    [
      Sample("outer [3] [4]", [.real([3]), .real([4])], to: [3, 4]) { $0[0].outer($0[1]) },
      Sample("outer [0] [4]", [.real([0]), .real([4])], to: [0, 4]) { $0[0].outer($0[1]) },
      Sample("outer [3] [3]", [.real([3]), .real([3])], to: [3, 3]) { $0[0].outer($0[1]) },
    ],
    laws: [
      Law("outer is mm of a column and a row", [.real([3]), .real([4])]) {
        ($0[0].outer($0[1]), $0[0].unsqueeze(1).mm($0[1].unsqueeze(0)))
      }
    ]),
  Contract(
    "einsum", covers: [],
    sums.map { formula, shapes, result in
      Sample("einsum \(formula)", shapes.map { .real($0, -1...1) }, to: result) { x in
        switch x.count {
        case 1: einsum(formula, x[0])
        case 2: einsum(formula, x[0], x[1])
        default: einsum(formula, x[0], x[1], x[2])
        }
      }
    },
    complaints: ([
      ("ij,jk->ik", [[2, 3]], "\"ij,jk->ik\" has 2 operands, but 1 are given"),
      ("ij->i", [[2]], "\"ij\" names 2 axes, but operand 0 has shape [2]"),
      ("ij,jk->ik", [[2, 3], [4, 5]], "j is 3 long in operand 0 and 4 in operand 1"),
      ("ii->", [[2, 2]], "\"ii\" has i twice: diagonals can't be taken"),
      ("i.j->", [[2, 2, 2]], "\"i.j\" in \"i.j->\" is not made of letters"),
      ("ij->k", [[2, 3]], "the result \"k\" of \"ij->k\" needs letters of operands, each once"),
      ("ij->ii", [[2, 3]], "the result \"ii\" of \"ij->ii\" needs letters of operands, each once"),
    ] as [(String, [Shape], String)]).map { formula, shapes, sentence in
      Complaint(sentence) { () throws(ShapeError) in _ = try EinsteinSum(formula, shapes) }
    },
    laws: [
      Law("ij,jk->ik is mm", [.real([2, 3]), .real([3, 4])]) {
        (einsum("ij,jk->ik", $0[0], $0[1]), $0[0].mm($0[1]))
      },
      Law("ijk,kji->j by hand", [.real([2, 3, 4]), .real([4, 3, 2])]) {
        (einsum("ijk,kji->j", $0[0], $0[1]), ($0[0] * $0[1].permute(2, 1, 0)).sum(axes: 0, 2))
      },
    ],
    tolerance: 64, scale: .greatest, gradientTolerance: 128),
  Contract(
    "bilinear", covers: [],
    ([
      ([5, 3], [5, 4], [2, 3, 4], [5, 2]), ([3], [4], [2, 3, 4], [2]),
      ([2, 5, 3], [2, 5, 3], [4, 3, 3], [2, 5, 4]), ([1, 1], [1, 1], [1, 1, 1], [1, 1]),
      ([0, 3], [0, 4], [2, 3, 4], [0, 2]), ([33, 17], [33, 20], [9, 17, 20], [33, 9]),
    ] as [(Shape, Shape, Shape, Shape)]).flatMap { left, right, weight, result in
      [
        Sample(
          "bilinear \(left) \(right) \(weight)",
          [.real(left, -1...1), .real(right, -1...1), .real(weight, -1...1)], to: result
        ) { bilinear($0[0], $0[1], weight: $0[2]) },
        Sample(
          "bilinear \(left) \(right) \(weight) with a bias",
          [
            .real(left, -1...1), .real(right, -1...1), .real(weight, -1...1),
            .real(Shape(weight[0]), -1...1),
          ], to: result
        ) { bilinear($0[0], $0[1], weight: $0[2], bias: $0[3]) },
      ]
    },
    complaints: [
      Complaint(
        "takes [..., A], [..., B] and a weight [O, A, B]. left [5, 3] · right [6, 4] · weight "
          + "[2, 3, 4]"
      ) { () throws(ShapeError) in
        _ = try bilinearShape([5, 3], [6, 4], weight: [2, 3, 4], bias: nil)
      },
      Complaint(
        "takes [..., A], [..., B] and a weight [O, A, B]. left [5, 3] · right [5, 4] · weight "
          + "[2, 4, 3]"
      ) { () throws(ShapeError) in
        _ = try bilinearShape([5, 3], [5, 4], weight: [2, 4, 3], bias: nil)
      },
      Complaint("the bias has shape [3], but the weight [2, 3, 4] needs [2]") {
        () throws(ShapeError) in
        _ = try bilinearShape([5, 3], [5, 4], weight: [2, 3, 4], bias: [3])
      },
    ],
    laws: [
      Law(
        "it is Σ left · weight · right",
        [.real([5, 3]), .real([5, 4]), .real([2, 3, 4])]
      ) {
        (
          bilinear($0[0], $0[1], weight: $0[2]),
          ($0[0].reshape([5, 1, 3, 1]) * $0[2] * $0[1].reshape([5, 1, 1, 4])).sum(axes: 2, 3)
        )
      }
    ],
    tolerance: 64, scale: .greatest, gradientTolerance: 128),
]
