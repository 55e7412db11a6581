import NeuronikaTensors

extension Variable {
  /// The position, from 0, of the first of the greatest elements along an axis.
  ///
  /// **Shape:** the axis is dropped or, with `keepingAxes`, becomes 1: `[N, C]` with axis 1 → `[N]`.
  ///
  /// **Gradient:** none: the result is a `Var`.
  ///
  /// **Numerics:** exact up to 2²⁴ positions. The position of the first NaN if there is one.
  ///
  /// - Parameters:
  ///   - axis: The axis; a negative one counts from the end. It has to have elements.
  ///   - keepingAxes: Whether the axis stays, with an extent of 1.
  public func argmax(axis: Int, keepingAxes: Bool = false) -> Var {
    let axis = oneAxis(axis, in: shape, operation: "argmax")
    let kept = Var(applyWithoutGradient(ArgExtreme(.argMax, axis: axis), node))
    return keepingAxes ? kept : kept.squeeze(axis)
  }
  /// The position, from 0, of the first of the greatest elements in row-major order.
  public func argmax() -> Var { reshape([shape.count]).argmax(axis: 0) }

  /// The position, from 0, of the first of the least elements along an axis.
  ///
  /// **Shape:** the axis is dropped or, with `keepingAxes`, becomes 1: `[N, C]` with axis 1 → `[N]`.
  ///
  /// **Gradient:** none: the result is a `Var`.
  ///
  /// **Numerics:** exact up to 2²⁴ positions. The position of the first NaN if there is one.
  ///
  /// - Parameters:
  ///   - axis: The axis; a negative one counts from the end. It has to have elements.
  ///   - keepingAxes: Whether the axis stays, with an extent of 1.
  public func argmin(axis: Int, keepingAxes: Bool = false) -> Var {
    let axis = oneAxis(axis, in: shape, operation: "argmin")
    let kept = Var(applyWithoutGradient(ArgExtreme(.argMin, axis: axis), node))
    return keepingAxes ? kept : kept.squeeze(axis)
  }
  /// The position, from 0, of the first of the least elements in row-major order.
  public func argmin() -> Var { reshape([shape.count]).argmin(axis: 0) }
}

/// The positions of extremes along an axis, which stays with an extent of 1.
package struct ArgExtreme: Operation {
  package static let name = "argmax or argmin"
  let reduction: Reduction
  let axis: Int

  /// - Parameter reduction: `.argMax` or `.argMin`.
  package init(_ reduction: Reduction, axis: Int) {
    (self.reduction, self.axis) = (reduction, axis)
  }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let axis = try resolvedAxis(axis, in: operands[0])
    let shape = operands[0].replacing(axis: axis, with: 1)
    guard operands[0][axis] > 0 || shape.count == 0 else {
      throw ShapeError("axis \(axis) of \(operands[0]) has no elements")
    }
    return shape
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) { index in
      var index = index
      var (place, extreme) = (0, x[0][index])
      for next in 1..<Swift.max(x[0].shape[axis], 1) {
        index[axis] = next
        let value = x[0][index]
        if extreme.isNaN { break }
        if value.isNaN || (reduction == .argMax ? value > extreme : value < extreme) {
          (place, extreme) = (next, value)
        }
      }
      return Double(place)
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .rows(.rowReduction(reduction, .operand(0)), along: axis, of: shape) {
      ArgExtreme(reduction, axis: $0)
    }
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(reduction.rawValue)
    structure.append(axis)
  }
}
