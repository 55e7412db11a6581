import NeuronikaGraphs
import NeuronikaTensors

let windowContracts: [Contract] = [
  Contract(
    "maxPool", covers: ["MaxPool", "MaxPoolRoute", "MaxPoolSelect"],
    ([
      ([2, 3, 6], 2, nil, 0, 1, false, [2, 3, 3]),
      ([2, 3, 7], 3, 2, 1, 1, false, [2, 3, 4]),
      ([2, 3, 7], 3, 2, 1, 2, true, [2, 3, 3]),
      ([2, 3, 6, 5], 2, nil, 0, 1, false, [2, 3, 3, 2]),
      ([2, 3, 6, 5], [3, 2], 1, [1, 1], 1, false, [2, 3, 6, 6]),
      ([2, 17, 6, 6], 2, nil, 0, 1, false, [2, 17, 3, 3]),
      ([2, 33, 5, 5], 3, 1, 0, 1, false, [2, 33, 3, 3]),
      ([2, 3, 5, 5], 2, 2, 0, 1, true, [2, 3, 3, 3]),
      ([1, 2, 4, 4, 4], 2, nil, 0, 1, false, [1, 2, 2, 2, 2]),
      ([0, 3, 6], 2, nil, 0, 1, false, [0, 3, 3]),
      ([2, 0, 6], 2, nil, 0, 1, false, [2, 0, 3]),
    ] as [(Shape, PerAxis, PerAxis?, PerAxis, PerAxis, Bool, Shape)]).map {
      input, kernel, stride, padding, dilation, roundsUp, result in
      Sample(
        "maxPool \(input) \(kernel) \(String(describing: stride)) \(padding) \(dilation) \(roundsUp)",
        [.distinct(input)], to: result
      ) {
        $0[0].maxPool(
          kernelSize: kernel, stride: stride, padding: padding, dilation: dilation,
          roundsUp: roundsUp)
      }
    } + [
      Sample("maxPool of a transpose", [.distinct([6, 3, 2])], to: [2, 3, 3]) {
        $0[0].t().maxPool(kernelSize: 2)
      },
      Sample(
        "maxPool of special values",
        [.given([1, .nan, .nan, 2, -.infinity, -.infinity, .infinity, 3], [1, 1, 8])],
        to: [1, 1, 4], hasDerivatives: false
      ) { $0[0].maxPool(kernelSize: 2) },
      Sample("adaptiveMaxPool", [.distinct([2, 3, 7, 5])], to: [2, 3, 3, 4]) {
        $0[0].adaptiveMaxPool(to: [3, 4])
      },
      Sample("maxPoolRoute", [.distinct([2, 3, 6]), .real([2, 3, 3])]) {
        VarDiff(apply(MaxPoolRoute(try! poolingWindows([2, 3, 6], 2)), $0[0].node, $0[1].node))
      },
      Sample("maxPoolSelect", [.distinct([2, 3, 6]), .real([2, 3, 6])], to: [2, 3, 3]) {
        VarDiff(apply(MaxPoolSelect(try! poolingWindows([2, 3, 6], 2)), $0[0].node, $0[1].node))
      },
    ],
    complaints: [
      .shapes(
        MaxPool(try! poolingWindows([2, 3, 6], 2)), [2, 3, 7],
        says: "takes spatial extents [6], not [2, 3, 7]"),
      .shapes(
        MaxPoolRoute(try! poolingWindows([2, 3, 6], 2)), [2, 3, 6], [2, 3, 2],
        says: "the upstream gradient has shape [2, 3, 2], the output [2, 3, 3]"),
      .shapes(
        MaxPoolSelect(try! poolingWindows([2, 3, 6], 2)), [2, 3, 6], [2, 3, 2],
        says: "the operands differ: [2, 3, 6] and [2, 3, 2]"),
      Complaint("padding 2 of axis 2 is more than half of the window, 3") {
        () throws(ShapeError) in
        _ = try poolingWindows(
          of: [2, 3, 6], kernelSize: 3, stride: 1, padding: 2, dilation: 1, roundsUp: false)
      },
      Complaint(
        "the window reaches over 5 elements of axis 2, where the padded input has 4. input [2, 3, 4]"
      ) { () throws(ShapeError) in _ = try poolingWindows([2, 3, 4], 5) },
      Complaint("a window of axis 2 has all of its elements in the padding. input [1, 1, 1]") {
        () throws(ShapeError) in
        _ = try poolingWindows(
          of: [1, 1, 1], kernelSize: 2, stride: 1, padding: 2, dilation: 3, roundsUp: false)
      },
      Complaint("axis 2 of [2, 3, 0] is empty") { () throws(ShapeError) in
        _ = try adaptiveWindows(of: [2, 3, 0], to: 2)
      },
    ],
    laws: [
      Law("windows of one element", [.distinct([2, 3, 6])]) {
        ($0[0].maxPool(kernelSize: 1), $0[0])
      },
      Law("a window of everything", [.real([2, 3, 6, 5])]) {
        ($0[0].adaptiveMaxPool(to: 1), $0[0].max(axes: 2, 3, keepingAxes: true))
      },
    ],
    kinks: [
      // Of equal elements all goes to the first.
      Kink(at: 1, slope: 3) {
        stack([3 * $0 - 2, $0], axis: -1).reshape([1, $0.shape.count, 2]).maxPool(kernelSize: 2)
          .reshape($0.shape)
      }
    ],
    tolerance: 0, gradientTolerance: 4,
    large: Sample("maxPool, large", [.real([8, 24, 28, 28])], to: [8, 24, 14, 14]) {
      $0[0].maxPool(kernelSize: 2)
    }),
  Contract(
    "averagePool", covers: ["Resample"],
    ([
      ([2, 3, 6], 2, nil, 0, true, false, [2, 3, 3]),
      ([2, 3, 7], 3, 2, 1, true, false, [2, 3, 4]),
      ([2, 3, 7], 3, 2, 1, false, false, [2, 3, 4]),
      ([2, 3, 8], 3, 2, 1, true, true, [2, 3, 5]),
      ([2, 3, 6, 5], [3, 2], 1, [1, 1], false, false, [2, 3, 6, 6]),
      ([2, 18, 6, 6], 2, nil, 0, true, false, [2, 18, 3, 3]),
      ([1, 2, 4, 4, 4], 2, nil, 0, true, false, [1, 2, 2, 2, 2]),
      ([0, 3, 6], 2, nil, 0, true, false, [0, 3, 3]),
    ] as [(Shape, PerAxis, PerAxis?, PerAxis, Bool, Bool, Shape)]).map {
      input, kernel, stride, padding, countsPadding, roundsUp, result in
      Sample(
        "averagePool \(input) \(kernel) \(String(describing: stride)) \(padding) \(countsPadding) "
          + "\(roundsUp)", [.real(input)], to: result
      ) {
        $0[0].averagePool(
          kernelSize: kernel, stride: stride, padding: padding, countsPadding: countsPadding,
          roundsUp: roundsUp)
      }
    } + [
      Sample("adaptiveAveragePool", [.real([2, 3, 7, 5])], to: [2, 3, 3, 4]) {
        $0[0].adaptiveAveragePool(to: [3, 4])
      },
      Sample("averagePool of a transpose", [.real([6, 3, 2])], to: [2, 3, 3]) {
        $0[0].t().averagePool(kernelSize: 2)
      },
    ],
    complaints: [
      .shapes(
        Resample([.nearest(input: 3, output: 6)], isTransposed: false), [2, 3, 4],
        says: "takes spatial extents [3], not [2, 3, 4]")
    ],
    laws: [
      Law("a window of everything", [.real([2, 3, 6, 5])]) {
        ($0[0].adaptiveAveragePool(to: 1), $0[0].mean(axes: 2, 3, keepingAxes: true))
      }
    ], tolerance: 8, scale: .greatest,
    large: Sample("averagePool, large", [.real([8, 24, 28, 28])], to: [8, 24, 14, 14]) {
      $0[0].averagePool(kernelSize: 2)
    }),
  Contract(
    "upsample", covers: [],
    ([
      ([2, 3, 4], [7], .nearest), ([2, 3, 4], [8], .linear()),
      ([2, 3, 4], [7], .linear(alignsCorners: true)), ([2, 3, 4, 3], [8, 9], .nearest),
      ([2, 3, 4, 3], [7, 9], .linear()), ([2, 3, 4, 3], [7, 1], .linear(alignsCorners: true)),
      ([2, 3, 4, 3], [2, 2], .linear()), ([1, 2, 2, 3, 2], [4, 4, 5], .linear()),
      ([1, 2, 2, 3, 2], [4, 6, 4], .nearest), ([2, 3, 1], [5], .linear()),
    ] as [(Shape, [Int], UpsamplingMode)]).map { input, size, mode in
      Sample(
        "upsample \(input) to \(size) \(mode)", [.real(input)],
        to: Shape(Array(input.extents[..<2]) + size)
      ) { $0[0].upsample(to: PerAxis(size), mode: mode) }
    } + [
      Sample("upsample by 2 and 3", [.real([2, 3, 4, 3])], to: [2, 3, 8, 9]) {
        $0[0].upsample(by: [2, 3])
      }
    ],
    complaints: [
      Complaint("axis 2 of [2, 3, 0] is empty") { () throws(ShapeError) in
        _ = try axisResamplings(of: [2, 3, 0], to: [2], .nearest)
      }
    ],
    laws: [
      Law("means undo repetition", [.real([2, 3, 4, 3])]) {
        ($0[0].upsample(by: 2).averagePool(kernelSize: 2), $0[0])
      },
      Law("corners stay", [.real([2, 3, 4])]) {
        let y = $0[0].upsample(to: 9, mode: .linear(alignsCorners: true))
        return (
          cat([y[.all, .all, 0..<1], y[.all, .all, 8...]], axis: 2),
          cat([$0[0][.all, .all, 0..<1], $0[0][.all, .all, 3...]], axis: 2)
        )
      },
    ], tolerance: 4, scale: .greatest),
]

private func poolingWindows(_ shape: Shape, _ kernel: PerAxis) throws(ShapeError) -> [PoolingWindow]
{
  try poolingWindows(
    of: shape, kernelSize: kernel, stride: nil, padding: 0, dilation: 1, roundsUp: false)
}
