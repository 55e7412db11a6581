import NeuronikaGraphs
import NeuronikaTensors

extension Var {
  /// A leaf that holds a tensor.
  public convenience init(_ tensor: Tensor) { self.init(leafNode(tensor)) }

  /// A leaf that holds a tensor.
  public static func from(_ tensor: Tensor) -> Var { Var(tensor) }

  /// A leaf of zeros.
  public static func zeros(_ extents: Int...) -> Var { Var(.zeros(Shape(extents))) }
  public static func zeros(_ shape: Shape) -> Var { Var(.zeros(shape)) }

  /// A leaf of ones.
  public static func ones(_ extents: Int...) -> Var { Var(.ones(Shape(extents))) }
  public static func ones(_ shape: Shape) -> Var { Var(.ones(shape)) }

  /// A leaf with every element equal.
  public static func full(_ shape: Shape, _ value: Float) -> Var {
    Var(Tensor(repeating: value, shape: shape))
  }
}
