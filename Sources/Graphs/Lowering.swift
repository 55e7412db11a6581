import NeuronikaTensors

/// How an operation is run: the closed vocabulary that the engine knows. It knows no operation by
/// name.
public enum Lowering {
  /// Each element of the output from the elements of the operands at the same place, operands
  /// broadcast to the output's shape.
  case elementwise(Tile)
  /// Each row (along the last axis) of the output from the rows of the operands. An operand whose
  /// last extent is 1 gives one number for the row. If the tile's value is one number for the row,
  /// the output has a last extent of 1; else that is the length of the rows.
  case rows(Tile)
  /// A reduction over axes, which are dropped, times a constant.
  case reduction(Reduction, axes: AxisSet, scale: Float)
  /// A product of two matrices.
  case contraction(Contraction)
  /// The same elements seen another way.
  case view(View)
  /// Operands written side by side into the output; what none of them covers is the background. They
  /// may not overlap.
  case assembly([Region], background: Float)
  /// Slices of the first operand along an axis, chosen by the whole numbers of the second: the
  /// output has the second's axes in place of that axis.
  case gather(axis: Int)
  /// The transpose of `gather`: the first operand's slices along an axis, added up at the positions
  /// that the whole numbers of the second name.
  case scatter(axis: Int)
  /// Elements of the first operand, each at the place along an axis that the whole number of the
  /// second at the same place names. Along the other axes both have the same extents.
  case gatherElements(axis: Int)
  /// The transpose of `gatherElements`: the first operand's elements, added up at the places along an
  /// axis that the whole numbers of the second, of the same shape, name.
  case scatterElements(axis: Int)
  /// Uniform random numbers from 0 up to, but not including, 1: a function of the node's draw and of
  /// how many times it has drawn.
  case random
  /// A convolution `[N, C, …]` by `[K, C / groups, …]`, or one of its two gradients.
  case convolution(ConvolutionGeometry, ConvolutionRole)
  /// The greatest element of each window of `[N, C, …]`, windows along each spatial axis.
  case maxPool([AxisWindows], MaxPoolRole)
  /// A weighted sum of each window of `[N, C, …]`: its weights are the products of those along the
  /// spatial axes.
  case resampling([AxisWindows])
  /// A closure on tensors, called at its place: for operations of a user's own.
  case opaque(OpaqueFunction)
  /// A composition of other operations.
  case composition(([VarDiff]) -> VarDiff)
}

/// A closure that computes the output's tensor from those of the operands, which are dense and
/// row-major.
///
/// As everything about a lowering, it may depend on the operation's static attributes only: a plan
/// that was made for one operation serves all that write the same.
public struct OpaqueFunction: Sendable {
  package let body: @Sendable ([Tensor]) -> Tensor
  /// What the closure refers to without keeping it alive. A plan does, unless it is run only for
  /// graphs that do.
  package let owner: (any AnyObject & Sendable)?

  /// A closure that makes the result of the operands' values.
  public init(_ body: @escaping @Sendable ([Tensor]) -> Tensor) {
    (self.body, owner) = (body, nil)
  }

  package init(
    owner: any AnyObject & Sendable, _ body: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    (self.body, self.owner) = (body, owner)
  }
}

/// A reduction of many numbers to one.
public enum Reduction: Int, Sendable {
  case sum, max, min
  /// The position of the first greatest or least, from 0; along rows only.
  case argMax, argMin
}

/// The product of the first operand, seen as an m × k matrix, and the second, seen as k × n, or a
/// batch of such products.
///
/// Operands are row-major; a transposed one is stored as k × m or n × k. In a batch the matrices lie
/// one after the other.
public struct Contraction: Hashable, Sendable {
  /// How many products there are.
  public var batch: Int
  /// The rows of the left operand and of the result.
  public var m: Int
  /// The columns of the right operand and of the result.
  public var n: Int
  /// What is summed over.
  public var k: Int
  /// Whether the left operand is stored as k × m.
  public var transposesLeft: Bool
  /// Whether the right operand is stored as n × k.
  public var transposesRight: Bool

  /// A product, or a batch of them.
  public init(
    batch: Int = 1, m: Int, n: Int, k: Int, transposesLeft: Bool = false,
    transposesRight: Bool = false
  ) {
    (self.batch, self.m, self.n, self.k) = (batch, m, n, k)
    (self.transposesLeft, self.transposesRight) = (transposesLeft, transposesRight)
  }

  /// The multiplications.
  public var size: Int { batch * m * n * k }
}

/// A view of an operand's elements.
public enum View: Sendable {
  /// The same elements in row-major order under the output's shape.
  case reshape
  /// Axis i of the output is axis `axes[i]` of the operand.
  case permutation([Int])
  /// The operand broadcast to the output's shape.
  case broadcast
  /// Every `steps[i]`-th element along axis i, from `starts[i]` on. Steps may be negative.
  case slice(starts: [Int], steps: [Int])
}

