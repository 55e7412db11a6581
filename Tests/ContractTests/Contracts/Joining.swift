import NeuronikaGraphs
import NeuronikaTensors

let joiningContracts: [Contract] = [
  Contract(
    "cat", covers: ["Concatenate"],
    ([
      ([2, 3], [4, 3], 0, [6, 3]), ([2, 3], [2, 1], 1, [2, 4]), ([2, 3], [2, 2], -1, [2, 5]),
      ([3], [4], 0, [7]), ([0, 3], [2, 3], 0, [2, 3]), ([2, 3], [0, 3], 0, [2, 3]),
      ([0], [0], 0, [0]), ([2, 3, 4], [2, 5, 4], 1, [2, 8, 4]), ([2, 3], [2, 3], 0, [4, 3]),
      ([131, 37], [131, 5], 1, [131, 42]),
    ] as [(Shape, Shape, Int, Shape)]).map { left, right, axis, result in
      Sample("cat \(left) \(right) along \(axis)", [.real(left), .real(right)], to: result) {
        cat($0, axis: axis)
      }
    } + [
      Sample("cat of one", [.real([2, 3])]) { cat($0) },
      Sample(
        "cat of four", [.real([2, 3]), .real([1, 3]), .real([0, 3]), .real([2, 3])], to: [5, 3]
      ) {
        cat($0)
      },
      Sample("cat of views", [.real([3, 2]), .real([3])], to: [4, 3]) {
        cat([$0[0].t(), $0[1].broadcast(to: [2, 3])])
      },
      Sample("cat of a variable and itself", [.real([2, 3])], to: [2, 6]) {
        $0[0].cat($0[0], axis: 1)
      },
      Sample(
        "cat of NaN and infinity", [.given([.nan, 1]), .given([.infinity])], to: [3],
        hasDerivatives: false
      ) { cat($0) },
    ],
    complaints: [
      .shapes(
        Concatenate(axis: 1), [2, 3], [3, 3],
        says:
          "operand 0 has shape [2, 3] and operand 1 [3, 3]: all extents but that of axis 1 have "
          + "to agree"),
      .shapes(
        Concatenate(axis: 0), [2, 3], [3],
        says:
          "operand 0 has shape [2, 3] and operand 1 [3]: all extents but that of axis 0 have to "
          + "agree"),
      .shapes(Concatenate(axis: 2), [2, 3], [2, 3], says: "axis 2 does not exist in [2, 3]"),
    ],
    laws: [
      Law("the parts of a whole", [.real([5, 3])]) { (cat([$0[0][0..<2], $0[0][2...]]), $0[0]) },
      Law("cat(a, cat(b, c)) = cat(a, b, c)", [.real([2]), .real([3]), .real([1])]) {
        (cat([$0[0], cat([$0[1], $0[2]])]), cat($0))
      },
    ],
    large: Sample("cat, large", [.real([229, 301]), .real([100, 301])], to: [329, 301]) { cat($0) }
  ),
  Contract(
    "stack", covers: [],
    ([
      ([2, 3], 0, [2, 2, 3]), ([2, 3], 1, [2, 2, 3]), ([2, 3], 2, [2, 3, 2]),
      ([2, 3], -1, [2, 3, 2]), ([], 0, [2]), ([4], 0, [2, 4]), ([0], 0, [2, 0]),
    ] as [(Shape, Int, Shape)]).map { shape, axis, result in
      Sample("stack \(shape) along \(axis)", [.real(shape), .real(shape)], to: result) {
        stack($0, axis: axis)
      }
    },
    laws: [
      Law("a place of the stack is its operand", [.real([2, 3]), .real([2, 3])]) {
        (stack($0, axis: 1)[.all, 1], $0[1])
      }
    ]),
  Contract(
    "pad", covers: [],
    ([
      ([3], [1], [5]), ([2, 3], [1], [2, 5]), ([2, 3], [1, 2], [4, 7]), ([2, 3], [0, 0], [2, 3]),
      ([2, 3, 4], [1, 2], [2, 5, 8]), ([131, 37], [3, 4], [137, 45]), ([0, 3], [1], [0, 5]),
    ] as [(Shape, [Int], Shape)]).flatMap { shape, padding, result in
      ([.zero, .constant(1.5), .reflective, .replicative] as [PaddingMode]).map { mode in
        Sample("pad \(shape) by \(padding), \(mode)", [.real(shape)], to: result) {
          $0[0].pad(padding, mode: mode)
        }
      }
    } + [
      Sample("pad before and after", [.real([2, 4])], to: [2, 9]) {
        $0[0].pad([(before: 2, after: 3)], mode: .reflective)
      },
      Sample("pad of a transpose", [.real([3, 2])], to: [4, 5]) {
        $0[0].t().pad([1, 1], mode: .replicative)
      },
      Sample("pad of NaN", [.given([.nan, 1])], to: [4], hasDerivatives: false) { $0[0].pad([1]) },
    ],
    complaints: [
      Complaint("2 paddings for [3], which has rank 1") { () throws(ShapeError) in
        try checkPadding([(1, 1), (1, 1)], of: [3], .zero)
      },
      Complaint("axis 0 of [3] can't be padded by -1") { () throws(ShapeError) in
        try checkPadding([(before: -1, after: 0)], of: [3], .zero)
      },
      Complaint(
        "reflected padding has to be shorter than the axis, but axis 1 of [2, 3] is padded by 3"
      ) { () throws(ShapeError) in
        try checkPadding([(before: 0, after: 3)], of: [2, 3], .reflective)
      },
      Complaint("axis 0 of [0] has nothing to repeat") { () throws(ShapeError) in
        try checkPadding([(before: 1, after: 0)], of: [0], .replicative)
      },
    ],
    laws: [
      Law("c b a b c b a", [.real([3])]) {
        (
          $0[0].pad([2], mode: .reflective),
          cat([$0[0].flip(axes: 0), $0[0][1...], $0[0][0..<2].flip(axes: 0)])
        )
      },
      Law("a a b c c", [.real([3])]) {
        ($0[0].pad([1], mode: .replicative), cat([$0[0][0..<1], $0[0], $0[0][2...]]))
      },
      Law("the border comes off", [.real([2, 3])]) {
        ($0[0].pad([1, 2], mode: .constant(4))[1..<3, 2..<5], $0[0])
      },
    ]),
]
