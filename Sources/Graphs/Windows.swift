import NeuronikaTensors

/// A number for each spatial axis, or one for all of them: `2`, `[2, 3]`.
public struct PerAxis: Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  private let numbers: [Int]
  private let isForAll: Bool

  /// The same number for all axes.
  public init(_ number: Int) { (numbers, isForAll) = ([number], true) }
  /// A number for each axis, outermost first.
  public init(_ numbers: [Int]) { (self.numbers, isForAll) = (numbers, false) }
  public init(integerLiteral number: Int) { self.init(number) }
  public init(arrayLiteral numbers: Int...) { self.init(numbers) }

  /// The numbers for as many axes.
  ///
  /// - Throws: A sentence if there are as many numbers as there aren't axes, or one is too small.
  package func resolved(
    axes: Int, _ name: String, atLeast least: Int = 1
  ) throws(ShapeError) -> [Int] {
    let all = isForAll ? [Int](repeating: numbers[0], count: axes) : numbers
    guard all.count == axes else {
      throw ShapeError("\(name) \(all) has \(all.count) numbers for \(axes) spatial axes")
    }
    guard all.allSatisfy({ $0 >= least }) else {
      throw ShapeError("\(name) \(all): every number has to be at least \(least)")
    }
    return all
  }
}

extension PerAxis: CustomStringConvertible {
  /// The number for all axes, or those for each: `2`, `2×3`.
  public var description: String { numbers.map { "\($0)" }.joined(separator: "×") }
}

/// How many axes of `[N, C, …]` are spatial.
package func spatialAxes(of shape: Shape) throws(ShapeError) -> Int {
  guard (3...5).contains(shape.rank) else {
    throw ShapeError("takes [N, C, …] with 1 to 3 spatial axes, not \(shape)")
  }
  return shape.rank - 2
}

/// How a kernel moves over an input `[N, C, …]` of one to three spatial axes.
public struct ConvolutionGeometry: Hashable, Sendable {
  /// How far the kernel moves along each axis.
  public var strides: [Int]
  /// How far apart the kernel's elements lie along each axis.
  public var dilations: [Int]
  /// The zeros before and after each spatial axis.
  public var padding: [Int]
  /// How many parts input and output channels fall into.
  public var groups: Int

  /// A geometry; each list has a number for each spatial axis.
  public init(strides: [Int], dilations: [Int], padding: [Int], groups: Int) {
    (self.strides, self.dilations, self.padding) = (strides, dilations, padding)
    self.groups = groups
  }
}

/// Which of the three products of a convolution is computed. Each is linear in both of its operands.
public enum ConvolutionRole: Int, Sendable {
  /// The output, from the input and the kernel.
  case output
  /// The input's gradient, from the output's gradient and the kernel.
  case inputGradient
  /// The kernel's gradient, from the input and the output's gradient.
  case kernelGradient
}

/// What an output position takes from input positions along one spatial axis: a sparse matrix with a
/// row for each output position.
public struct AxisWindows: Hashable, Sendable {
  /// Where each row starts in `positions`, and the end of the last.
  public private(set) var starts: [Int32] = [0]
  /// Input positions, ascending in each row.
  public private(set) var positions: [Int32] = []
  /// What each is multiplied by; empty where that is no matter.
  public private(set) var weights: [Float] = []

  /// A matrix without rows.
  public init() {}

  /// How many rows there are.
  public var count: Int { starts.count - 1 }

  /// Appends the row of the next output position.
  public mutating func append(positions row: [Int]) {
    positions += row.map { Int32($0) }
    starts.append(Int32(positions.count))
  }

  /// Appends the row of the next output position, with weights.
  public mutating func append(_ row: [(position: Int, weight: Float)]) {
    for (position, weight) in row {
      positions.append(Int32(position))
      weights.append(weight)
    }
    starts.append(Int32(positions.count))
  }

  /// The transposed matrix, of so many rows.
  public func transposed(rows: Int) -> AxisWindows {
    var transposed = [[(position: Int, weight: Float)]](repeating: [], count: rows)
    for row in 0..<count {
      for place in Int(starts[row])..<Int(starts[row + 1]) {
        transposed[Int(positions[place])].append((row, weights[place]))
      }
    }
    var result = AxisWindows()
    for row in transposed { result.append(row) }
    return result
  }
}

/// What is done with the greatest element of each window. All three find it in the first operand.
public enum MaxPoolRole: Int, Sendable {
  /// The greatest element itself.
  case greatest
  /// The second operand's elements, one for each window, added up where the greatest stand.
  case route
  /// The elements of the second operand, shaped like the first, where the greatest stand.
  case select
}