/// Where an operand stands in a larger tensor: its element i along an axis at `starts` + i · `steps`.
public struct Region: Hashable, Sendable {
  /// Where the operand's first element stands, for each axis.
  public var starts: [Int]
  /// How far apart its neighbours stand, for each axis.
  public var steps: [Int]

  /// A place for an operand.
  public init(starts: [Int], steps: [Int]) {
    (self.starts, self.steps) = (starts, steps)
  }
}

/// A set of axes, at most 64.
public struct AxisSet: Hashable, Sendable {
  /// Axis i is in the set if bit i is set.
  public let bits: UInt64

  /// The axes whose bits are set.
  public init(bits: UInt64) { self.bits = bits }
  /// The axes named, counted from 0.
  public init(_ axes: some Sequence<Int>) { bits = axes.reduce(0) { $0 | 1 << UInt64($1) } }
  /// All axes of a shape.
  public init(all rank: Int) { self.init(0..<rank) }

  /// Whether an axis is in the set.
  public func contains(_ axis: Int) -> Bool { bits >> UInt64(axis) & 1 == 1 }
  /// Whether no axis is.
  public var isEmpty: Bool { bits == 0 }
  /// How many axes are.
  public var count: Int { bits.nonzeroBitCount }
}

/// An expression over the elements of a tile: the operands of an operation at one place, and, in row
/// mode, reductions of a whole row.
///
/// Written with operators and methods, like `max(x[0], 0)`. An expression that occurs twice is
/// computed once.
public indirect enum Tile {
  /// The element of an operand, counted from 0.
  case operand(Int)
  /// A number.
  case constant(Float)
  /// The position within the row, from 0; row mode only.
  case columnIndex
  /// A function of one number.
  case unary(TileUnary, Tile)
  /// A function of two numbers.
  case binary(TileBinary, Tile, Tile)
  /// Where the first is not 0 the second, else the third.
  case select(Tile, Tile, Tile)
  /// One number for the row; row mode only.
  case rowReduction(Reduction, Tile)
  /// The sums of the row's numbers up to each place; row mode only.
  case rowScan(Tile)
  /// The row's number at the position that the second says, one whole number for the row; row mode
  /// only. The operation has to have it checked, as its `wholeNumberOperand`.
  case rowElement(Tile, at: Tile)
  /// The row with a number added at such a position; row mode only.
  case rowAdding(Tile, Tile, at: Tile)
}

/// The functions of one number that the tile kernels have.
public enum TileUnary: Int, Sendable, CaseIterable {
  case negate, absolute, squareRoot, reciprocalSquareRoot, reciprocal, square
  case exp, expMinusOne, log, logOnePlus, tanh, sigmoid, softplus, relu, sign
  case floor, ceil, round, sin, cos, erf
}

/// The functions of two numbers that the tile kernels have. Comparisons give 1 or 0.
public enum TileBinary: Int, Sendable, CaseIterable {
  case add, subtract, multiply, divide, maximum, minimum, power
  case less, lessOrEqual, equal, notEqual
}

extension Tile: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Float) { self = .constant(value) }
  public init(integerLiteral value: Int) { self = .constant(Float(value)) }

  /// The sum.
  public static func + (l: Tile, r: Tile) -> Tile { .binary(.add, l, r) }
  /// The difference.
  public static func - (l: Tile, r: Tile) -> Tile { .binary(.subtract, l, r) }
  /// The product.
  public static func * (l: Tile, r: Tile) -> Tile { .binary(.multiply, l, r) }
  /// The quotient.
  public static func / (l: Tile, r: Tile) -> Tile { .binary(.divide, l, r) }
  /// The negative.
  public static prefix func - (x: Tile) -> Tile { .unary(.negate, x) }

  /// The function `function` of this number.
  public func map(_ function: TileUnary) -> Tile { .unary(function, self) }
  /// 1 where this number is greater, else 0.
  public func isGreater(than other: Tile) -> Tile { .binary(.less, other, self) }
  /// 1 where the numbers are equal, else 0.
  public func isEqual(to other: Tile) -> Tile { .binary(.equal, self, other) }
  /// Where this number is not 0 the first, else the second.
  public func select(_ yes: Tile, else no: Tile) -> Tile { .select(self, yes, no) }
  /// The sum of the row.
  public var rowSum: Tile { .rowReduction(.sum, self) }
  /// The greatest of the row.
  public var rowMax: Tile { .rowReduction(.max, self) }
  /// The least of the row.
  public var rowMin: Tile { .rowReduction(.min, self) }
  /// The sums of the row's numbers up to each place.
  public var rowScan: Tile { .rowScan(self) }
  /// The row's number at a position, one for the row.
  public func rowElement(at position: Tile) -> Tile { .rowElement(self, at: position) }
  /// The row with a number, one for the row, added at a position.
  public func rowAdding(_ amount: Tile, at position: Tile) -> Tile {
    .rowAdding(self, amount, at: position)
  }
}
