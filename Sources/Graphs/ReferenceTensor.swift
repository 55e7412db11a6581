import NeuronikaTensors

/// A tensor of `Double`s for specifications: plain, slow and right.
public struct ReferenceTensor: Sendable {
  /// The extents.
  public var shape: Shape
  /// The elements in row-major order, as many as the shape has.
  public var elements: [Double]

  /// A tensor of given elements.
  public init(shape: Shape, elements: [Double]) {
    assert(elements.count == shape.count)
    self.shape = shape
    self.elements = elements
  }

  /// The same numbers in `Double`.
  public init(_ tensor: Tensor) {
    self.init(shape: tensor.shape, elements: tensor.withUnsafeElements { $0.map(Double.init) })
  }

  /// A tensor of the shape whose element at each index is what `element` gives.
  public init(shape: Shape, _ element: ([Int]) -> Double) {
    self.shape = shape
    elements = []
    elements.reserveCapacity(shape.count)
    shape.forEachIndex { elements.append(element($0)) }
  }

  /// The element at an index.
  public subscript(index: [Int]) -> Double {
    get { elements[position(of: index)] }
    set { elements[position(of: index)] = newValue }
  }

  /// The element that broadcasting to a shape of index `index` shows there.
  public func broadcast(at index: [Int]) -> Double {
    let skipped = index.count - shape.rank
    var position = 0
    for axis in 0..<shape.rank {
      position = position * shape[axis] + (shape[axis] == 1 ? 0 : index[axis + skipped])
    }
    return elements[position]
  }

  /// A tensor of the shape with the function of each element.
  public func map(_ transform: (Double) -> Double) -> ReferenceTensor {
    ReferenceTensor(shape: shape, elements: elements.map(transform))
  }

  private func position(of index: [Int]) -> Int {
    var position = 0
    for axis in 0..<shape.rank { position = position * shape[axis] + index[axis] }
    return position
  }
}

extension Shape {
  /// Calls the closure with each index, in row-major order.
  package func forEachIndex(_ body: ([Int]) -> Void) {
    if count == 0 { return }
    var index = [Int](repeating: 0, count: rank)
    while true {
      body(index)
      var axis = rank - 1
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < self[axis] { break }
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
