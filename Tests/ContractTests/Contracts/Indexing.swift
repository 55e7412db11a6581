import NeuronikaGraphs
import NeuronikaTensors

private func slice(
  _ label: String, _ shape: Shape, to result: Shape,
  _ part: @escaping @Sendable (VarDiff) -> VarDiff
) -> Sample {
  Sample("slice \(label) of \(shape)", [.real(shape)], to: result) { part($0[0]) }
}

private func steps(_ x: VarDiff, _ starts: [Int], _ steps: [Int], _ target: Shape) -> VarDiff {
  VarDiff(apply(Slice(starts: starts, steps: steps, target: target), x.node))
}

private func place(
  _ x: VarDiff, _ starts: [Int], _ steps: [Int], in target: Shape, background: Float = 0
) -> VarDiff {
  VarDiff(
    apply(Place(starts: starts, steps: steps, target: target, background: background), x.node))
}

private let sliceSamples: [Sample] = [
  slice("[1..<3]", [5], to: [2]) { $0[1..<3] },
  slice("[2]", [5], to: []) { $0[2] },
  slice("[1, .all]", [4, 3], to: [3]) { $0[1, .all] },
  slice("[.all, 1]", [4, 3], to: [4]) { $0[.all, 1] },
  slice("[1..., 0..<2]", [4, 3], to: [3, 2]) { $0[1..., 0..<2] },
  slice("[2..<2]", [4, 3], to: [0, 3]) { $0[2..<2] },
  slice("[.all, 1, 1...2]", [2, 3, 4], to: [2, 2]) { $0[.all, 1, 1...2] },
  slice("[0..<131, 3..<30]", [131, 37], to: [131, 27]) { $0[0..<131, 3..<30] },
  slice("of a transpose", [4, 3], to: [2, 4]) { $0.t()[1..., .all] },
  slice("of a broadcast", [3], to: [4, 2]) { $0.broadcast(to: [4, 3])[.all, 1...] },
  slice("of a slice", [6, 5], to: [2, 2]) { $0[1..., 1..<4][1..<3, 1...] },
  slice("reshaped", [4, 6], to: [3, 4]) { $0[.all, 1..<4].reshape([3, 4]) },
  slice("in a product", [4, 6], to: [3, 3]) { $0[.all, 1..<4].t().mm($0[.all, 2..<5]) },
  slice("every second", [7], to: [4]) { $0.strided(axis: 0, by: 2) },
  slice("every third from 1 to 8", [2, 9], to: [2, 3]) {
    $0.strided(axis: -1, from: 1, to: 8, by: 3)
  },
  slice("backwards", [5], to: [5]) { steps($0, [4], [-1], [5]) },
  slice("backwards by 2 along 1", [3, 5], to: [3, 3]) { steps($0, [0, 4], [1, -2], [3, 3]) },
  Sample("slice of NaN", [.given([.nan, 1, .infinity])], to: [2], hasDerivatives: false) {
    $0[0][0..<2]
  },
]

private let placeSamples: [Sample] = [
  Sample("place [2, 2] in [4, 5]", [.real([2, 2])], to: [4, 5]) {
    place($0[0], [1, 2], [1, 1], in: [4, 5])
  },
  Sample("place with steps", [.real([3, 2])], to: [7, 4]) {
    place($0[0], [1, 3], [2, -2], in: [7, 4])
  },
  Sample("place on a background", [.real([2])], to: [5]) {
    place($0[0], [1], [1], in: [5], background: -1.5)
  },
  Sample("place of nothing", [.real([0, 2])], to: [3, 2]) {
    place($0[0], [0, 0], [1, 1], in: [3, 2], background: 2)
  },
  Sample("place of a scalar", [.real([])], to: []) { place($0[0], [], [], in: []) },
  Sample("place of a transpose", [.real([3, 2])], to: [2, 5]) {
    place($0[0].t(), [0, 1], [1, 1], in: [2, 5])
  },
]

