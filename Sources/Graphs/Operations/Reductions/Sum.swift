import NeuronikaTensors

extension Variable {
  /// The sum of all elements.
  ///
  /// **Shape:** any → `[]`.
  ///
  /// **Gradient:** the upstream gradient, broadcast. The sum of an empty tensor is 0.
  ///
  /// **Numerics:** partial sums of at most 1,024 elements are added in `Double`.
  public func sum() -> Self { Self(apply(Sum(axes: AxisSet(all: rank)), node)) }

  /// The sums along axes.
  ///
  /// **Shape:** the axes are dropped or, with `keepingAxes`, become 1: `[N, C]` with axis 1 → `[N]`.
  ///
  /// - Parameters:
  ///   - axes: Which axes to sum along, each once; negative ones count from the end.
  ///   - keepingAxes: Whether the axes stay, with an extent of 1.
  public func sum(axes first: Int, _ others: Int..., keepingAxes: Bool = false) -> Self {
    sum(axes: [first] + others, keepingAxes: keepingAxes)
  }
  /// The sums along a list of axes; of none, the value itself.
  public func sum(axes: [Int], keepingAxes: Bool = false) -> Self {
    let set = axisSet(axes, in: shape, operation: Sum.name)
    return restoringAxes(Self(apply(Sum(axes: set), node)), set, keepingAxes)
  }
}

package struct Sum: Operation {
  package static let name = "sum"
  let axes: AxisSet

  package init(axes: AxisSet) { self.axes = axes }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    operands[0].removing(axes: axes)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    var result = ReferenceTensor(shape: shape) { _ in 0 }
    x[0].shape.forEachIndex { index in
      let kept = index.indices.filter { !axes.contains($0) }.map { index[$0] }
      result[kept] += x[0][index]
    }
    return result
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream.restored(to: x[0].shape, axes: axes)]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .reduction(.sum, axes: axes, scale: 1)
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(Int(bitPattern: UInt(axes.bits)))
  }
}
