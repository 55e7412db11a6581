/// A dense, row-major array of `Float`s of any rank, with value semantics.
///
/// Copies share their memory until one of them is written. The elements are 64-byte aligned and
/// contiguous.
public struct Tensor: Sendable {
  /// The extents, outermost axis first.
  public let shape: Shape
  /// The memory. May be longer than the tensor.
  public private(set) var storage: Storage

  /// A tensor on memory that holds its elements already.
  package init(shape: Shape, storage: Storage) {
    assert(storage.capacity >= shape.count)
    self.shape = shape
    self.storage = storage
  }

  /// A tensor whose elements `body` writes; it has to write all of them.
  ///
  /// - Parameters:
  ///   - shape: The extents.
  ///   - body: Receives the uninitialised elements in row-major order.
  public init(
    uninitialized shape: Shape, _ body: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows {
    let count = shape.count
    let storage = Storage(count: count)
    try body(UnsafeMutableBufferPointer(start: storage.pointer, count: count))
    self.init(shape: shape, storage: storage)
  }

  /// A tensor with every element equal to `value`.
  public init(repeating value: Float, shape: Shape) {
    self.init(uninitialized: shape) { $0.initialize(repeating: value) }
  }

  /// A scalar: a tensor of rank 0.
  public init(_ value: Float) { self.init(repeating: value, shape: Shape()) }

  /// A tensor of given elements.
  ///
  /// - Parameters:
  ///   - elements: The elements in row-major order, as many as the shape has.
  ///   - shape: The extents; without it, one axis as long as `elements`.
  public init(_ elements: some Collection<Float>, shape: Shape? = nil) {
    let shape = shape ?? Shape(elements.count)
    guard elements.count == shape.count else {
      stopProgram(
        "Tensor: \(elements.count) elements don't fill the shape \(shape), "
          + "which has \(shape.count)")
    }
    self.init(uninitialized: shape) { _ = $0.initialize(from: elements) }
  }

  /// A tensor of zeros.
  public static func zeros(_ shape: Shape) -> Tensor { Tensor(repeating: 0, shape: shape) }
  /// A tensor of ones.
  public static func ones(_ shape: Shape) -> Tensor { Tensor(repeating: 1, shape: shape) }

  /// The number of axes.
  public var rank: Int { shape.rank }
  /// The number of elements.
  public var count: Int { shape.count }

  /// The elements as an array, in row-major order.
  public var elements: [Float] { withUnsafeElements(Array.init) }

  /// The one element of a tensor that has just one, whatever its rank.
  public var item: Float {
    guard count == 1 else {
      stopProgram("item: the tensor has shape \(shape), so \(count) elements rather than one")
    }
    return storage.pointer.pointee
  }

  /// Gives the elements, in row-major order, to a closure.
  public func withUnsafeElements<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(storage) {
      try body(UnsafeBufferPointer(start: storage.pointer, count: count))
    }
  }

  /// Gives the elements, in row-major order, to a closure that may change them.
  public mutating func withUnsafeMutableElements<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    makeUnique()
    return try withExtendedLifetime(storage) {
      try body(UnsafeMutableBufferPointer(start: storage.pointer, count: count))
    }
  }

  /// Copies the memory if another tensor shares it.
  package mutating func makeUnique() {
    if isKnownUniquelyReferenced(&storage) { return }
    let copy = Storage(count: count)
    copy.pointer.initialize(from: storage.pointer, count: count)
    storage = copy
  }

  /// The same elements under another shape. Shares the memory.
  ///
  /// - Parameter shape: Extents with as many elements.
  public func reshaped(to shape: Shape) -> Tensor {
    guard shape.count == count else {
      stopProgram(
        "reshaped: \(self.shape) has \(count) elements and \(shape) has \(shape.count)")
    }
    return Tensor(shape: shape, storage: storage)
  }
}

extension Tensor: Equatable {
  /// Whether shapes and all elements are equal, as `Float`s: −0 equals 0, NaN equals nothing.
  public static func == (left: Tensor, right: Tensor) -> Bool {
    left.shape == right.shape
      && left.withUnsafeElements { l in right.withUnsafeElements { r in l.elementsEqual(r) } }
  }
}