private let lookups: [(Shape, Shape, Int, Shape)] = [
  ([5, 3], [4], 0, [4, 3]), ([5, 3], [2], 1, [5, 2]), ([5], [7], 0, [7]), ([5], [], 0, []),
  ([5, 3], [2, 2], 0, [2, 2, 3]), ([2, 5, 3], [4], 1, [2, 4, 3]), ([2, 5], [3], -1, [2, 3]),
  ([5, 3], [0], 0, [0, 3]), ([5, 0], [2], 0, [2, 0]), ([131, 37], [200], 0, [200, 37]),
]

let indexingContracts: [Contract] = [
  Contract(
    "subscript", covers: ["Slice", "Place"], sliceSamples + placeSamples,
    complaints: [
      Complaint("3 selections for [2, 3], which has rank 2") { () throws(ShapeError) in
        _ = try Slice([0, 0, 0], of: [2, 3])
      },
      Complaint("1..<4 does not lie within 0..<3 on axis 1") { () throws(ShapeError) in
        _ = try Slice([0..<2, 1..<4], of: [2, 3])
      },
      Complaint("2 does not lie within 0..<2 on axis 0") { () throws(ShapeError) in
        _ = try Slice([2], of: [2, 3])
      },
      .shapes(
        Slice(starts: [0], steps: [1], target: [2]), [2, 3],
        says: "a part [2] has another rank than [2, 3]"),
      .shapes(
        Slice(starts: [1], steps: [2], target: [3]), [5],
        says: "places 1...5 do not lie within 0..<5 on axis 0"),
      .shapes(
        Place(starts: [2], steps: [1], target: [4]), [3],
        says: "places 2...4 do not lie within 0..<4 on axis 0"),
    ],
    laws: [
      Law("backwards twice", [.real([5])]) {
        (steps(steps($0[0], [4], [-1], [5]), [4], [-1], [5]), $0[0])
      },
      Law("a part of what was placed", [.real([2, 3])]) {
        (place($0[0], [1, 2], [1, 1], in: [4, 6])[1..<3, 2..<5], $0[0])
      },
    ],
    tolerance: 16, scale: .greatest,
    large: Sample("subscript, large", [.real([229, 301])], to: [200, 250]) {
      $0[0][10..<210, 7..<257]
    }),
  Contract(
    "indexSelect", covers: ["IndexSelect"],
    lookups.map { shape, indices, axis, result in
      let extent = shape[axis < 0 ? axis + shape.rank : axis]
      return Sample(
        "indexSelect \(indices) of \(shape) along \(axis)",
        [.real(shape), .labels(indices, below: extent)], to: result
      ) { $0[0].indexSelect(Var($0[1].node), axis: axis) }
    } + [
      Sample("indexSelect of a transpose", [.real([3, 5]), .labels([4], below: 5)], to: [4, 3]) {
        $0[0].t().indexSelect(Var($0[1].node))
      },
      Sample(
        "indexSelect, a place three times", [.real([3, 2]), .given([1, 1, 0, 1]).constant],
        to: [4, 2]
      ) { $0[0].indexSelect(Var($0[1].node)) },
    ],
    complaints: [
      .shapes(
        IndexSelect(axis: 0, extent: 5), [4, 3], [2], says: "axis 0 of [4, 3] is not 5 long")
    ],
    laws: [
      Law("all in order is nothing", [.real([3, 2]), .given([0, 1, 2])]) {
        ($0[0].indexSelect(Var($0[1].node)), $0[0])
      },
      Law("one place is a subscript", [.real([3, 2]), .given([1])]) {
        ($0[0].indexSelect(Var($0[1].node)), $0[0][1..<2])
      },
    ],
    tolerance: 4, scale: .greatest,
    large: Sample(
      "indexSelect, large", [.real([500, 64]), .labels([900], below: 500)], to: [900, 64]
    ) {
      $0[0].indexSelect(Var($0[1].node))
    }),
  Contract(
    "chunks", covers: [],
    ([
      ([4], [2], 2, [2]), ([5], [2], 2, [2]), ([5, 4], [2, 2], 4, [2, 2]),
      ([5, 7], [2, 3], 4, [2, 3]), ([4, 2, 3], [2, 1, 3], 4, [2, 1, 3]), ([3], [3], 1, [3]),
    ] as [(Shape, Shape, Int, Shape)]).flatMap { shape, block, count, result in
      (0..<count).map { place in
        Sample("chunk \(place) of \(shape) in \(block)", [.real(shape)], to: result) {
          $0[0].chunks(block)[place]
        }
      }
    } + [
      Sample("parts that overlap", [.real([6])], to: [3]) {
        $0[0][0..<3] * $0[0][3...] + $0[0][2..<5].exp() * $0[0].strided(axis: 0, by: 2)
      },
      Sample("parts that interleave", [.real([4, 5])], to: [4, 2]) {
        $0[0].strided(axis: 1, from: 0, to: 4, by: 2).exp()
          * $0[0].strided(axis: 1, from: 1, by: 2) + $0[0][.all, 4...]
      },
      Sample("parts backwards", [.real([6])], to: [3]) {
        let back = $0[0].flip(axes: 0)
        return back[0..<3].exp() * $0[0][0..<3] + back[3...].square()
      },
      Sample("chunks, each in another way", [.real([5, 4])], to: [2, 2]) {
        let blocks = $0[0].chunks([2, 2])
        return blocks[0] * blocks[1] + blocks[2].exp() * blocks[3].t()
      },
    ],
    complaints: [
      Complaint("a chunk [2] has another rank than [2, 3]") { () throws(ShapeError) in
        _ = try chunkStarts([2], of: [2, 3])
      },
      Complaint("a chunk [1, 0] is empty along axis 1") { () throws(ShapeError) in
        _ = try chunkStarts([1, 0], of: [2, 3])
      },
    ],
    laws: [
      Law("two chunks make a whole", [.real([4, 3])]) { (cat($0[0].chunks([2, 3])), $0[0]) }
    ],
    tolerance: 4, scale: .greatest),
  Contract(
    "flip", covers: [],
    [
      Sample("flip [5]", [.real([5])]) { $0[0].flip(axes: 0) },
      Sample("flip [2, 3] along 0 and 1", [.real([2, 3])]) { $0[0].flip(axes: 0, 1) },
      Sample("flip [2, 3] along -1", [.real([2, 3])]) { $0[0].flip(axes: -1) },
      Sample("flip [0]", [.real([0])]) { $0[0].flip(axes: 0) },
      Sample("flip in a product", [.real([2, 3]), .real([3, 2])], to: [2, 2]) {
        $0[0].flip(axes: 1).mm($0[1].flip(axes: 0))
      },
    ],
    laws: [Law("flipped twice", [.real([2, 3])]) { ($0[0].flip(axes: 1).flip(axes: 1), $0[0]) }],
    tolerance: 16, scale: .greatest),
  Contract(
    "oneHot", covers: ["OneHot"],
    ([
      ([3], 4, [3, 4]), ([2, 3], 5, [2, 3, 5]), ([], 3, [3]), ([0], 2, [0, 2]), ([3], 1, [3, 1]),
      ([2], 1500, [2, 1500]),
    ] as [(Shape, Int, Shape)]).map { shape, classes, result in
      Sample(
        "oneHot \(shape) of \(classes)", [.labels(shape, below: classes)], to: result,
        hasDerivatives: false
      ) { VarDiff($0[0].oneHot(classes: classes)) }
    } + [
      Sample(
        "oneHot in a computation", [.labels([5], below: 3), .real([5, 3])], to: [5]
      ) { ($0[0].oneHot(classes: 3) * $0[1]).sum(axes: 1) }
    ],
    complaints: [
      .shapes(OneHot(classes: 3), [2, 3], says: "takes labels [..., 1], not [2, 3]"),
      .shapes(OneHot(classes: 0), [2, 1], says: "the number of classes is 0"),
    ],
    laws: [
      Law("oneHot picks", [.real([4]), .given([2, 0])]) {
        ($0[1].oneHot(classes: 4).mv($0[0]), $0[0].indexSelect(Var($0[1].node)))
      }
    ],
    tolerance: 4, scale: .greatest),
]

extension Input {
  /// The same, without a gradient.
  var constant: Input {
    var copy = self
    copy.isDifferentiable = false
    return copy
  }
}
