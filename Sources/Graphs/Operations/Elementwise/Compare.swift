import NeuronikaTensors

extension Variable {
  /// 1 where an element is less than the other, 0 elsewhere. The other comparisons are alike.
  ///
  /// **Shape:** NumPy's broadcasting: aligned at the last axis, extents are equal or one is 1.
  ///
  /// **Gradient:** none: the result is a `Var` whatever is compared.
  ///
  /// **Numerics:** as IEEE 754 has it: nothing is less than, equal to or greater than NaN, and NaN is
  /// not equal to itself. −0 equals 0.
  public static func .< (left: Self, right: some Variable) -> Var {
    compared(.less, left.node, right.node)
  }
  public static func .< (left: Self, right: Float) -> Var {
    compared(.less, left.node, scalar(right))
  }
  /// 1 where an element is less than the other or equal to it, 0 elsewhere. As `.<`.
  public static func .<= (left: Self, right: some Variable) -> Var {
    compared(.lessOrEqual, left.node, right.node)
  }
  public static func .<= (left: Self, right: Float) -> Var {
    compared(.lessOrEqual, left.node, scalar(right))
  }
  /// 1 where an element is greater than the other, 0 elsewhere. As `.<`.
  public static func .> (left: Self, right: some Variable) -> Var {
    compared(.less, right.node, left.node)
  }
  public static func .> (left: Self, right: Float) -> Var {
    compared(.less, scalar(right), left.node)
  }
  /// 1 where an element is greater than the other or equal to it, 0 elsewhere. As `.<`.
  public static func .>= (left: Self, right: some Variable) -> Var {
    compared(.lessOrEqual, right.node, left.node)
  }
  public static func .>= (left: Self, right: Float) -> Var {
    compared(.lessOrEqual, scalar(right), left.node)
  }
  /// 1 where an element is equal to the other, 0 elsewhere. As `.<`.
  public static func .== (left: Self, right: some Variable) -> Var {
    compared(.equal, left.node, right.node)
  }
  public static func .== (left: Self, right: Float) -> Var {
    compared(.equal, left.node, scalar(right))
  }
  /// 1 where an element is not equal to the other, 0 elsewhere. NaN is not equal to itself.
  public static func .!= (left: Self, right: some Variable) -> Var {
    compared(.notEqual, left.node, right.node)
  }
  public static func .!= (left: Self, right: Float) -> Var {
    compared(.notEqual, left.node, scalar(right))
  }
}

private func compared(_ relation: Compare.Relation, _ left: Node, _ right: Node) -> Var {
  Var(applyWithoutGradient(Compare(relation), left, right))
}

package struct Compare: Operation {
  package enum Relation: Int, Sendable { case less, lessOrEqual, equal, notEqual }

  package static let name = "compare"
  let relation: Relation

  package init(_ relation: Relation) { self.relation = relation }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    try broadcastShape(operands)
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape) {
      let (left, right) = (x[0].broadcast(at: $0), x[1].broadcast(at: $0))
      let holds =
        switch relation {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .equal: left == right
        case .notEqual: left != right
        }
      return holds ? 1 : 0
    }
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [nil, nil]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    let function: TileBinary =
      switch relation {
      case .less: .less
      case .lessOrEqual: .lessOrEqual
      case .equal: .equal
      case .notEqual: .notEqual
      }
    return .elementwise(.binary(function, .operand(0), .operand(1)))
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    structure.append(relation.rawValue)
  }
}
