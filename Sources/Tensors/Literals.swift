extension Tensor: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Float) { self.init(value) }
  public init(integerLiteral value: Int) { self.init(Float(value)) }
}

extension Tensor: ExpressibleByArrayLiteral {
  /// A tensor from a literal like `[[1, 2], [3, 4]]`, or of other tensors, stacked along a new
  /// first axis. All elements need the same shape.
  public init(arrayLiteral elements: Tensor...) {
    guard let first = elements.first else {
      self.init(repeating: 0, shape: Shape(0))
      return
    }
    for (index, element) in elements.enumerated() where element.shape != first.shape {
      stopProgram(
        "Tensor: the literal is ragged: element 0 has shape \(first.shape), "
          + "element \(index) has shape \(element.shape)")
    }
    let size = first.count
    self.init(uninitialized: first.shape.inserting(elements.count, at: 0)) { out in
      for (index, element) in elements.enumerated() {
        element.withUnsafeElements {
          _ = out[(index * size)..<((index + 1) * size)].initialize(from: $0)
        }
      }
    }
  }
}
