import NeuronikaTensors

/// How the positions along one spatial axis are made from others: a matrix.
package enum AxisResampling: Hashable, Sendable {
  /// Means of windows.
  case average(PoolingWindow, countsPadding: Bool)
  /// The element that stands at the same place.
  case nearest(input: Int, output: Int)
  /// Between the two nearest, in proportion.
  case linear(input: Int, output: Int, alignsCorners: Bool)

  var input: Int {
    switch self {
    case .average(let window, _): window.input
    case .nearest(let input, _), .linear(let input, _, _): input
    }
  }

  var output: Int {
    switch self {
    case .average(let window, _): window.output
    case .nearest(_, let output), .linear(_, let output, _): output
    }
  }

  /// Where in the input an output position lies, for linear interpolation.
  private func source(of place: Int) -> Double {
    guard case .linear(let input, let output, let alignsCorners) = self else { return 0 }
    if alignsCorners {
      return output > 1 ? Double(place) * Double(input - 1) / Double(output - 1) : 0
    }
    return max(0, (Double(place) + 0.5) * Double(input) / Double(output) - 0.5)
  }

  /// An element of the matrix.
  func weight(_ place: Int, _ position: Int) -> Double {
    switch self {
    case .average(let window, let countsPadding):
      return window.positions(of: place).contains(position)
        ? 1 / Double(window.divisor(of: place, countsPadding: countsPadding)) : 0
    case .nearest(let input, let output): return position == place * input / output ? 1 : 0
    case .linear:
      return max(0, 1 - (min(source(of: place), Double(input - 1)) - Double(position)).magnitude)
    }
  }

  /// The matrix, without its zeros.
  var rows: AxisWindows {
    var rows = AxisWindows()
    for place in 0..<output {
      switch self {
      case .average(let window, let countsPadding):
        let share = 1 / Float(window.divisor(of: place, countsPadding: countsPadding))
        rows.append(window.positions(of: place).map { (position: $0, weight: share) })
      case .nearest(let input, let output):
        rows.append([(position: place * input / output, weight: 1)])
      case .linear(let input, _, _):
        let source = source(of: place)
        let first = min(Int(source), input - 1)
        let rest = Float(source - Double(first))
        if first == input - 1 || rest == 0 {
          rows.append([(position: first, weight: 1)])
        } else {
          rows.append([(position: first, weight: 1 - rest), (position: first + 1, weight: rest)])
        }
      }
    }
    return rows
  }

  func write(to structure: inout StructureWriter) {
    switch self {
    case .average(let window, let countsPadding):
      structure.append(countsPadding ? 1 : 0)
      window.write(to: &structure)
    case .nearest(let input, let output):
      structure.append(2)
      structure.append(input)
      structure.append(output)
    case .linear(let input, let output, let alignsCorners):
      structure.append(alignsCorners ? 3 : 4)
      structure.append(input)
      structure.append(output)
    }
  }
}

extension Variable {
  /// The spatial axes multiplied by matrices.
  func resampled(_ axes: [AxisResampling]) -> Self {
    Self(apply(Resample(axes, isTransposed: false), node))
  }
}

/// A linear map along each spatial axis of `[N, C, …]`: average pooling, upsampling, and the
/// transposes of both, which are their gradients.
package struct Resample: Operation {
  package static let name = "resample"
  let axes: [AxisResampling]
  let isTransposed: Bool

  package init(_ axes: [AxisResampling], isTransposed: Bool) {
    (self.axes, self.isTransposed) = (axes, isTransposed)
  }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let before = axes.map { isTransposed ? $0.output : $0.input }
    guard operands[0].rank == axes.count + 2, Array(operands[0].extents.dropFirst(2)) == before
    else {
      throw ShapeError("takes spatial extents \(before), not \(operands[0])")
    }
    return operands[0].replacingSpace(with: axes.map { isTransposed ? $0.input : $0.output })
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    let source = x[0].shape
    // The weights of each axis, zeros and all.
    let weights = axes.enumerated().map { axis, resampling in
      (0..<shape[axis + 2]).map { place in
        (0..<source[axis + 2]).map {
          isTransposed ? resampling.weight($0, place) : resampling.weight(place, $0)
        }
      }
    }
    let space = Shape(source.extents.dropFirst(2))
    return ReferenceTensor(shape: shape) { index in
      var sum = 0.0
      space.forEachIndex { position in
        var weight = 1.0
        for axis in axes.indices { weight *= weights[axis][index[axis + 2]][position[axis]] }
        // What has no weight takes no part, even if it is infinite.
        if weight != 0 { sum += weight * x[0][[index[0], index[1]] + position] }
      }
      return sum
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [VarDiff(apply(Resample(axes, isTransposed: !isTransposed), upstream.node))]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .resampling(axes.map { isTransposed ? $0.rows.transposed(rows: $0.input) : $0.rows })
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(isTransposed ? 1 : 0)
    for axis in axes { axis.write(to: &structure) }
  }
}
