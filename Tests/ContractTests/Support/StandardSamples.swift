import NeuronikaGraphs
import NeuronikaTensors

/// Zeros, infinities, NaN and the places where functions of `Float`s overflow or vanish.
let specialValues: [Float] = [
  0, -0.0, 1, -1, 0.5, -0.5, 3, -3, 17, -17, 88, -87, 89, -89, 104, -104, 1e-10, -1e-10, 1e-30,
  -1e-30, 1e10, -1e10, 1e30, -1e30, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
  .leastNormalMagnitude, .infinity, -.infinity, .nan,
]

/// The samples of an operation on each element.
func elementwiseSamples(
  _ name: String, _ range: ClosedRange<Float>, kinks: [Float] = [],
  specials: [Float] = specialValues, _ function: @escaping @Sendable (VarDiff) -> VarDiff
) -> [Sample] {
  let shapes: [Shape] = [[], [0], [1], [7], [5, 3], [2, 0, 3], [2, 3, 1, 2, 2], [131, 37]]
  let build: @Sendable ([VarDiff]) -> VarDiff = { function($0[0]) }
  return shapes.map { Sample("\(name) \($0)", [.real($0, range, kinks: kinks)], build) } + [
    Sample("\(name) of a transpose", [.real([5, 3], range, kinks: kinks)], to: [3, 5]) {
      function($0[0].t())
    },
    Sample("\(name) of a broadcast", [.real([3], range, kinks: kinks)], to: [2, 3]) {
      function($0[0].broadcast(to: [2, 3]))
    },
    Sample("\(name) of special values", [.given(specials)], hasDerivatives: false, build),
  ]
}

/// A sample that is worth two threads.
func largeSample(
  _ name: String, _ shape: Shape = [229, 301], _ range: ClosedRange<Float> = 0.5...2,
  _ function: @escaping @Sendable (VarDiff) -> VarDiff
) -> Sample {
  Sample("\(name), large", [.real(shape, range)]) { function($0[0]) }
}

/// A sample of two operands that is worth two threads.
func largeSample(
  _ name: String, _ left: Shape, _ right: Shape,
  _ function: @escaping @Sendable (VarDiff, VarDiff) -> VarDiff
) -> Sample {
  Sample("\(name), large", [.real(left, 0.5...2), .real(right, 0.5...2)]) {
    function($0[0], $0[1])
  }
}

/// The samples of an operation on each pair of elements.
func pairwiseSamples(
  _ name: String, _ leftRange: ClosedRange<Float>, _ rightRange: ClosedRange<Float>,
  _ function: @escaping @Sendable (VarDiff, VarDiff) -> VarDiff
) -> [Sample] {
  let pairs: [(Shape, Shape, Shape)] = [
    ([], [], []), ([1], [], [1]), ([], [3], [3]), ([4], [4], [4]), ([5, 3], [5, 3], [5, 3]),
    ([5, 3], [3], [5, 3]), ([3], [5, 3], [5, 3]), ([5, 3], [5, 1], [5, 3]),
    ([5, 1], [1, 3], [5, 3]), ([2, 1, 3], [4, 1], [2, 4, 3]), ([5, 3], [1, 1], [5, 3]),
    ([0], [0], [0]), ([0], [1], [0]), ([0, 3], [3], [0, 3]), ([2, 0], [2, 1], [2, 0]),
    ([2, 3, 1, 2, 2], [3, 4, 1, 2], [2, 3, 4, 2, 2]), ([131, 37], [37], [131, 37]),
  ]
  let build: @Sendable ([VarDiff]) -> VarDiff = { function($0[0], $0[1]) }
  let regular = pairs.map { left, right, result in
    Sample(
      "\(name) \(left) \(right)", [.real(left, leftRange), .real(right, rightRange)], to: result,
      build)
  }
  let column = Shape(specialValues.count, 1)
  return regular + [
    Sample(
      "\(name) of a matrix and a transpose",
      [.real([4, 4], leftRange), .real([4, 4], rightRange)]
    ) { function($0[0], $0[1].t()) },
    Sample(
      "\(name) of special values", [.given(specialValues, column), .given(specialValues)],
      to: Shape(specialValues.count, specialValues.count), hasDerivatives: false, build),
  ]
}

extension Complaint {
  /// Two shapes that don't broadcast.
  static func broadcasting(_ operation: some Operation) -> Complaint {
    .shapes(
      operation, [2, 3], [2, 4],
      says: "the shapes don't broadcast. left [2, 3] · right [2, 4]: aligned at the last axis, "
        + "extents have to be equal or 1")
  }
}
