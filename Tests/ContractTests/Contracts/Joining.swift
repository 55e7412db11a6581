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
      Sample("cat of four", [.real([2, 3]), .real([1, 3]), .real([0, 3]), .real([2, 3])], to: [5, 3]) {
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
        says: "operand 0 has shape [2, 3] and operand 1 [3, 3]: all extents but that of axis 1 have "
          + "to agree"),
      .shapes(
        Concatenate(axis: 0), [2, 3], [3],
        says: "operand 0 has shape [2, 3] and operand 1 [3]: all extents but that of axis 0 have to "
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
]
