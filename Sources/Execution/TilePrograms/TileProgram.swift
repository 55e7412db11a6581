import CNeuronikaTiles

/// A short list of instructions that is interpreted tile by tile, so that a chain of elementwise
/// operations reads and writes memory once.
///
/// A flat program runs over `count` elements in tiles of 1,024. A row program runs over rows of
/// `width`, as many in a tile as fit, and may hold values of one number a row beside whole rows.
/// Tile size depends on `count` and `width` only, and so do the threads' shares where they add up. So
/// results don't depend on what else a program computes or stores.
final class TileProgram: @unchecked Sendable {
  /// The floats of a flat tile: 4 KB, so that some ten registers live in L1.
  static let tile = 1024
  /// The same of narrow rows: what is done with their numbers weighs less with more of them at once.
  static let narrowTile = 2048
  /// Below this many elements a program runs on the calling thread, unless it has much to do with each:
  /// entering a region costs 0.5 µs.
  static let parallelThreshold = 1 << 15
  /// From this much work on a program is worth a region whatever its size: so many elements times what
  /// is done with each, as multiples of an addition: some 3 µs. Not where threads add up, each
  /// for itself: sums would depend on what else the program computes.
  static let parallelWork = 1 << 16

  enum Action: UInt8 {
    /// A kernel on rows, whole or in pieces, or on flat tiles.
    case kernel
    /// A kernel on one whole row after another, with a number for each row among its operands.
    case rowKernel
    /// A kernel on all rows of a tile that takes a number for each as its second operand.
    case numbered
    /// A kernel whose result may not lie where an operand does.
    case apart
    /// A kernel that makes a number of each row, and as well of such numbers of its pieces.
    case reduction
    /// A kernel that needs rows whole.
    case whole
    /// The same where the result may not lie where an operand does.
    case wholeApart
    /// A kernel on one number a row.
    case columnKernel
    /// Gathers a strided view.
    case load, columnLoad
    /// Adds rows to an accumulator.
    case columnSum
    /// Reduces the tile to an accumulator.
    case total
  }

  struct Instruction {
    var kernel: nk_kernel?
    var action: Action
    /// Which location is written, or which accumulator.
    var d: Int32
    /// Which locations are read, as many as it has operands.
    var a: Int32 = 0
    var b: Int32 = 0
    var c: Int32 = 0
    let operandCount: Int8
    /// Of a reduction, whether it adds up.
    var isSum = false
    /// Whether it subtracts one number, or one for each row.
    var subtractsNumber = false
    /// Whether its result goes past the cache.
    let goesPastCache: Bool
    /// Which view is loaded.
    let view: Int32
    /// How far `a`, `b` and `c` advance from row to row in a row kernel.
    var steps: SIMD4<Int32> = .zero
    /// Of `a`, `b` and `c`, 1 for a tile, which advances with the pieces of a row; else 0.
    var tiles: SIMD4<Int32> = .zero

    init(
      kernel: nk_kernel?, action: Action, d: Int, operands: [Int], view: Int = 0,
      goesPastCache: Bool = false
    ) {
      (self.kernel, self.action, self.d, self.view) = (kernel, action, Int32(d), Int32(view))
      (operandCount, self.goesPastCache) = (Int8(operands.count), goesPastCache)
      if operands.count > 0 { a = Int32(operands[0]) }
      if operands.count > 1 { b = Int32(operands[1]) }
      if operands.count > 2 { c = Int32(operands[2]) }
    }

    /// The locations that are read.
    var operands: [Int] { [a, b, c].prefix(Int(operandCount)).map(Int.init) }
  }

  /// Rows from this width on are treated one by one where an operand is a number for each row: a
  /// kernel's call costs less than repeating the number along the row.
  static let wideRow = 128

  /// Whether narrower rows are whole lines of the cache, as kernels for rows and numbers want them.
  static func hasFullLines(_ width: Int) -> Bool { width > 0 && width < wideRow && width % 16 == 0 }

  /// From this many elements on a program brings the next tile into the cache while it computes one.
  /// Smaller ones find their operands there.
  static let prefetchThreshold = 1 << 18
  /// Rows from this width on go through in pieces of ``tile``: two of them fill the first cache.
  static let piecedRow = 4096
  /// Results of so many elements, 12 MB, go past the cache into memory: with what they are made of, they
  /// would leave little in a cache of 32 MB, and memory that is written through one is read first.
  static let pastCache = 3 << 20
  /// Results in rows wider than this go through the cache: they would first be made in memory of a
  /// thread's own, as wide as a row, which no cache close to a core holds.
  static let widestPastCache = 1 << 15

