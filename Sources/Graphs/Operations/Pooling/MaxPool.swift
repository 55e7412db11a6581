import NeuronikaTensors

extension Variable {
  /// The greatest element of each window.
  ///
  /// **Shape:** `[N, C, L…]` with one to three spatial axes → `[N, C, ⌊(L + 2 padding − dilation
  /// (kernelSize − 1) − 1) / stride⌋ + 1 …]`.
  ///
  /// **Gradient:** to the greatest element of each window; among equals to the first in row-major
  /// order.
  ///
  /// **Numerics:** exact. A window with NaN gives NaN. What stands in the padding is never chosen.
  ///
  /// - Parameters:
  ///   - kernelSize: The extents of a window.
  ///   - stride: How far apart windows start; the windows' own extents if `nil`.
  ///   - padding: How far windows reach over the border on both sides, at most half a window.
  ///   - dilation: How far apart a window's elements lie.
  ///   - roundsUp: Whether a last window that reaches beyond the border counts.
  public func maxPool(
    kernelSize: PerAxis, stride: PerAxis? = nil, padding: PerAxis = 0, dilation: PerAxis = 1,
    roundsUp: Bool = false
  ) -> Self {
    do throws(ShapeError) {
      let windows = try poolingWindows(
        of: shape, kernelSize: kernelSize, stride: stride, padding: padding, dilation: dilation,
        roundsUp: roundsUp)
      return Self(apply(MaxPool(windows), node))
    } catch { stopProgram("maxPool: \(error.description)") }
  }

  /// The greatest element of each of so many windows that cover the spatial axes evenly, neighbours
  /// overlapping where the extents aren't divisible.
  ///
  /// **Shape:** `[N, C, L…]` → `[N, C, size…]`. Otherwise as
  /// ``maxPool(kernelSize:stride:padding:dilation:roundsUp:)``.
  ///
  /// - Parameter size: The spatial extents of the result.
  public func adaptiveMaxPool(to size: PerAxis) -> Self {
    do throws(ShapeError) {
      return Self(apply(MaxPool(try adaptiveWindows(of: shape, to: size)), node))
    } catch { stopProgram("adaptiveMaxPool: \(error.description)") }
  }
}

package struct MaxPool: Operation {
  package static let name = "maxPool"
  let windows: [PoolingWindow]

  package init(_ windows: [PoolingWindow]) { self.windows = windows }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    try windows.pooled(operands[0])
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    let greatest = greatestElements(of: x[0], windows, shape)
    return ReferenceTensor(shape: shape, elements: greatest.map { x[0].elements[$0] })
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [VarDiff(apply(MaxPoolRoute(windows), x[0].node, upstream.node))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .maxPool(windows.map(\.rows), .greatest)
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    for window in windows { window.write(to: &structure) }
  }
}

/// The gradient of `maxPool`: the second operand's elements added up where the first's greatest stand.
package struct MaxPoolRoute: Operation {
  package static let name = "maxPoolRoute"
  let windows: [PoolingWindow]

  package init(_ windows: [PoolingWindow]) { self.windows = windows }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let pooled = try windows.pooled(operands[0])
    guard operands[1] == pooled else {
      throw ShapeError("the upstream gradient has shape \(operands[1]), the output \(pooled)")
    }
    return operands[0]
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    var result = ReferenceTensor(shape: shape) { _ in 0 }
    for (place, position) in greatestElements(of: x[0], windows, x[1].shape).enumerated() {
      result.elements[position] += x[1].elements[place]
    }
    return result
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [nil, VarDiff(apply(MaxPoolSelect(windows), x[0].node, upstream.node))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .maxPool(windows.map(\.rows), .route)
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    for window in windows { window.write(to: &structure) }
  }
}

/// The second operand's elements where the greatest of the first's windows stand.
package struct MaxPoolSelect: Operation {
  package static let name = "maxPoolSelect"
  let windows: [PoolingWindow]

  package init(_ windows: [PoolingWindow]) { self.windows = windows }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    guard operands[0] == operands[1] else {
      throw ShapeError("the operands differ: \(operands[0]) and \(operands[1])")
    }
    return try windows.pooled(operands[0])
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    let greatest = greatestElements(of: x[0], windows, shape)
    return ReferenceTensor(shape: shape, elements: greatest.map { x[1].elements[$0] })
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [nil, VarDiff(apply(MaxPoolRoute(windows), x[0].node, upstream.node))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .maxPool(windows.map(\.rows), .select)
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    for window in windows { window.write(to: &structure) }
  }
}

/// The position of the greatest element of each window; of the first NaN, if there is one.
private func greatestElements(
  of x: ReferenceTensor, _ windows: [PoolingWindow], _ shape: Shape
) -> [Int] {
  let strides = x.shape.strides
  let outputStrides = shape.strides
  var greatest = [Int](repeating: -1, count: shape.count)
  shape.forEachWindowElement(windows) { output, input in
    let place = zip(output, outputStrides).reduce(0) { $0 + $1.0 * $1.1 }
    let position = zip(input, strides).reduce(0) { $0 + $1.0 * $1.1 }
    let known = greatest[place]
    if known < 0 || x.elements[position] > x.elements[known]
      || (x.elements[position].isNaN && !x.elements[known].isNaN)
    {
      greatest[place] = position
    }
  }
  return greatest
}

extension [PoolingWindow] {
  /// The shape after pooling.
  func pooled(_ shape: Shape) throws(ShapeError) -> Shape {
    guard shape.rank == count + 2, indices.allSatisfy({ shape[$0 + 2] == self[$0].input }) else {
      throw ShapeError("takes spatial extents \(map(\.input)), not \(shape)")
    }
    return shape.replacingSpace(with: map(\.output))
  }
}

extension PoolingWindow {
  /// The input positions of each output position.
  fileprivate var rows: AxisWindows {
    var rows = AxisWindows()
    for place in 0..<output { rows.append(positions: positions(of: place)) }
    return rows
  }
}
