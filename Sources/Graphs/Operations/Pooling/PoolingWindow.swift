import NeuronikaTensors

/// The windows along one spatial axis.
package struct PoolingWindow: Hashable, Sendable {
  /// The extents before and after.
  let input: Int
  let output: Int
  /// The length of a window, how far apart windows start, what they reach over the border, and how
  /// far apart a window's elements lie. A kernel of 0 stands for windows that cover the axis evenly.
  var kernel = 0
  var stride = 1
  var padding = 0
  var dilation = 1

  /// Windows that cover an axis evenly: from ⌊o · input / output⌋ up to ⌈(o + 1) input / output⌉.
  static func adaptive(_ input: Int, to output: Int) -> PoolingWindow {
    PoolingWindow(input: input, output: output)
  }

  var isAdaptive: Bool { kernel == 0 }

  /// The input positions of an output position's window.
  func positions(of place: Int) -> [Int] {
    if isAdaptive {
      return Array(place * input / output..<((place + 1) * input + output - 1) / output)
    }
    let start = place * stride - padding
    return (0..<kernel).map { start + $0 * dilation }.filter { (0..<input).contains($0) }
  }

  /// What a window's elements are divided by: how many there are, with those that padding adds or
  /// without.
  func divisor(of place: Int, countsPadding: Bool) -> Int {
    if isAdaptive || !countsPadding { return positions(of: place).count }
    // A last window that rounding up let reach beyond the padding counts no further than that.
    return min(place * stride - padding + kernel, input + padding) - (place * stride - padding)
  }

  func write(to structure: inout StructureWriter) {
    for number in [input, output, kernel, stride, padding, dilation] { structure.append(number) }
  }
}

/// The windows of a pooling along all spatial axes.
///
/// - Throws: A sentence that says what doesn't fit.
package func poolingWindows(
  of shape: Shape, kernelSize: PerAxis, stride: PerAxis?, padding: PerAxis, dilation: PerAxis,
  roundsUp: Bool
) throws(ShapeError) -> [PoolingWindow] {
  let axes = try spatialAxes(of: shape)
  let kernels = try kernelSize.resolved(axes: axes, "kernelSize")
  let strides = try (stride ?? kernelSize).resolved(axes: axes, "stride")
  let paddings = try padding.resolved(axes: axes, "padding", atLeast: 0)
  let dilations = try dilation.resolved(axes: axes, "dilation")
  var windows: [PoolingWindow] = []
  for axis in 0..<axes {
    let (input, padding) = (shape[axis + 2], paddings[axis])
    let extent = (kernels[axis] - 1) * dilations[axis] + 1
    guard 2 * padding <= extent else {
      throw ShapeError(
        "padding \(padding) of axis \(axis + 2) is more than half of the window, \(extent)")
    }
    guard extent <= input + 2 * padding else {
      throw ShapeError(
        "the window reaches over \(extent) elements of axis \(axis + 2), where the padded input has "
          + "\(input + 2 * padding). input \(shape)")
    }
    let room = input + 2 * padding - extent
    var output = room / strides[axis] + 1
    // A window that rounding up adds has to start inside the input or the padding before it.
    if roundsUp, room % strides[axis] != 0, output * strides[axis] < input + padding {
      output += 1
    }
    let window = PoolingWindow(
      input: input, output: output, kernel: kernels[axis], stride: strides[axis], padding: padding,
      dilation: dilations[axis])
    guard (0..<output).allSatisfy({ !window.positions(of: $0).isEmpty }) else {
      throw ShapeError(
        "a window of axis \(axis + 2) has all of its elements in the padding. input \(shape)")
    }
    windows.append(window)
  }
  return windows
}

/// Windows that turn all spatial axes into some number of positions.
package func adaptiveWindows(
  of shape: Shape, to size: PerAxis
) throws(ShapeError) -> [PoolingWindow] {
  let axes = try spatialAxes(of: shape)
  let outputs = try size.resolved(axes: axes, "output size")
  guard let empty = (0..<axes).first(where: { shape[$0 + 2] == 0 }) else {
    return (0..<axes).map { .adaptive(shape[$0 + 2], to: outputs[$0]) }
  }
  throw ShapeError("axis \(empty + 2) of \(shape) is empty")
}

extension Shape {
  /// Batch and channels of this shape, with other spatial extents.
  func replacingSpace(with extents: [Int]) -> Shape { Shape([self[0], self[1]] + extents) }
}

extension Shape {
  /// Calls the closure with the indices of an output position and of each element of its window.
  func forEachWindowElement(
    _ windows: [PoolingWindow], _ body: (_ output: [Int], _ input: [Int]) -> Void
  ) {
    forEachIndex { index in
      let positions = windows.enumerated().map { $1.positions(of: index[$0 + 2]) }
      Shape(positions.map(\.count)).forEachIndex { choice in
        body(index, [index[0], index[1]] + choice.enumerated().map { positions[$0][$1] })
      }
    }
  }
}