  /// Where an operand lies.
  enum Location {
    /// In the scratch memory of the thread.
    case register(Int)
    /// In a slot, advancing with the tiles.
    case stream(slot: Int, offset: Int)
    /// In a slot, advancing with the rows.
    case columnStream(slot: Int, offset: Int)
    /// In a slot, the same for all tiles.
    case scalar(slot: Int, offset: Int)
    case constant(Int)
  }

  struct LoadedView {
    var slot: Int
    var offset: Int
    var rank: Int32
    /// Extents, then strides.
    var geometry: UnsafeMutablePointer<Int>
  }

  struct Accumulator {
    /// The reduction's kernel for rows; unused for sums.
    var kernel: nk_kernel?
    var isSum: Bool
    var scale: Float
    var slot: Int
    /// How many numbers it has: 1 for a total.
    var width: Int
    /// Whether it is a total, kept as a `Double`.
    var isTotal: Bool
    /// Where it starts in a thread's scratch memory, in floats.
    var offset: Int
    var initial: Float
  }

  let count: Int
  let width: Int?
  let rows: Int
  let instructions: [Instruction]
  let locations: [Location]
  let views: [LoadedView]
  let accumulators: [Accumulator]
  let constants: UnsafeMutablePointer<Float>
  /// The stages of rows that go through in pieces; none for other programs.
  let stages: [Stage]
  /// Whether results go past the cache.
  let goesPastCache: Bool
  /// How many instructions reduce pieces.
  let reductionCount: Int
  /// What is done with an element, as a multiple of an addition.
  let cost: Int
  let registerCount: Int
  /// The floats of a register.
  let registerSize: Int
  /// The floats that all accumulators of a thread take.
  let accumulatorSize: Int
  let rowsPerTile: Int
  let tileCount: Int
  /// What the program computes, in words.
  let listing: [String]
  /// The memory that advances with the tiles, if the program is large enough to fetch it ahead.
  let streams: [Stream]

  struct Stream {
    var slot: Int
    var offset: Int
    var isWritten: Bool
  }

  init(
    count: Int, width: Int?, rows: Int, instructions: [Instruction], locations: [Location],
    views: [LoadedView], accumulators: [Accumulator], constants: [Float], registerCount: Int,
    accumulatorSize: Int, stages: [Stage], cost: Int, listing: [String]
  ) {
    self.cost = cost
    self.listing = listing
    self.stages = stages
    reductionCount = stages.isEmpty ? 0 : instructions.count { $0.action == .reduction }
    self.count = count
    self.width = width
    self.rows = rows
    self.instructions = instructions
    self.locations = locations
    self.views = views
    self.accumulators = accumulators
    self.registerCount = registerCount
    self.accumulatorSize = accumulatorSize
    let written = Set(
      instructions.filter { $0.action != .columnSum && $0.action != .total }.map { Int($0.d) })
    let past = Set(instructions.filter(\.goesPastCache).map { Int($0.d) })
    goesPastCache = !past.isEmpty
    streams =
      count < TileProgram.prefetchThreshold
      ? []
      : locations.enumerated().compactMap { position, location in
        if case .stream(let slot, let offset) = location, !past.contains(position) {
          Stream(slot: slot, offset: offset, isWritten: written.contains(position))
        } else {
          nil
        }
      }
    self.constants = .allocate(capacity: max(constants.count, 1))
    self.constants.initialize(from: constants, count: constants.count)
    if let width {
      let tile = width < TileProgram.wideRow ? TileProgram.narrowTile : TileProgram.tile
      rowsPerTile = max(1, tile / max(width, 1))
      registerSize = (max(tile, width) + 15) & ~15
      tileCount = (rows + rowsPerTile - 1) / rowsPerTile
    } else {
      rowsPerTile = 0
      registerSize = TileProgram.tile
      tileCount = (count + TileProgram.tile - 1) / TileProgram.tile
    }
  }

  deinit {
    constants.deallocate()
    for view in views { view.geometry.deallocate() }
  }

  /// The scratch memory, in floats, that one thread needs.
  var scratchSize: Int { registerCount * registerSize + accumulatorSize + partialSize }

  /// How many pieces a row has.
  var pieceCount: Int { ((width ?? 0) + TileProgram.tile - 1) / TileProgram.tile }

  /// The floats that the results of the pieces take.
  private var partialSize: Int { (reductionCount * pieceCount + 15) & ~15 }

  /// How many threads take part.
  func threads(of available: Int) -> Int {
    let isWorth =
      count >= TileProgram.parallelThreshold
      || (accumulators.isEmpty && count * cost >= TileProgram.parallelWork)
    return isWorth ? min(available, max(tileCount, 1)) : 1
  }
}
