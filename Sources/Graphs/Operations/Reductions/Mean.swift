import NeuronikaTensors

extension Variable {
  /// The mean of all elements.
  ///
  /// **Shape:** any → `[]`.
  ///
  /// **Gradient:** upstream / n, broadcast. The mean of an empty tensor is NaN.
  ///
  /// **Numerics:** the sum, as `sum` computes it, times 1/n.
  public func mean() -> Self { Self(apply(Mean(axes: AxisSet(all: rank)), node)) }

  /// The means along axes.
  ///
  /// **Shape:** the axes are dropped or, with `keepingAxes`, become 1: `[N, C]` with axis 1 → `[N]`.
  ///
  /// - Parameters:
  ///   - axes: Which axes to average along, each once; negative ones count from the end.
  ///   - keepingAxes: Whether the axes stay, with an extent of 1.
  public func mean(axes first: Int, _ others: Int..., keepingAxes: Bool = false) -> Self {
    mean(axes: [first] + others, keepingAxes: keepingAxes)
  }
  /// The means along a list of axes; of none, the value itself.
  public func mean(axes: [Int], keepingAxes: Bool = false) -> Self {
    let set = axisSet(axes, in: shape, operation: Mean.name)
    return restoringAxes(Self(apply(Mean(axes: set), node)), set, keepingAxes)
  }
}

package struct Mean: Operation {
  package static let name = "mean"
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
    let count = Double(averaged(in: x[0].shape))
    return result.map { $0 / count }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [(upstream * (1 / Float(averaged(in: x[0].shape)))).restored(to: x[0].shape, axes: axes)]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    // Of nothing at all it is 0 · ∞ = NaN, as specified.
    .reduction(.sum, axes: axes, scale: 1 / Float(averaged(in: operands[0])))
  }

  /// How many elements each mean is taken of.
  private func averaged(in shape: Shape) -> Int {
    (0..<shape.rank).reduce(1) { axes.contains($1) ? $0 * shape[$1] : $0 }
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(Int(bitPattern: UInt(axes.bits)))
  }
}
