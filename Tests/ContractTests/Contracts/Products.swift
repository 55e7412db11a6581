import NeuronikaGraphs
import NeuronikaTensors

/// The samples of a product of two operands.
private func productSamples(
  _ name: String, _ shapes: [(Shape, Shape, Shape)],
  _ product: @escaping @Sendable (VarDiff, VarDiff) -> VarDiff
) -> [Sample] {
  shapes.map { left, right, result in
    Sample("\(name) \(left) \(right)", [.real(left, -1...1), .real(right, -1...1)], to: result) {
      product($0[0], $0[1])
    }
  }
}

let productContracts: [Contract] = [
  Contract(
    "mm", covers: ["MatrixProduct"],
    productSamples(
      "mm",
      [
        ([2, 3], [3, 4], [2, 4]), ([1, 1], [1, 1], [1, 1]), ([3, 3], [3, 3], [3, 3]),
        ([1, 5], [5, 1], [1, 1]), ([5, 1], [1, 5], [5, 5]), ([0, 3], [3, 2], [0, 2]),
        ([2, 0], [0, 3], [2, 3]), ([2, 3], [3, 0], [2, 0]), ([17, 33], [33, 19], [17, 19]),
        ([64, 130], [130, 50], [64, 50]),
      ]
    ) { $0.mm($1) } + [
      Sample("mm of transposes", [.real([4, 2]), .real([3, 4])], to: [2, 3]) {
        $0[0].t().mm($0[1].t())
      },
      Sample(
        "mm with NaN and infinity",
        [.given([1, .nan, 2, .infinity, 1, 1], [3, 2]), .given([1, 2, 3, 4], [2, 2])],
        to: [3, 2], hasDerivatives: false
      ) { $0[0].mm($0[1]) },
    ],
    complaints: [
      .shapes(
        MatrixProduct(), [2, 3], [4, 2],
        says: "inner dimensions differ. left [2, 3] · right [4, 2]: 3 ≠ 4"),
      .shapes(MatrixProduct(), [2], [2, 2], says: "takes two matrices. left [2] · right [2, 2]"),
    ],
    laws: [
      Law("(A B)ᵀ = Bᵀ Aᵀ", [.real([2, 3]), .real([3, 4])]) {
        ($0[0].mm($0[1]).t(), $0[1].t().mm($0[0].t()))
      },
      Law("A B = Σₖ columnₖ rowₖ", [.real([2, 3]), .real([3, 4])]) {
        (
          $0[0].mm($0[1]),
          ($0[0].reshape([2, 3, 1]) * $0[1].reshape([1, 3, 4])).sum(axes: 1)
        )
      },
    ],
    tolerance: 64, scale: .greatest, gradientTolerance: 128,
    large: largeSample("mm", [301, 203], [203, 251]) { $0.mm($1) }),
  Contract(
    "mmT", covers: ["MatrixProductTransposed"],
    productSamples(
      "mmT",
      [
        ([2, 3], [4, 3], [2, 4]), ([3, 3], [3, 3], [3, 3]), ([0, 3], [2, 3], [0, 2]),
        ([2, 0], [3, 0], [2, 3]), ([17, 33], [19, 33], [17, 19]),
        ([64, 130], [50, 130], [64, 50]),
      ]
    ) { $0.mmT($1) } + [
      Sample("mmT of transposes", [.real([4, 2]), .real([4, 3])], to: [2, 3]) {
        $0[0].t().mmT($0[1].t())
      }
    ],
    complaints: [
      .shapes(
        MatrixProductTransposed(), [2, 3], [2, 4],
        says: "inner dimensions differ. left [2, 3] · right [2, 4]ᵀ: 3 ≠ 4"),
      .shapes(
        MatrixProductTransposed(), [2], [2, 2],
        says: "takes two matrices. left [2] · right [2, 2]ᵀ"),
    ],
    laws: [
      Law("mmT(A, B) = A Bᵀ", [.real([2, 3]), .real([4, 3])]) {
        ($0[0].mmT($0[1]), $0[0].mm($0[1].t()))
      }
    ],
    tolerance: 64, scale: .greatest, gradientTolerance: 128,
    large: largeSample("mmT", [301, 203], [251, 203]) { $0.mmT($1) }),
  Contract(
    "mv", covers: ["MatrixVectorProduct"],
    productSamples(
      "mv",
      [
        ([2, 3], [3], [2]), ([1, 1], [1], [1]), ([0, 3], [3], [0]), ([2, 0], [0], [2]),
        ([70, 131], [131], [70]),
      ]
    ) { $0.mv($1) } + [
      Sample("mv of a transpose", [.real([3, 2]), .real([3])], to: [2]) {
        $0[0].t().mv($0[1])
      }
    ],
    complaints: [
      .shapes(
        MatrixVectorProduct(), [2, 3], [2],
        says: "inner dimensions differ. left [2, 3] · right [2]: 3 ≠ 2"),
      .shapes(
        MatrixVectorProduct(), [2, 3], [3, 1],
        says: "takes a matrix and a vector. left [2, 3] · right [3, 1]"),
    ],
    laws: [
      Law("A v is the product with a column", [.real([2, 3]), .real([3])]) {
        ($0[0].mv($0[1]), $0[0].mm($0[1].unsqueeze(1)).squeeze(1))
      }
    ],
    tolerance: 64, scale: .greatest, gradientTolerance: 128,
    large: largeSample("mv", [229, 301], [301]) { $0.mv($1) }),
  Contract(
    "vm", covers: ["VectorMatrixProduct"],
    productSamples(
      "vm",
      [
        ([3], [3, 2], [2]), ([1], [1, 1], [1]), ([3], [3, 0], [0]), ([0], [0, 2], [2]),
        ([131], [131, 70], [70]),
      ]
    ) { $0.vm($1) } + [
      Sample("vm of a transpose", [.real([3]), .real([2, 3])], to: [2]) {
        $0[0].vm($0[1].t())
      }
    ],
    complaints: [
      .shapes(
        VectorMatrixProduct(), [2], [3, 2],
        says: "inner dimensions differ. left [2] · right [3, 2]: 2 ≠ 3"),
      .shapes(
        VectorMatrixProduct(), [1, 3], [3, 2],
        says: "takes a vector and a matrix. left [1, 3] · right [3, 2]"),
    ],
    laws: [
      Law("v A = Aᵀ v", [.real([3]), .real([3, 2])]) { ($0[0].vm($0[1]), $0[1].t().mv($0[0])) }
    ],
    tolerance: 64, scale: .greatest, gradientTolerance: 128,
    large: largeSample("vm", [229], [229, 301]) { $0.vm($1) }),
  Contract(
    "vv", covers: ["VectorProduct"],
    productSamples("vv", [([3], [3], []), ([1], [1], []), ([0], [0], [])]) { $0.vv($1) } + [
      Sample("vv [1003]", [.real([1003], 0...1), .real([1003], 0...1)], to: []) {
        $0[0].vv($0[1])
      }
    ],
    complaints: [
      .shapes(
        VectorProduct(), [2], [3], says: "the lengths differ. left [2] · right [3]: 2 ≠ 3"),
      .shapes(VectorProduct(), [], [3], says: "takes two vectors. left [] · right [3]"),
    ],
    laws: [
      Law("u · v = Σ u v", [.real([9]), .real([9])]) {
        ($0[0].vv($0[1]), ($0[0] * $0[1]).sum())
      }
    ],
    tolerance: 64, scale: .greatest, gradientTolerance: 128,
    large: largeSample("vv", [100_001], [100_001]) { $0.vv($1) }),
]
