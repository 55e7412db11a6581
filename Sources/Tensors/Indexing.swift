/// What a subscript takes along one axis: an `Int`, a range of them, or `.all`.
public protocol AxisSelection: Sendable {
  /// The places chosen along an axis.
  ///
  /// - Parameter extent: The extent of the axis.
  /// - Returns: The places, which need not lie within the axis, and whether the axis goes away.
  func places(extent: Int) -> (range: Range<Int>, drops: Bool)
}

/// The whole of an axis, written `.all`.
public struct WholeAxis: AxisSelection {
  public func places(extent: Int) -> (range: Range<Int>, drops: Bool) { (0..<extent, false) }
}

extension AxisSelection where Self == WholeAxis {
  /// The whole axis.
  public static var all: WholeAxis { WholeAxis() }
}

extension Int: AxisSelection {
  public func places(extent: Int) -> (range: Range<Int>, drops: Bool) {
    (self..<(self &+ 1 > self ? self + 1 : self), true)
  }
}

extension Range: AxisSelection where Bound == Int {
  public func places(extent: Int) -> (range: Range<Int>, drops: Bool) { (self, false) }
}

extension ClosedRange: AxisSelection where Bound == Int {
  public func places(extent: Int) -> (range: Range<Int>, drops: Bool) { (Range(self), false) }
}

extension PartialRangeFrom: AxisSelection where Bound == Int {
  public func places(extent: Int) -> (range: Range<Int>, drops: Bool) {
    (lowerBound..<Swift.max(extent, lowerBound), false)
  }
}

extension PartialRangeUpTo: AxisSelection where Bound == Int {
  public func places(extent: Int) -> (range: Range<Int>, drops: Bool) {
    (Swift.min(0, upperBound)..<upperBound, false)
  }
}

extension PartialRangeThrough: AxisSelection where Bound == Int {
  public func places(extent: Int) -> (range: Range<Int>, drops: Bool) {
    (Swift.min(0, upperBound)..<(upperBound + 1), false)
  }
}

/// What is wrong with a subscript: the sentence that the program stops with.
package struct IndexError: Error, CustomStringConvertible {
  package let description: String
}

// Elements.
extension Tensor {
  /// The element of a vector.
  public subscript(index: Int) -> Float {
    get { storage.pointer[offset(1) { $0 == 0 ? index : 0 }] }
    set { set(newValue, at: offset(1) { $0 == 0 ? index : 0 }) }
  }

  /// The element of a matrix.
  public subscript(row: Int, column: Int) -> Float {
    get { storage.pointer[offset(2) { $0 == 0 ? row : column }] }
    set { set(newValue, at: offset(2) { $0 == 0 ? row : column }) }
  }

  /// The element of a tensor of three axes.
  public subscript(i: Int, j: Int, k: Int) -> Float {
    get { storage.pointer[offset(3) { $0 == 0 ? i : $0 == 1 ? j : k }] }
    set { set(newValue, at: offset(3) { $0 == 0 ? i : $0 == 1 ? j : k }) }
  }

  /// The element of a tensor of four axes.
  public subscript(i: Int, j: Int, k: Int, l: Int) -> Float {
    get { storage.pointer[offset(4) { $0 < 2 ? ($0 == 0 ? i : j) : ($0 == 2 ? k : l) }] }
    set { set(newValue, at: offset(4) { $0 < 2 ? ($0 == 0 ? i : j) : ($0 == 2 ? k : l) }) }
  }

  /// The element at as many indices as the tensor has axes, each counted from 0.
  ///
  /// A wrong number of indices, a negative one or one beyond the extent stops the program.
  public subscript(indices: [Int]) -> Float {
    get { storage.pointer[offset(indices.count) { indices[$0] }] }
    set { set(newValue, at: offset(indices.count) { indices[$0] }) }
  }

  @inline(__always)
  private func offset(_ count: Int, _ index: (Int) -> Int) -> Int {
    if count != rank { stop(Tensor.rankMessage(count, shape)) }
    var offset = 0
    for axis in 0..<count {
      let (i, extent) = (index(axis), shape[axis])
      if i < 0 || i >= extent { stop(Tensor.indexMessage(axis, i, extent)) }
      offset = offset * extent + i
    }
    return offset
  }

  private mutating func set(_ value: Float, at offset: Int) {
    makeUnique()
    storage.pointer[offset] = value
  }

  package static func rankMessage(_ count: Int, _ shape: Shape) -> String {
    "subscript: \(count == 1 ? "1 index" : "\(count) indices") for a tensor of shape \(shape), "
      + "which has \(shape.rank == 1 ? "1 axis" : "\(shape.rank) axes"); "
      + "an element needs an index for each axis, a slice is written t[2, .all]"
  }

