import NeuronikaTensors

/// What an operation is: everything the library knows of it stands in one file and conforms to this.
///
/// A conforming type is a small value whose stored properties are its *static attributes* (axes,
/// strides, integer exponents). `Float`s that may change from step to step are operands of rank 0
/// instead, so that a changed learning rate or dropout probability compiles nothing.
public protocol Operation: Sendable {
  /// The name in messages and in plans: that of the public method.
  static var name: String { get }

  /// The name of this one, if operations of the type have names of their own. The default is the
  /// type's.
  var name: String { get }

  /// The shape rule.
  ///
  /// - Throws: A sentence that says which rule the operands break.
  func shape(of operands: Shapes) throws(ShapeError) -> Shape

  /// The executable specification: a naive evaluation in `Double`, written apart from the lowering.
  func specification(_ operands: [ReferenceTensor], shape: Shape) -> ReferenceTensor

  /// The gradient of each operand, as a graph of operations, from the gradient of the output.
  ///
  /// It may name operands and output. `nil` stands for a gradient of zero.
  func pullback(_ upstream: VarDiff, operands: [VarDiff], output: VarDiff) -> [VarDiff?]

  /// How the operation is run, stated in the closed vocabulary of ``Lowering``.
  func lowering(of operands: [Shape], to shape: Shape) -> Lowering

  /// Appends the static attributes as integers: two operations of one type are the same exactly if
  /// they write the same. The default writes nothing.
  func writeAttributes(to structure: inout StructureWriter)

  /// The mode, if the operation behaves differently in training and in use. What it says belongs to
  /// the static attributes. The default has none.
  var trainingMode: TrainingMode? { get }

  /// The operand, if there is one, whose elements have to be whole numbers from 0 up to, but not
  /// including, a bound, like the labels of a loss. They are checked whenever the operation runs. The
  /// default has none.
  var wholeNumberOperand: (operand: Int, bound: Int)? { get }
}

extension Operation {
  public var name: String { Self.name }
  public func writeAttributes(to structure: inout StructureWriter) {}
  public var trainingMode: TrainingMode? { nil }
  public var wholeNumberOperand: (operand: Int, bound: Int)? { nil }
}

/// An operation that is told its values: what running statistics are made of.
package protocol ObservingOperation: Operation {
  /// Whether it wants them at present.
  var isObserving: Bool { get }

  /// Called once for each evaluation that computes a node of this operation which `isObserved`, after
  /// it. Computing a value again with the same bits, as a backward may, is no evaluation.
  func observe(_ value: Tensor)
}

/// What is wrong with the first of some numbers that have to be whole, at least 0 and below a bound,
/// as the end of a sentence that starts with the operation's name; `nil` if all are right.
package func wholeNumberComplaint(
  of numbers: some RandomAccessCollection<Float>, bound: Int
) -> String? {
  let limit = Float(bound)
  // Nearly always all are right, and a look without a branch for each is ten times as fast.
  if numbers.withContiguousStorageIfAvailable({ areWhole($0, below: limit) }) == true { return nil }
  guard let place = numbers.firstIndex(where: { !isWhole($0, below: limit) }) else { return nil }
  let position = numbers.distance(from: numbers.startIndex, to: place)
  return
    "the label at position \(position) is \(numbers[place]), but labels are whole numbers from 0 "
    + "to \(bound - 1)"
}

private func areWhole(_ numbers: UnsafeBufferPointer<Float>, below limit: Float) -> Bool {
  var areRight = true
  for number in numbers {
    let isRight = isWhole(number, below: limit)
    areRight = areRight && isRight
  }
  return areRight
}

/// Said so that NaN fails.
@inline(__always)
private func isWhole(_ number: Float, below limit: Float) -> Bool {
  number >= 0 && number < limit && number == number.rounded(.towardZero)
}

/// The structure of a graph as a string of integers: equal strings, equal plans.
public struct StructureWriter {
  package private(set) var words: [Int] = []

  package init() { words.reserveCapacity(256) }

  /// Appends one integer.
  @inline(__always) public mutating func append(_ word: Int) { words.append(word) }

  /// Appends rank and extents.
  @inline(__always) public mutating func append(_ shape: Shape) {
    words.append(shape.rank)
    for axis in 0..<shape.rank { words.append(shape[axis]) }
  }

  /// Appends the type of an operation and its attributes.
  @inline(__always) package mutating func append(_ operation: any Operation) {
    words.append(Int(bitPattern: ObjectIdentifier(type(of: operation))))
    operation.writeAttributes(to: &self)
  }

  package mutating func removeAll() { words.removeAll(keepingCapacity: true) }
}

/// A broken shape rule, told as the end of a sentence that starts with the operation's name.
public struct ShapeError: Error, CustomStringConvertible {
  /// What is wrong, with every shape that matters.
  public let description: String
  /// A broken rule.
  ///
  /// - Parameter description: What is wrong, without the operation's name.
  public init(_ description: String) { self.description = description }
}

/// The shapes of an operation's operands; up to two live in place.
public struct Shapes {
  @usableFromInline let first: Shape
  @usableFromInline let second: Shape
  @usableFromInline let all: [Shape]
  /// The number of operands.
  public let count: Int

  /// The shape of one operand.
  public init(_ a: Shape) { (first, second, all, count) = (a, Shape(), [], 1) }
  /// The shapes of two operands.
  public init(_ a: Shape, _ b: Shape) { (first, second, all, count) = (a, b, [], 2) }
  /// The shapes of any number of operands.
  public init(_ shapes: [Shape]) {
    first = shapes.first ?? Shape()
    second = shapes.count > 1 ? shapes[1] : Shape()
    all = shapes
    count = shapes.count
  }

  /// The shape of an operand, counted from 0.
  public subscript(position: Int) -> Shape {
    position == 0 ? first : position == 1 ? second : all[position]
  }
}

/// A leaf that holds a tensor.
package struct Leaf: Operation {
  package static let name = "leaf"
  package init() {}
  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    throw ShapeError("a leaf has its shape from its tensor")
  }
  package func specification(_ operands: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    fatalError("a leaf is not computed")
  }
  package func pullback(_ upstream: VarDiff, operands: [VarDiff], output: VarDiff) -> [VarDiff?] {
    []
  }
  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    fatalError("a leaf is not computed")
  }
}

/// A leaf of rank 0 that holds a number: a scalar operand. Its value is no part of the structure.
package struct ScalarLeaf: Operation {
  package static let name = "scalar"
  package func shape(of operands: Shapes) throws(ShapeError) -> Shape { Shape() }
  package func specification(_ operands: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    fatalError("a leaf is not computed")
  }
  package func pullback(_ upstream: VarDiff, operands: [VarDiff], output: VarDiff) -> [VarDiff?] {
    []
  }
  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    fatalError("a leaf is not computed")
  }
}
