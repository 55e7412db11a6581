import NeuronikaTensors

/// Gives the rows of a dataset in batches, shuffled anew for every epoch, while a thread of its own
/// prepares the next ones.
///
/// ```
/// let loader = Loader(data.train.augmented(by: [.shift(upTo: 2)]), batchSize: 64, seed: 7)
/// for epoch in 0..<10 {
///   for (x, y) in loader.epoch(epoch) { … }
/// }
/// ```
///
/// The batches of an epoch depend on the seed and the epoch's number alone.
public struct Loader<Rows: RowCollection>: Sendable where Rows.Batch: Sendable {
  /// The rows.
  public let rows: Rows
  /// How many rows a batch has; the last may have fewer.
  public let batchSize: Int
  /// Whether a last batch with fewer rows is left out.
  public let dropLast: Bool
  /// Whether the rows come in another order every epoch.
  public let shuffles: Bool
  /// What orders, and random changes of images, depend on.
  public let seed: UInt64
  /// How many batches are ready at most.
  public let depth: Int

  /// A loader.
  ///
  /// - Parameters:
  ///   - rows: The dataset.
  ///   - batchSize: How many rows a batch has, at least 1.
  ///   - seed: Equal seeds give equal batches.
  ///   - shuffles: Whether the rows come in another order every epoch, or always as they are.
  ///   - dropLast: Whether a last batch with fewer rows is left out.
  ///   - depth: How many batches are prepared ahead at most, at least 1.
  public init(
    _ rows: Rows, batchSize: Int, seed: UInt64, shuffles: Bool = true, dropLast: Bool = false,
    depth: Int = 2
  ) {
    guard batchSize >= 1, depth >= 1 else {
      stopProgram(
        "Loader: batches of \(batchSize) rows, \(depth) prepared ahead: both at least 1")
    }
    self.rows = rows
    self.batchSize = batchSize
    self.seed = seed
    self.shuffles = shuffles
    self.dropLast = dropLast
    self.depth = depth
  }

  /// The number of batches of an epoch.
  public var count: Int { rows.batches(of: batchSize, dropLast: dropLast).count }

  /// The batches of an epoch, to go through once. Leaving the loop early ends the preparing.
  ///
  /// - Parameters:
  ///   - number: Which epoch, at least 0.
  ///   - start: How many batches are skipped: where an interrupted epoch goes on. See
  ///     ``LoaderPosition``.
  public func epoch(
    _ number: Int, startingAt start: Int = 0
  ) -> Prefetched<Rows.Batch, Never> {
    guard number >= 0, start >= 0 else {
      stopProgram("Loader.epoch: epoch \(number), starting at \(start): both at least 0")
    }
    let draw = Draw(seed: seed, number: UInt64(number))
    let order = shuffles ? draw.permutation(rows.count) : Array(0..<rows.count)
    // Another key than the order's, so that images and their places are independent.
    let block = Philox.block(seed: seed ^ .max, stream: draw.number, index: 0)
    let rows = rows.redrawn(seed: UInt64(block.0) | UInt64(block.1) << 32)
    let (count, batchSize) = (count, batchSize)
    let next = Counter(start)
    return Prefetched(depth: depth) {
      guard next.value < count else { return nil }
      defer { next.value += 1 }
      let first = next.value * batchSize
      return rows.batch(at: Array(order[first..<min(first + batchSize, order.count)]))
    }
  }
}

/// A number that only the preparing thread changes.
private final class Counter: @unchecked Sendable {
  var value: Int
  init(_ value: Int) { self.value = value }
}
