import NeuronikaTensors

extension Variable {
  /// The norm of all elements, taken as one vector.
  public func norm(order: Float = 2) -> Self { norm(axes: Array(0..<rank), order: order) }

  /// The norms along axes, (Σ |x|^order)^(1/order).
  ///
  /// **Shape:** the axes are dropped or, with `keepingAxes`, become 1: `[N, C]` with axis 1 → `[N]`.
  ///
  /// **Gradient:** of the Euclidean norm y upstream · x/y, and 0 at the zero vector. That of order 1
  /// is upstream · sign(x), that of order ∞ goes to the first greatest |x|; those of other orders are
  /// NaN at the zero vector.
  ///
  /// **Numerics:** the Euclidean norm is the root of the sum of squares, which overflow from 1.8 · 10¹⁹
  /// on. About 2 flops an element, 60 for orders other than 1, 2 and ∞.
  ///
  /// - Parameters:
  ///   - axes: Which axes to reduce, each once; negative ones count from the end.
  ///   - order: 1, 2, `.infinity` or another number greater than 0.
  ///   - keepingAxes: Whether the axes stay, with an extent of 1.
  public func norm(
    axes first: Int, _ others: Int..., order: Float = 2, keepingAxes: Bool = false
  ) -> Self {
    norm(axes: [first] + others, order: order, keepingAxes: keepingAxes)
  }
  /// The norms along a list of axes.
  public func norm(axes: [Int], order: Float = 2, keepingAxes: Bool = false) -> Self {
    switch order {
    case 2:
      let set = axisSet(axes, in: shape, operation: EuclideanNorm.name)
      return restoringAxes(Self(apply(EuclideanNorm(axes: set), node)), set, keepingAxes)
    case 1: return abs().sum(axes: axes, keepingAxes: keepingAxes)
    case .infinity: return abs().max(axes: axes, keepingAxes: keepingAxes)
    default:
      if !(order > 0) { stopProgram("norm: an order is greater than 0, but got \(order)") }
      return abs().pow(order).sum(axes: axes, keepingAxes: keepingAxes).pow(1 / order)
    }
  }
}

package struct EuclideanNorm: Operation {
  package static let name = "norm"
  let axes: AxisSet

  package init(axes: AxisSet) { self.axes = axes }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    operands[0].removing(axes: axes)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    var squares = ReferenceTensor(shape: shape) { _ in 0 }
    x[0].shape.forEachIndex { index in
      let kept = index.indices.filter { !axes.contains($0) }.map { index[$0] }
      squares[kept] += x[0][index] * x[0][index]
    }
    return squares.map { $0.squareRoot() }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    // At the zero vector x / 1 = 0.
    let lengths = output.where(output .!= 0, else: 1)
    return [x[0] * (upstream / lengths).restored(to: x[0].shape, axes: axes)]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .composition { [axes] x in VarDiff(apply(Sum(axes: axes), x[0].square().node)).sqrt() }
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(Int(bitPattern: UInt(axes.bits)))
  }
}
