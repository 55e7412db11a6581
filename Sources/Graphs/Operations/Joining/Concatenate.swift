import NeuronikaTensors

/// Variables side by side along an axis.
///
/// **Shape:** all extents but the axis' agree; the axis' add up.
///
/// **Gradient:** each gets its part of the upstream gradient.
///
/// - Parameters:
///   - variables: At least one.
///   - axis: The axis; a negative one counts from the end.
public func cat(_ variables: [Var], axis: Int = 0) -> Var {
  Var(concatenation(variables.map(\.node), axis))
}
public func cat(_ variables: [VarDiff], axis: Int = 0) -> VarDiff {
  VarDiff(concatenation(variables.map(\.node), axis))
}
@_disfavoredOverload
public func cat(_ variables: [any Variable], axis: Int = 0) -> VarDiff {
  VarDiff(concatenation(variables.map(\.node), axis))
}

extension Variable {
  /// This variable and another side by side along an axis.
  public func cat(_ other: Var, axis: Int = 0) -> Self {
    Self(concatenation([node, other.node], axis))
  }
  public func cat(_ other: VarDiff, axis: Int = 0) -> VarDiff {
    VarDiff(concatenation([node, other.node], axis))
  }
}

func concatenation(_ nodes: [Node], _ axis: Int) -> Node {
  guard let first = nodes.first else { stopProgram("cat: at least one variable is needed") }
  do throws(ShapeError) {
    return apply(Concatenate(axis: try resolvedAxis(axis, in: first.shape)), nodes)
  } catch { stopProgram("cat: \(error.description)") }
}

package struct Concatenate: Operation {
  package static let name = "cat"
  let axis: Int

  package init(axis: Int) { self.axis = axis }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let first = operands[0]
    guard axis < first.rank else { throw ShapeError("axis \(axis) does not exist in \(first)") }
    var extent = 0
    for position in 0..<operands.count {
      let shape = operands[position]
      guard shape.rank == first.rank, shape.removing(axis: axis) == first.removing(axis: axis)
      else {
        throw ShapeError(
          "operand 0 has shape \(first) and operand \(position) \(shape): all extents but that of "
            + "axis \(axis) have to agree")
      }
      extent += shape[axis]
    }
    return first.replacing(axis: axis, with: extent)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    var ends = 0
    let starts = x.map { operand in
      ends += operand.shape[axis]
      return ends - operand.shape[axis]
    }
    return ReferenceTensor(shape: shape) { index in
      let operand = x.indices.last {
        starts[$0] <= index[axis] && x[$0].shape[axis] > index[axis] - starts[$0]
      }!
      var inner = index
      inner[axis] -= starts[operand]
      return x[operand][inner]
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    let regions = regions(x.map(\.shape))
    return zip(x, regions).map { operand, region in
      VarDiff(
        apply(
          Slice(starts: region.starts, steps: region.steps, target: operand.shape), upstream.node))
    }
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .assembly(regions(operands), background: 0)
  }

  package func writeAttributes(to structure: inout StructureWriter) { structure.append(axis) }

  private func regions(_ shapes: [Shape]) -> [Region] {
    var next = 0
    return shapes.map { shape in
      var starts = [Int](repeating: 0, count: shape.rank)
      starts[axis] = next
      next += shape[axis]
      return Region(starts: starts, steps: [Int](repeating: 1, count: shape.rank))
    }
  }
}
