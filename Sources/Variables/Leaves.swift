import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors

// The leaves that programs begin with. Each is a `Var`; `requiresGrad()` makes a parameter of it.

extension Var {
  /// A leaf that holds a tensor.
  public convenience init(_ tensor: Tensor) { self.init(leafNode(tensor)) }

  /// A leaf that holds a tensor; a literal will do: `Var.from([[1, 2], [3, 4]])`.
  public static func from(_ tensor: Tensor) -> Var { Var(tensor) }

  /// A leaf that holds given elements.
  ///
  /// - Parameters:
  ///   - elements: The elements in row-major order, as many as the shape has.
  ///   - shape: The extents; without it, one axis as long as `elements`.
  @_disfavoredOverload
  public static func from(_ elements: some Collection<Float>, shape: Shape? = nil) -> Var {
    Var(Tensor(elements, shape: shape))
  }

  /// A leaf of zeros.
  ///
  /// - Parameter extents: The extents, outermost first; none for a scalar.
  public static func zeros(_ extents: Int...) -> Var { Var(.zeros(Shape(extents))) }
  /// A leaf of zeros.
  public static func zeros(_ shape: Shape) -> Var { Var(.zeros(shape)) }

  /// A leaf of ones.
  ///
  /// - Parameter extents: The extents, outermost first; none for a scalar.
  public static func ones(_ extents: Int...) -> Var { Var(.ones(Shape(extents))) }
  /// A leaf of ones.
  public static func ones(_ shape: Shape) -> Var { Var(.ones(shape)) }

  /// A leaf with every element equal.
  public static func full(_ shape: Shape, _ value: Float) -> Var {
    Var(Tensor(repeating: value, shape: shape))
  }

  /// The identity matrix as a leaf: ones on the diagonal, zeros elsewhere.
  ///
  /// **Shape:** `[size, size]`.
  ///
  /// - Parameter size: The number of rows, at least 0.
  public static func eye(_ size: Int) -> Var { Var(.eye(size)) }
}

// MARK: Random numbers

extension Var {
  /// A leaf of numbers drawn uniformly from 0 up to, but never reaching, 1.
  ///
  /// - Parameters:
  ///   - extents: The extents, outermost first; none for a scalar.
  ///   - source: Where the numbers come from. Takes one draw.
  public static func rand(_ extents: Int..., using source: RandomSource = .current) -> Var {
    Var(.rand(Shape(extents), using: source))
  }
  /// A leaf of numbers drawn uniformly from 0 up to, but never reaching, 1.
  public static func rand(_ shape: Shape, using source: RandomSource = .current) -> Var {
    Var(.rand(shape, using: source))
  }
  /// A leaf of numbers drawn uniformly from 0 up to, but never reaching, 1, by a generator of one's
  /// own.
  public static func rand(_ shape: Shape, using generator: inout Generator) -> Var {
    Var(.rand(shape, using: &generator))
  }

  /// A leaf of normally distributed numbers with mean 0 and standard deviation 1.
  ///
  /// - Parameters:
  ///   - extents: The extents, outermost first; none for a scalar.
  ///   - source: Where the numbers come from. Takes one draw.
  public static func randn(_ extents: Int..., using source: RandomSource = .current) -> Var {
    Var(.randn(Shape(extents), using: source))
  }
  /// A leaf of normally distributed numbers with mean 0 and standard deviation 1.
  public static func randn(_ shape: Shape, using source: RandomSource = .current) -> Var {
    Var(.randn(shape, using: source))
  }
  /// A leaf of normally distributed numbers with mean 0 and standard deviation 1, by a generator of
  /// one's own.
  public static func randn(_ shape: Shape, using generator: inout Generator) -> Var {
    Var(.randn(shape, using: &generator))
  }
}

// MARK: Sequences

extension Var {
  /// The numbers start, start + step, start + 2 step, … before `end`, which is excluded, as a leaf.
  ///
  /// **Numerics:** as ``Tensor/range(_:_:step:)``.
  ///
  /// - Parameters:
  ///   - start: The first number.
  ///   - end: Where to stop. Not in the direction of the step: the leaf is empty.
  ///   - step: The distance; negative to count down, not 0.
  public static func range(_ start: Double, _ end: Double, step: Double = 1) -> Var {
    Var(.range(start, end, step: step))
  }

  /// Numbers at equal distances, both ends included, as a leaf.
  ///
  /// - Parameters:
  ///   - start: The first number.
  ///   - end: The last number.
  ///   - count: How many, at least 0. A single one is `start`.
  public static func linspace(_ start: Double, _ end: Double, _ count: Int) -> Var {
    Var(.linspace(start, end, count))
  }

  /// Powers of `base` whose exponents lie at equal distances, both ends included, as a leaf.
  ///
  /// - Parameters:
  ///   - base: The base. If it is negative, so are all the numbers: −|base|^exponent.
  ///   - start: The first exponent.
  ///   - end: The last exponent.
  ///   - count: How many, at least 0.
  public static func logspace(
    base: Double = 10, _ start: Double, _ end: Double, _ count: Int
  ) -> Var {
    Var(.logspace(base: base, start, end, count))
  }

  /// Numbers whose neighbours have equal ratios, both ends included, as a leaf.
  ///
  /// - Parameters:
  ///   - start: The first number.
  ///   - end: The last number.
  ///   - count: How many, at least 0. A single one is `start`.
  /// - Returns: `nil` if the ends have different signs or one of them is 0: no ratio leads from one
  ///   to the other.
  public static func geomspace(_ start: Double, _ end: Double, _ count: Int) -> Var? {
    Tensor.geomspace(start, end, count).map { Var($0) }
  }
}

// MARK: Names

extension Var {
  /// The name of a leaf, for messages and checkpoints, like `encoder.0.mean`.
  public var name: String? {
    get { (node.state as? NamedState)?.name }
    set {
      guard let state = node.state as? NamedState else {
        stopProgram(
          "name: only a leaf's can be set, but this is the result of "
            + "\(node.operation.name), of shape \(shape)")
      }
      state.name = newValue
    }
  }
}
