/// The extents of a tensor, outermost axis first.
///
/// A shape of rank 0, written `[]`, is that of a scalar: it has one element. An extent may be 0,
/// and then the tensor is empty. Shapes of up to four axes live in place, without an allocation,
/// because a define-by-run program makes one for every operation of every step.
public struct Shape: Sendable {
  /// The number of axes.
  public let rank: Int
  @usableFromInline let first: (Int, Int, Int, Int)
  @usableFromInline let others: [Int]

  /// The shape of a scalar.
  @inlinable public init() {
    rank = 0
    first = (0, 0, 0, 0)
    others = []
  }

  /// A shape of one axis.
  @inlinable public init(_ a: Int) {
    rank = 1
    first = (a, 0, 0, 0)
    others = []
    Shape.check(a)
  }

  /// A shape of two axes.
  @inlinable public init(_ a: Int, _ b: Int) {
    rank = 2
    first = (a, b, 0, 0)
    others = []
    Shape.check(min(a, b))
  }

  /// A shape of any rank.
  ///
  /// - Parameter extents: The extents, outermost first, each at least 0.
  @inlinable public init(_ extents: some Collection<Int>) {
    let extents = Array(extents)
    rank = extents.count
    first = (
      rank > 0 ? extents[0] : 0, rank > 1 ? extents[1] : 0, rank > 2 ? extents[2] : 0,
      rank > 3 ? extents[3] : 0
    )
    others = rank > 4 ? extents : []
    for extent in extents { Shape.check(extent) }
  }

  @inlinable static func check(_ extent: Int) {
    if extent < 0 { stopProgram("Shape: an extent is at least 0, but one is \(extent)") }
  }

  /// The extent of an axis, counted from 0.
  @inlinable public subscript(axis: Int) -> Int {
    switch axis {
    case 0 where rank > 0: first.0
    case 1 where rank > 1: first.1
    case 2 where rank > 2: first.2
    case 3 where rank > 3: first.3
    case 4..<max(rank, 4): others[axis]
    default: stopProgram("Shape: axis \(axis) does not exist in a shape of rank \(rank)")
    }
  }

  /// The number of elements: the product of the extents, 1 for a scalar.
  @inlinable public var count: Int {
    var product = 1
    for axis in 0..<rank {
      let (value, overflow) = product.multipliedReportingOverflow(by: self[axis])
      if overflow { stopProgram("Shape: \(self) has more elements than memory can hold") }
      product = value
    }
    return product
  }

  /// The extents as an array, outermost first.
  @inlinable public var extents: [Int] { (0..<rank).map { self[$0] } }

  /// How far apart, in elements, neighbours along each axis lie in row-major order.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * self[axis + 1]
    }
    return strides
  }

  /// The same shape with one axis taken out.
  public func removing(axis: Int) -> Shape {
    var extents = extents
    extents.remove(at: axis)
    return Shape(extents)
  }

  /// The same shape with an axis put in before `axis`.
  public func inserting(_ extent: Int, at axis: Int) -> Shape {
    var extents = extents
    extents.insert(extent, at: axis)
    return Shape(extents)
  }

  /// The same shape with the extent of one axis changed.
  public func replacing(axis: Int, with extent: Int) -> Shape {
    var extents = extents
    extents[axis] = extent
    return Shape(extents)
  }
}

extension Shape: Hashable {
  @inlinable public static func == (left: Shape, right: Shape) -> Bool {
    left.rank == right.rank && left.first == right.first
      && (left.rank <= 4 || left.others == right.others)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(rank)
    for axis in 0..<rank { hasher.combine(self[axis]) }
  }
}

extension Shape: ExpressibleByArrayLiteral, ExpressibleByIntegerLiteral {
  public init(arrayLiteral elements: Int...) { self.init(elements) }
  public init(integerLiteral value: Int) { self.init(value) }
}

extension Shape: CustomStringConvertible {
  /// The extents in brackets, like `[32, 784]`.
  public var description: String { "\(extents)" }
}

extension Shape {
  /// The shape that two shapes broadcast to, by NumPy's rule: aligned at the last axis, extents are
  /// equal or one of them is 1.
  ///
  /// - Returns: `nil` if they don't fit.
  public static func broadcast(_ left: Shape, _ right: Shape) -> Shape? {
    if left == right || right.rank == 0 { return left }
    if left.rank == 0 { return right }
    let rank = max(left.rank, right.rank)
    var extents = [Int](repeating: 1, count: rank)
    for back in 1...rank {
      let l = back <= left.rank ? left[left.rank - back] : 1
      let r = back <= right.rank ? right[right.rank - back] : 1
      guard l == r || l == 1 || r == 1 else { return nil }
      extents[rank - back] = l == 1 ? r : l
    }
    return Shape(extents)
  }
}
