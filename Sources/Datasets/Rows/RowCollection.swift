import NeuronikaTensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What ``Dataset``, ``LabeledDataset`` and ``ImageDataset`` have in common: rows that can be counted,
/// chosen and batched. Every choice copies whole rows, but for images, which stay where they are.
public protocol RowCollection: Sendable {
  /// What a loop over batches gets.
  associatedtype Batch

  /// The number of rows.
  var count: Int { get }

  /// Successive rows.
  ///
  /// - Parameter range: Lies within 0..<count; else the program stops.
  func rows(_ range: Range<Int>) -> Self

  /// Rows in a given order, with repetitions if wanted.
  ///
  /// - Parameter indices: Each at least 0 and less than `count`; else the program stops.
  func rows(at indices: [Int]) -> Self

  /// Successive rows as a batch.
  ///
  /// - Parameter range: Lies within 0..<count; else the program stops.
  func batch(_ range: Range<Int>) -> Batch

  /// The same rows with whatever is random about them drawn anew. Most have nothing that is: these
  /// stay the same.
  ///
  /// - Parameter seed: Equal seeds draw alike.
  func redrawn(seed: UInt64) -> Self
}

extension RowCollection {
  public func redrawn(seed: UInt64) -> Self { self }

  /// Rows in a given order as a batch.
  ///
  /// - Parameter indices: Each at least 0 and less than `count`; else the program stops.
  public func batch(at indices: [Int]) -> Batch { rows(at: indices).batch(0..<indices.count) }

  /// Whether there are no rows.
  public var isEmpty: Bool { count == 0 }

  /// The rows in random order, each order equally probable.
  ///
  /// - Parameter seed: Equal seeds give equal orders. Take another one for every epoch.
  public func shuffled(seed: UInt64) -> Self {
    rows(at: Draw(seed: seed, number: 0).permutation(count))
  }

  /// The rows in random order, each order equally probable.
  ///
  /// - Parameter source: Where the order comes from. Takes one draw.
  public func shuffled(using source: RandomSource = .current) -> Self {
    rows(at: source.draw().permutation(count))
  }

  /// Cuts the rows into successive parts.
  ///
  /// - Parameter lengths: How many rows each part gets; together all of them.
  /// - Throws: `DatasetError` if a length is negative or they don't add up.
  public func split(_ lengths: [Int]) throws(DatasetError) -> [Self] {
    guard lengths.allSatisfy({ $0 >= 0 }), lengths.reduce(0, +) == count else {
      throw .badSplit(lengths: lengths, count: count)
    }
    var start = 0
    var parts: [Self] = []
    for length in lengths {
      parts.append(rows(start..<(start + length)))
      start += length
    }
    return parts
  }

  /// Cuts the rows into successive parts by fractions, each part right to within one row.
  ///
  /// - Parameter fractions: Each at least 0; together 1, to within 10⁻⁶.
  /// - Throws: `DatasetError` if a fraction is negative or they don't add up to 1.
  public func split(fractions: [Double]) throws(DatasetError) -> [Self] {
    guard fractions.allSatisfy({ $0 >= 0 }), abs(fractions.reduce(0, +) - 1) <= 1e-6 else {
      throw .badFractions(fractions)
    }
    var lengths: [Int] = []
    var (sum, end) = (0.0, 0)
    for (index, fraction) in fractions.enumerated() {
      sum += fraction
      // The boundaries are rounded rather than the lengths, so no row is lost or counted twice.
      let next =
        index == fractions.count - 1 ? count : min(Int((sum * Double(count)).rounded()), count)
      lengths.append(next - end)
      end = next
    }
    return try split(lengths)
  }

  /// Pairs of training and test data for cross-validation: each row is in one test part.
  ///
  /// The test parts are successive, and their sizes differ by at most one: 10 rows in 4 folds make
  /// 3, 3, 2, 2. Shuffle first if the order of the rows means something.
  ///
  /// - Parameter folds: At least 2, and not more than there are rows.
  /// - Throws: `DatasetError` if there are fewer or more.
  public func kFold(_ folds: Int) throws(DatasetError) -> [(train: Self, test: Self)] {
    guard folds >= 2, folds <= count else { throw .badFolds(folds, count: count) }
    var start = 0
    return (0..<folds).map { fold in
      let end = start + count / folds + (fold < count % folds ? 1 : 0)
      defer { start = end }
      return (rows(at: Array(0..<start) + Array(end..<count)), rows(start..<end))
    }
  }

  /// The rows in batches, in order.
  ///
  /// ```swift
  /// let data = LabeledDataset(records: .rand([100, 4]), labels: .zeros([100]))
  /// for epoch: UInt64 in 1...2 {
  ///   for (x, y) in data.shuffled(seed: epoch).batches(of: 32, dropLast: true) {
  ///     assert(x.shape == [32, 4] && y.shape == [32])
  ///   }
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - size: How many rows a batch has, at least 1. The last may have fewer.
  ///   - dropLast: Whether a last batch with fewer is left out. So there is none at all if there
  ///     are fewer rows than `size`.
  public func batches(of size: Int, dropLast: Bool = false) -> Batches<Self> {
    guard size >= 1 else { stopProgram("batches: a batch has at least 1 row, not \(size)") }
    return Batches(rows: self, size: size, dropLast: dropLast)
  }
}

/// The rows of a dataset, a batch at a time. Each batch is copied when it is asked for.
public struct Batches<Rows: RowCollection>: Sequence, Sendable {
  let rows: Rows
  let size: Int
  let dropLast: Bool

  /// The number of batches.
  public var count: Int {
    dropLast ? rows.count / size : rows.count / size + (rows.count % size == 0 ? 0 : 1)
  }

  public var underestimatedCount: Int { count }

  public func makeIterator() -> Iterator { Iterator(batches: self) }

  /// Gives one batch after another.
  public struct Iterator: IteratorProtocol {
    let batches: Batches
    private var number = 0

    init(batches: Batches) { self.batches = batches }

    public mutating func next() -> Rows.Batch? {
      guard number < batches.count else { return nil }
      defer { number += 1 }
      let start = number * batches.size
      let end = Swift.min(batches.rows.count - start, batches.size) + start
      return batches.rows.batch(start..<end)
    }
  }
}

extension Tensor {
  /// Successive entries along the first axis.
  func rows(_ range: Range<Int>) -> Tensor {
    guard range.lowerBound >= 0, range.upperBound <= shape[0] else {
      stopProgram("rows: \(range) does not lie within the \(shape[0]) rows")
    }
    if range.count == shape[0] { return self }
    let width = shape.removing(axis: 0).count
    return Tensor(uninitialized: shape.replacing(axis: 0, with: range.count)) { out in
      withUnsafeElements { source in
        guard let to = out.baseAddress, let from = source.baseAddress else { return }
        memcpy(to, from + range.lowerBound * width, out.count * MemoryLayout<Float>.stride)
      }
    }
  }

  /// Entries along the first axis, in a given order.
  func rows(at indices: [Int]) -> Tensor {
    let (count, width) = (shape[0], shape.removing(axis: 0).count)
    return Tensor(uninitialized: shape.replacing(axis: 0, with: indices.count)) { out in
      withUnsafeElements { source in
        for (place, index) in indices.enumerated() {
          guard index >= 0, index < count else {
            stopProgram("rows: there is no row \(index) among \(count)")
          }
          guard let to = out.baseAddress, let from = source.baseAddress else { continue }
          memcpy(to + place * width, from + index * width, width * MemoryLayout<Float>.stride)
        }
      }
    }
  }
}