  package static func indexMessage(_ axis: Int, _ index: Int, _ extent: Int) -> String {
    extent == 0
      ? "subscript: index \(index) on axis \(axis), which is empty"
      : "subscript: index \(index) on axis \(axis) is outside 0..<\(extent)"
  }
}

/// Stops the program. Apart, so that the sentence isn't built in code that has to be fast.
@inline(never)
private func stop(_ message: @autoclosure () -> String) -> Never { stopProgram(message()) }

// Slices.
extension Tensor {
  /// A copy of a part: `t[0..<10, .all]`, `t[2, .all]`, `t[.all, 1...]`.
  ///
  /// An `Int` takes one place and drops the axis; ranges and `.all` keep it. Axes that are not
  /// mentioned are taken whole. Places outside an axis and more selections than axes stop the
  /// program.
  ///
  /// **Complexity:** O(elements of the part), copied in runs as long as the part's shape allows.
  public subscript<each Selection: AxisSelection>(
    selections: repeat each Selection
  ) -> Tensor {
    var choices: [any AxisSelection] = []
    for selection in repeat each selections { choices.append(selection) }
    let part = Part(checking: shape, choices)
    return Tensor(uninitialized: part.shape) { out in
      guard var next = out.baseAddress else { return }
      part.forEachRun { offset, length in
        next.initialize(from: storage.pointer + offset, count: length)
        next += length
      }
    }
  }

  /// Writes a part: `t.setSlice(2, .all, to: row)`. The selections are those of the subscript.
  ///
  /// - Parameter tensor: The elements, in the shape of the part; another one stops the program.
  public mutating func setSlice<each Selection: AxisSelection>(
    _ selections: repeat each Selection, to tensor: Tensor
  ) {
    var choices: [any AxisSelection] = []
    for selection in repeat each selections { choices.append(selection) }
    let part = Part(checking: shape, choices)
    guard tensor.shape == part.shape else {
      stopProgram(
        "setSlice: a tensor of shape \(tensor.shape) for a part of shape \(part.shape)")
    }
    makeUnique()
    tensor.withUnsafeElements { source in
      guard var next = source.baseAddress else { return }
      part.forEachRun { offset, length in
        (storage.pointer + offset).update(from: next, count: length)
        next += length
      }
    }
  }

  /// The shape of the part that selections choose, or what is wrong with them.
  package static func shapeOfPart(
    of shape: Shape, _ selections: [any AxisSelection]
  ) throws(IndexError) -> Shape {
    try Part(of: shape, selections).shape
  }
}

/// A rectangular part of a tensor.
private struct Part {
  let shape: Shape
  private let places: [Range<Int>]
  private let strides: [Int]

  init(of shape: Shape, _ selections: [any AxisSelection]) throws(IndexError) {
    guard selections.count <= shape.rank else {
      throw IndexError(description: Tensor.rankMessage(selections.count, shape))
    }
    var places: [Range<Int>] = []
    var extents: [Int] = []
    for axis in 0..<shape.rank {
      let extent = shape[axis]
      let (range, drops) =
        axis < selections.count ? selections[axis].places(extent: extent) : (0..<extent, false)
      guard range.lowerBound >= 0, range.upperBound <= extent, !drops || range.count == 1 else {
        throw IndexError(
          description: drops
            ? Tensor.indexMessage(axis, range.lowerBound, extent)
            : "subscript: the range \(range) on axis \(axis) does not lie within 0..<\(extent)")
      }
      places.append(range)
      if !drops { extents.append(range.count) }
    }
    self.shape = Shape(extents)
    self.places = places
    strides = shape.strides
  }

  init(checking shape: Shape, _ selections: [any AxisSelection]) {
    do { try self.init(of: shape, selections) } catch { stopProgram(error.description) }
  }

  /// Calls `body` with the offset and length of each contiguous run, in order.
  func forEachRun(_ body: (Int, Int) -> Void) {
    if shape.count == 0 { return }
    // Axes from `outer` on make one run: the last ones taken whole, and the one before them.
    var outer = places.count
    var length = 1
    while outer > 0 {
      outer -= 1
      let whole = outer == 0 || strides[outer - 1] == length * places[outer].count
      length *= places[outer].count
      if !whole { break }
    }
    var index = places.prefix(outer).map(\.lowerBound)
    let base = (outer..<places.count).reduce(0) { $0 + places[$1].lowerBound * strides[$1] }
    while true {
      body((0..<outer).reduce(base) { $0 + index[$1] * strides[$1] }, length)
      var axis = outer - 1
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < places[axis].upperBound { break }
        index[axis] = places[axis].lowerBound
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
