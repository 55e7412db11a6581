import NeuronikaGraphs
import NeuronikaTensors

/// A whole, indices into it along an axis, and whether they fill the whole along the others.
private let lookups: [(Shape, Shape, Int)] = [
  ([5, 3], [4, 3], 0), ([5, 3], [5, 2], 1), ([5], [7], 0), ([2, 5, 3], [2, 4, 3], 1),
  ([2, 5, 3], [2, 5, 6], -1), ([5, 3], [2, 2], 0), ([2, 5, 3], [1, 9, 2], 1), ([5, 3], [0, 3], 0),
  ([5, 3], [0, 0], 1), ([3, 0], [2, 0], 0), ([131, 37], [131, 50], 1), ([1, 1], [1, 1], 0),
]

let lookupContracts: [Contract] = [
  Contract(
    "gather", covers: ["Gather"],
    lookups.map { shape, indices, axis in
      let extent = shape[axis < 0 ? axis + shape.rank : axis]
      return Sample(
        "gather \(indices) of \(shape) along \(axis)",
        [.real(shape), .labels(indices, below: extent)], to: indices
      ) { $0[0].gather(axis: axis, indices: Var($0[1].node)) }
    } + [
      Sample("gather of a transpose", [.real([3, 5]), .labels([4, 3], below: 5)], to: [4, 3]) {
        $0[0].t().gather(axis: 0, indices: Var($0[1].node))
      },
      Sample("gather at a transpose", [.real([5, 3]), .labels([3, 4], below: 5)], to: [4, 3]) {
        $0[0].gather(axis: 0, indices: Var($0[1].node).t())
      },
      Sample(
        "gather, a place three times", [.real([2, 3]), .given([1, 1, 1, 0], [2, 2]).constant],
        to: [2, 2]
      ) { $0[0].gather(axis: 1, indices: Var($0[1].node)) },
      Sample(
        "gather of NaN", [.given([.nan, 1, .infinity]), .given([1, 0, 2, 2])], to: [4],
        hasDerivatives: false
      ) { $0[0].gather(axis: 0, indices: Var($0[1].node)) },
    ],
    complaints: [
      Complaint(
        "indices [4] don't fit [5, 3]: the rank has to be the same, and no axis longer but axis 0"
      ) { () throws(ShapeError) in _ = try gatherAxis(0, of: [5, 3], [4]) },
      Complaint(
        "indices [6, 2] don't fit [5, 3]: the rank has to be the same, and no axis longer but "
          + "axis 1"
      ) { () throws(ShapeError) in _ = try gatherAxis(-1, of: [5, 3], [6, 2]) },
      Complaint("axis 2 does not exist in [5, 3]: axes go from -2 to 1") { () throws(ShapeError) in
        _ = try gatherAxis(2, of: [5, 3], [5, 3])
      },
      .shapes(
        Gather(axis: 0, extent: 5), [5, 3], [4, 2],
        says: "[5, 3] and indices [4, 2] differ not only along axis 0, 5 long"),
    ],
    laws: [
      Law("of a vector it is indexSelect", [.real([5]), .labels([7], below: 5)]) {
        let indices = Var($0[1].node)
        return ($0[0].gather(axis: 0, indices: indices), $0[0].indexSelect(indices))
      },
      Law("at labels it is Σ one-hot · x", [.real([4, 3]), .labels([4], below: 3)]) {
        let labels = Var($0[1].node)
        return (
          $0[0].gather(axis: 1, indices: labels.unsqueeze(1)).squeeze(1),
          ($0[0] * labels.oneHot(classes: 3)).sum(axes: 1)
        )
      },
      Law("along 0 it is along 1 of the transpose", [.real([5, 3]), .labels([4, 3], below: 5)]) {
        let indices = Var($0[1].node)
        return (
          $0[0].gather(axis: 0, indices: indices),
          $0[0].t().gather(axis: 1, indices: indices.t()).t()
        )
      },
    ],
    tolerance: 4, scale: .greatest,
    large: Sample(
      "gather, large", [.real([229, 301]), .labels([229, 500], below: 301)], to: [229, 500]
    ) { $0[0].gather(axis: 1, indices: Var($0[1].node)) }),
  Contract(
    "scatterAdd", covers: ["Scatter"],
    lookups.map { shape, indices, axis in
      let extent = shape[axis < 0 ? axis + shape.rank : axis]
      return Sample(
        "scatterAdd \(indices) to \(shape) along \(axis)",
        [.real(shape), .labels(indices, below: extent), .real(indices)]
      ) { $0[0].scatterAdd(axis: axis, indices: Var($0[1].node), values: $0[2]) }
    } + [
      Sample(
        "scatterAdd, a place three times",
        [.real([2, 3]), .given([1, 1, 1, 0], [2, 2]).constant, .real([2, 2])]
      ) { $0[0].scatterAdd(axis: 1, indices: Var($0[1].node), values: $0[2].exp()) },
      Sample(
        "scatterAdd of a transpose", [.real([2, 3]), .labels([2, 4], below: 3), .real([4, 2])]
      ) { $0[0].scatterAdd(axis: 1, indices: Var($0[1].node), values: $0[2].t()) },
    ],
    complaints: [
      .shapes(
        Scatter(axis: 0, extent: 5), [4, 3], [4, 2],
        says: "values and indices differ in shape. values [4, 3] · indices [4, 2]")
    ],
    laws: [
      Law(
        "⟨scatter(v), x⟩ = ⟨v, gather(x)⟩",
        [.real([5, 3]), .labels([4, 3], below: 5), .real([4, 3])]
      ) {
        let indices = Var($0[1].node)
        let sums = (0 * $0[0]).scatterAdd(axis: 0, indices: indices, values: $0[2])
        return (
          (sums * $0[0]).sum(), ($0[2] * $0[0].gather(axis: 0, indices: indices)).sum()
        )
      }
    ],
    tolerance: 16, scale: .greatest,
    large: Sample(
      "scatterAdd, large",
      [.real([229, 301]), .labels([229, 500], below: 301), .real([229, 500])]
    ) { $0[0].scatterAdd(axis: 1, indices: Var($0[1].node), values: $0[2]) }),
  Contract(
    "indexAdd", covers: ["IndexAdd"],
    [
      Sample("IndexAdd along 0", [.real([4, 3]), .labels([4], below: 5)], to: [5, 3]) {
        VarDiff(apply(IndexAdd(axis: 0, extent: 5), $0[0].node, $0[1].node))
      },
      Sample(
        "IndexAdd along 1", [.real([2, 2, 3, 4]), .labels([2, 3], below: 5)], to: [2, 5, 4]
      ) {
        VarDiff(apply(IndexAdd(axis: 1, extent: 5), $0[0].node, $0[1].node))
      },
      Sample("IndexAdd of nothing", [.real([0, 3]), .labels([0], below: 2)], to: [2, 3]) {
        VarDiff(apply(IndexAdd(axis: 0, extent: 2), $0[0].node, $0[1].node))
      },
      Sample("indexAdd along 0", [.real([5, 3]), .labels([4], below: 5), .real([4, 3])]) {
        $0[0].indexAdd(axis: 0, indices: Var($0[1].node), values: $0[2])
      },
      Sample(
        "indexAdd along -1", [.real([2, 5]), .labels([2, 3], below: 5), .real([2, 2, 3])]
      ) { $0[0].indexAdd(axis: -1, indices: Var($0[1].node), values: $0[2]) },
      Sample("indexAdd of one", [.real([5]), .labels([], below: 5), .real([])]) {
        $0[0].indexAdd(axis: 0, indices: Var($0[1].node), values: $0[2])
      },
    ],
    complaints: [
      .shapes(
        IndexAdd(axis: 0, extent: 5), [4, 3], [2],
        says: "slices [4, 3] don't have the axes of the indices [2] at 0"),
      Complaint("values at [4] indices along axis 0 of [5, 3] have shape [4, 3], not [4, 2]") {
        () throws(ShapeError) in _ = try indexAddAxis(0, of: [5, 3], [4], values: [4, 2])
      },
    ],
    laws: [
      Law("adding what was selected doubles it", [.real([3, 2]), .given([2, 0, 1])]) {
        let indices = Var($0[1].node)
        let selected = $0[0].indexSelect(indices)
        return ($0[0].indexAdd(axis: 0, indices: indices, values: selected), 2 * $0[0])
      }
    ],
    tolerance: 4, scale: .greatest,
    large: Sample(
      "indexAdd, large", [.real([500, 64]), .labels([900], below: 500), .real([900, 64])]
    ) { $0[0].indexAdd(axis: 0, indices: Var($0[1].node), values: $0[2]) }),
  Contract(
    "embedding", covers: [],
    ([
      ([5, 3], [4], [4, 3]), ([5, 3], [2, 2], [2, 2, 3]), ([5, 3], [], [3]),
      ([5, 3], [0], [0, 3]),
      ([1, 1], [3], [3, 1]),
    ] as [(Shape, Shape, Shape)]).map { table, indices, result in
      Sample(
        "embedding \(indices) in \(table)", [.real(table), .labels(indices, below: table[0])],
        to: result
      ) { embedding($0[0], Var($0[1].node)) }
    },
    complaints: [
      Complaint("takes a table [N, D], not [5]") { () throws(ShapeError) in
        try checkEmbeddingTable([5])
      }
    ],
    laws: [
      Law("it is the product with one-hot rows", [.real([5, 3]), .labels([2, 4], below: 5)]) {
        (embedding($0[0], Var($0[1].node)), $0[1].oneHot(classes: 5).matmul($0[0]))
      }
    ],
    tolerance: 4, scale: .greatest),
]
