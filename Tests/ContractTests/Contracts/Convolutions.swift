import NeuronikaGraphs
import NeuronikaTensors

let convolutionContracts: [Contract] = [
  Contract(
    "convolution",
    covers: ["Convolution", "ConvolutionInputGradient", "ConvolutionKernelGradient"],
    ([
      ([2, 3, 7], [4, 3, 3], 1, 0, 1, 1, [2, 4, 5]),
      ([2, 3, 7], [4, 3, 3], 2, 1, 1, 1, [2, 4, 4]),
      ([1, 2, 6], [3, 2, 2], 3, 1, 1, 1, [1, 3, 3]),
      ([2, 4, 9], [6, 2, 3], 2, 1, 2, 2, [2, 6, 4]),
      ([2, 3, 5, 6], [4, 3, 3, 3], 1, 1, 1, 1, [2, 4, 5, 6]),
      ([2, 3, 5, 6], [4, 3, 1, 1], 1, 0, 1, 1, [2, 4, 5, 6]),
      ([2, 3, 7, 5], [4, 3, 3, 2], [2, 1], [1, 0], [1, 2], 1, [2, 4, 4, 3]),
      ([2, 4, 6, 6], [4, 1, 3, 3], 1, 1, 1, 4, [2, 4, 6, 6]),
      ([2, 16, 6, 6], [16, 1, 3, 3], 1, 1, 1, 16, [2, 16, 6, 6]),
      ([3, 6, 5, 5], [9, 2, 3, 3], 1, 0, 1, 3, [3, 9, 3, 3]),
      ([1, 1, 8, 8], [6, 1, 5, 5], 1, 2, 1, 1, [1, 6, 8, 8]),
      ([2, 32, 6, 7], [64, 32, 3, 3], 1, 0, 1, 1, [2, 64, 4, 5]),
      ([1, 2, 4, 5, 3], [3, 2, 2, 3, 2], 1, 1, 1, 1, [1, 3, 5, 5, 4]),
      ([2, 4, 5, 5, 5], [4, 2, 3, 3, 3], 2, 1, 1, 2, [2, 4, 3, 3, 3]),
      ([0, 3, 7], [4, 3, 3], 1, 0, 1, 1, [0, 4, 5]),
      ([2, 3, 7], [0, 3, 3], 1, 0, 1, 1, [2, 0, 5]),
      ([2, 0, 7], [4, 0, 3], 1, 0, 1, 1, [2, 4, 5]),
    ] as [(Shape, Shape, PerAxis, PerAxis, PerAxis, Int, Shape)]).map {
      input, kernel, stride, padding, dilation, groups, result in
      Sample(
        "convolution \(input) \(kernel) \(stride) \(padding) \(dilation) \(groups)",
        [.real(input), .real(kernel)], to: result
      ) {
        $0[0].convolution(
          $0[1], stride: stride, padding: padding, dilation: dilation, groups: groups)
      }
    }
      + ([.constant(1.5), .reflective, .replicative] as [PaddingMode]).map { mode in
        Sample(
          "convolution, padding \(mode)", [.real([2, 3, 5, 6]), .real([4, 3, 3, 3])],
          to: [2, 4, 7, 6]
        ) { $0[0].convolution($0[1], padding: [2, 1], paddingMode: mode) }
      } + [
        Sample(
          "convolution with bias and relu",
          [.real([2, 3, 5, 6]), .real([4, 3, 3, 3]), .real([4])], to: [2, 4, 3, 4]
        ) { ($0[0].convolution($0[1]) + $0[2].reshape([4, 1, 1])).relu() },
        Sample(
          "convolution of a fixed input", [.constant([2, 3, 5]), .real([4, 3, 3])], to: [2, 4, 3]
        ) { $0[0].convolution($0[1]) },
        Sample(
          "convolution by a fixed kernel", [.real([2, 3, 5]), .constant([4, 3, 3])], to: [2, 4, 3]
        ) { $0[0].convolution($0[1]) },
        Sample(
          "max pooling after convolution", [.real([2, 3, 6, 6]), .real([4, 3, 3, 3])],
          to: [2, 4, 2, 2]
        ) { $0[0].convolution($0[1]).maxPool(kernelSize: 2) },
        Sample(
          "convolutionInputGradient", [.real([2, 4, 3]), .real([4, 3, 3])], to: [2, 3, 5]
        ) {
          VarDiff(
            apply(
              ConvolutionInputGradient(plain(1), to: [2, 3, 5]), $0[0].node, $0[1].node))
        },
        Sample(
          "convolutionKernelGradient", [.real([2, 3, 5]), .real([2, 4, 3])], to: [4, 3, 3]
        ) {
          VarDiff(
            apply(
              ConvolutionKernelGradient(plain(1), to: [4, 3, 3]), $0[0].node, $0[1].node))
        },
        Sample(
          "convolution of views", [.real([5, 3, 2]), .real([3, 3, 4])], to: [2, 4, 3]
        ) { $0[0].t().convolution($0[1].t()) },
        Sample(
          "convolution of NaN",
          [.given([1, .nan, 2, 3, 4], [1, 1, 5]), .given([1, 2], [1, 1, 2])],
          to: [1, 1, 4], hasDerivatives: false
        ) { $0[0].convolution($0[1]) },
      ],
    complaints: [
      .shapes(
        Convolution(plain(1)), [2, 3], [4, 3],
        says:
          "takes [N, C, …] with 1 to 3 spatial axes and a kernel [K, C / groups, …] of as many. "
          + "input [2, 3] · kernel [4, 3]"),
      .shapes(
        Convolution(plain(2)), [2, 3, 5, 5], [4, 3, 3],
        says:
          "takes [N, C, …] with 1 to 3 spatial axes and a kernel [K, C / groups, …] of as many. "
          + "input [2, 3, 5, 5] · kernel [4, 3, 3]"),
      .shapes(
        Convolution(plain(1)), [2, 3, 5], [4, 2, 3],
        says: "the kernel sees 2 channels in each of 1 groups, but the input has 3. "
          + "input [2, 3, 5] · kernel [4, 2, 3]"),
      .shapes(
        Convolution(
          ConvolutionGeometry(strides: [1], dilations: [1], padding: [0], groups: 2)), [2, 4, 5],
        [3, 2, 3],
        says: "the kernel's 3 output channels can't be parted into 2 groups. kernel [3, 2, 3]"),
      .shapes(
        Convolution(
          ConvolutionGeometry(strides: [1], dilations: [3], padding: [1], groups: 1)), [2, 3, 4],
        [4, 3, 3],
        says: "the kernel reaches over 7 elements of axis 2, where the padded input has 6. "
          + "input [2, 3, 4] · kernel [4, 3, 3]"),
      .shapes(
        Convolution(plain(1)), [2, 3, 4], [4, 3, 0], says: "axis 2 of the kernel [4, 3, 0] is empty"
      ),
      Complaint("stride [1, 2] has 2 numbers for 1 spatial axes") { () throws(ShapeError) in
        _ = try ([1, 2] as PerAxis).resolved(axes: 1, "stride")
      },
      Complaint("stride [0, 0]: every number has to be at least 1") { () throws(ShapeError) in
        _ = try (0 as PerAxis).resolved(axes: 2, "stride")
      },
      Complaint("takes [N, C, …] with 1 to 3 spatial axes, not [2, 3]") { () throws(ShapeError) in
        _ = try spatialAxes(of: [2, 3])
      },
      .shapes(
        ConvolutionInputGradient(plain(1), to: [2, 3, 5]), [2, 4, 4], [4, 3, 3],
        says: "the upstream gradient has shape [2, 4, 4], the output [2, 4, 3]"),
      .shapes(
        ConvolutionKernelGradient(plain(1), to: [4, 3, 3]), [2, 3, 5], [2, 4, 4],
        says: "the upstream gradient has shape [2, 4, 4], the output [2, 4, 3]"),
    ],
    laws: [
      Law("a kernel of one element is a product", [.real([2, 3, 5]), .real([4, 3])]) {
        (
          $0[0].convolution($0[1].unsqueeze(2)),
          $0[1].matmul($0[0])
        )
      },
      Law("groups are convolutions side by side", [.real([2, 4, 6]), .real([6, 2, 3])]) {
        let (x, w) = ($0[0], $0[1])
        return (
          x.convolution(w, groups: 2),
          cat(
            [x[.all, 0..<2].convolution(w[0..<3]), x[.all, 2..<4].convolution(w[3..<6])], axis: 1)
        )
      },
      Law("padding is padding", [.real([2, 3, 5, 6]), .real([4, 3, 3, 3])]) {
        ($0[0].convolution($0[1], padding: [1, 2]), $0[0].pad([1, 2]).convolution($0[1]))
      },
    ],
    tolerance: 16, scale: .greatest, gradientTolerance: 64,
    large: Sample(
      "convolution, large", [.real([8, 16, 14, 14]), .real([32, 16, 3, 3])], to: [8, 32, 14, 14]
    ) { $0[0].convolution($0[1], padding: 1) }),
  Contract(
    "transposedConvolution", covers: [],
    ([
      ([2, 4, 5], [4, 3, 3], 1, 0, 0, 1, 1, [2, 3, 7]),
      ([2, 4, 3], [4, 3, 3], 2, 1, 1, 1, 1, [2, 3, 6]),
      ([2, 4, 3, 4], [4, 3, 3, 2], [2, 1], [1, 0], 0, 1, 1, [2, 3, 5, 5]),
      ([2, 4, 3, 4], [4, 2, 2, 2], 2, 0, 0, 1, 2, [2, 4, 6, 8]),
      ([2, 4, 4], [4, 3, 2], 2, 1, 0, 3, 1, [2, 3, 8]),
      ([1, 2, 2, 3, 2], [2, 3, 2, 2, 2], 2, 0, 0, 1, 1, [1, 3, 4, 6, 4]),
    ] as [(Shape, Shape, PerAxis, PerAxis, PerAxis, PerAxis, Int, Shape)]).map {
      input, kernel, stride, padding, outputPadding, dilation, groups, result in
      Sample(
        "transposedConvolution \(input) \(kernel) \(stride) \(padding) \(outputPadding) \(dilation) "
          + "\(groups)", [.real(input), .real(kernel)], to: result
      ) {
        $0[0].transposedConvolution(
          $0[1], stride: stride, padding: padding, outputPadding: outputPadding,
          dilation: dilation, groups: groups)
      }
    },
    complaints: [
      Complaint(
        "takes [N, K, …] with 1 to 3 spatial axes and a kernel [K, C / groups, …] of as many. "
          + "input [2, 4, 5] · kernel [4, 3]"
      ) { () throws(ShapeError) in
        _ = try plain(1).input(of: [2, 4, 5], kernel: [4, 3], outputPadding: [0])
      },
      Complaint(
        "the kernel takes 3 channels in 1 groups, but the input has 4. input [2, 4, 5] · kernel "
          + "[3, 4, 3]"
      ) { () throws(ShapeError) in
        _ = try plain(1).input(of: [2, 4, 5], kernel: [3, 4, 3], outputPadding: [0])
      },
      Complaint("outputPadding 1 of axis 2 has to be below the stride, 1") {
        () throws(ShapeError) in
        _ = try plain(1).input(of: [2, 4, 5], kernel: [4, 3, 3], outputPadding: [1])
      },
      Complaint("padding 2 leaves nothing of axis 2. input [2, 4, 1] · kernel [4, 3, 3]") {
        () throws(ShapeError) in
        _ = try ConvolutionGeometry(strides: [1], dilations: [1], padding: [2], groups: 1)
          .input(of: [2, 4, 1], kernel: [4, 3, 3], outputPadding: [0])
      },
      Complaint("axis 2 is empty. input [2, 4, 0] · kernel [4, 3, 3]") { () throws(ShapeError) in
        _ = try plain(1).input(of: [2, 4, 0], kernel: [4, 3, 3], outputPadding: [0])
      },
    ],
    laws: [
      Law(
        "⟨convolution of x, y⟩ = ⟨x, transposed convolution of y⟩",
        [.real([2, 3, 7]), .real([4, 3, 3]), .real([2, 4, 4])]
      ) {
        (
          ($0[0].convolution($0[1], stride: 2, padding: 1) * $0[2]).sum(),
          ($0[0] * $0[2].transposedConvolution($0[1], stride: 2, padding: 1)).sum()
        )
      }
    ], tolerance: 16, scale: .greatest, gradientTolerance: 64),
]

private func plain(_ axes: Int) -> ConvolutionGeometry {
  let ones = [Int](repeating: 1, count: axes)
  return ConvolutionGeometry(
    strides: ones, dilations: ones, padding: ones.map { _ in 0 }, groups: 1)
}
