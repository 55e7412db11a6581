import NeuronikaGraphs
import NeuronikaTensors

let viewContracts: [Contract] = [
  Contract(
    "reshape", covers: ["Reshape"],
    ([
      ([2, 3], [3, 2]), ([6], [1, 6, 1]), ([], [1]), ([1, 1], []), ([0, 3], [5, 0]),
      ([2, 3, 1, 2, 2], [4, 6]), ([131, 37], [4847]),
    ] as [(Shape, Shape)]).map { from, to in
      Sample("reshape \(from) \(to)", [.real(from)], to: to) { $0[0].reshape(to) }
    } + [
      Sample("reshape of a transpose", [.real([2, 3])], to: [6]) { $0[0].t().reshape([6]) },
      Sample(
        "reshape of NaN", [.given([1, .nan, .infinity, -0.0])], to: [2, 2], hasDerivatives: false
      ) { $0[0].reshape([2, 2]) },
    ],
    complaints: [
      .shapes(
        Reshape(target: [4, 2]), [2, 3], says: "[2, 3] has 6 elements and [4, 2] has 8")
    ],
    laws: [
      Law("there and back", [.real([2, 3])]) { ($0[0].reshape([3, 2]).reshape([2, 3]), $0[0]) }
    ]),
  Contract(
    "squeeze and unsqueeze", covers: [],
    [
      Sample("unsqueeze(0)", [.real([2, 3])], to: [1, 2, 3]) { $0[0].unsqueeze(0) },
      Sample("unsqueeze(1)", [.real([2, 3])], to: [2, 1, 3]) { $0[0].unsqueeze(1) },
      Sample("unsqueeze(2)", [.real([2, 3])], to: [2, 3, 1]) { $0[0].unsqueeze(2) },
      Sample("unsqueeze(-1)", [.real([2, 3])], to: [2, 3, 1]) { $0[0].unsqueeze(-1) },
      Sample("unsqueeze(0) of a scalar", [.real([])], to: [1]) { $0[0].unsqueeze(0) },
      Sample("squeeze(1)", [.real([2, 1, 3])], to: [2, 3]) { $0[0].squeeze(1) },
      Sample("squeeze(-3)", [.real([1, 2, 3])], to: [2, 3]) { $0[0].squeeze(-3) },
      Sample("squeeze(0) to a scalar", [.real([1])], to: []) { $0[0].squeeze(0) },
    ],
    complaints: [
      Complaint("an axis can't be put at 3 of [2, 3]: places go from -3 to 2") {
        () throws(ShapeError) in _ = try Shape(2, 3).unsqueezed(3)
      },
      Complaint("axis 0 of [2, 3] has extent 2, not 1") { () throws(ShapeError) in
        _ = try Shape(2, 3).squeezed(0)
      },
      Complaint("axis 2 does not exist in [2, 3]: axes go from -2 to 1") {
        () throws(ShapeError) in _ = try Shape(2, 3).squeezed(2)
      },
    ]),
  Contract(
    "broadcast", covers: ["Broadcast"],
    ([
      ([], [2, 3]), ([3], [2, 3]), ([2, 1], [2, 3]), ([1], [0]), ([2, 3], [2, 3]),
      ([2, 1, 3], [4, 2, 5, 3]), ([37], [131, 37]),
    ] as [(Shape, Shape)]).map { from, to in
      Sample("broadcast \(from) \(to)", [.real(from)], to: to) { $0[0].broadcast(to: to) }
    },
    complaints: [
      .shapes(
        Broadcast(target: [2, 3]), [2],
        says: "[2] does not broadcast to [2, 3]: aligned at the last axis, each extent has to be "
          + "equal or 1"),
      .shapes(
        Broadcast(target: [3]), [2, 3],
        says: "[2, 3] does not broadcast to [3]: aligned at the last axis, each extent has to be "
          + "equal or 1"),
    ],
    laws: [
      Law("broadcast x = x + 0", [.real([2, 1]), .real([2, 3])]) {
        ($0[0].broadcast(to: [2, 3]), $0[0] + 0 * $0[1])
      }
    ]),
  Contract(
    "detached", covers: ["Detach"],
    elementwiseSamples("detached", -2...2) { VarDiff(apply(Detach(), $0.node)) }
      .map(\.withoutDerivatives),
    kinks: [Kink(at: 1, slope: 1) { VarDiff(apply(Detach(), $0.node)) + $0 }]),
  Contract(
    "t", covers: ["Transpose"],
    ([
      ([], []), ([3], [3]), ([2, 3], [3, 2]), ([2, 3, 4], [4, 3, 2]), ([0, 3], [3, 0]),
      ([131, 37], [37, 131]),
    ]
      as [(Shape, Shape)]).map { from, to in
        Sample("t \(from)", [.real(from)], to: to) { $0[0].t() }
      },
    laws: [Law("twice is nothing", [.real([2, 3, 4])]) { ($0[0].t().t(), $0[0]) }],
    large: largeSample("t") { $0.t() }),
  Contract(
    "permute", covers: ["Permute"],
    ([
      ([], [], []), ([3], [0], [3]), ([2, 3], [1, 0], [3, 2]), ([2, 3], [0, 1], [2, 3]),
      ([2, 3, 4], [2, 0, 1], [4, 2, 3]), ([2, 3, 4], [1, 2, 0], [3, 4, 2]),
      ([2, 3, 4], [-1, 0, -2], [4, 2, 3]), ([2, 0, 4], [2, 0, 1], [4, 2, 0]),
      ([2, 3, 4, 2, 3], [4, 1, 0, 3, 2], [3, 3, 2, 2, 4]),
    ] as [(Shape, [Int], Shape)]).map { from, axes, to in
      Sample("permute \(from) by \(axes)", [.real(from)], to: to) { $0[0].permute(axes) }
    } + [
      Sample("reshape of a permutation", [.real([2, 3, 4])], to: [8, 3]) {
        $0[0].permute(2, 0, 1).reshape([8, 3])
      },
      Sample("permutation of a reshape", [.real([2, 3, 4])], to: [4, 6]) {
        $0[0].reshape([6, 4]).permute(1, 0)
      },
    ],
    complaints: [
      .shapes(
        Permute(axes: [0, 0]), [2, 3],
        says: "[0, 0] does not name every axis of [2, 3] exactly once"),
      .shapes(
        Permute(axes: [0]), [2, 3], says: "[0] does not name every axis of [2, 3] exactly once"),
      .shapes(
        Permute(axes: [0, 2]), [2, 3],
        says: "[0, 2] does not name every axis of [2, 3] exactly once"),
    ],
    laws: [
      Law("all axes reversed = t", [.real([2, 3, 4])]) { ($0[0].permute(2, 1, 0), $0[0].t()) },
      Law("by c, a, b and then by b, c, a", [.real([2, 3, 4])]) {
        ($0[0].permute(2, 0, 1).permute(1, 2, 0), $0[0])
      },
    ],
    large: largeSample("permute", [17, 61, 91]) { $0.permute(2, 0, 1) }),
]
