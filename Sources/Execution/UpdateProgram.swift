import CNeuronikaOpenMP
import CNeuronikaTiles
import NeuronikaGraphs
import NeuronikaTensors

/// An elementwise update in place of any number of tensors, in one parallel region: how optimizers
/// step. Stated in the vocabulary that operations are lowered to.
///
/// ```
/// let descent = UpdateProgram(operands: 2, numbers: 1) { x, n in [x[0] - n[0] * x[1]] }
/// ```
package final class UpdateProgram: Sendable {
  private let program: TileProgram
  private let operands: Int
  private let updated: Int
  private let numbers: Int

  /// - Parameters:
  ///   - operands: How many tensors of one shape there are for each update.
  ///   - numbers: How many numbers all updates share.
  ///   - body: From the operands and the numbers the new values of the first operands.
  package init(operands: Int, numbers: Int, _ body: ([Tile], [Tile]) -> [Tile]) {
    let tiles = (0..<operands + numbers).map { Tile.operand($0) }
    let results = body(Array(tiles[..<operands]), Array(tiles[operands...]))
    self.operands = operands
    self.numbers = numbers
    updated = results.count

    let shape = Shape(1 << 20)
    var lowerer = Lowerer()
    let references = (0..<operands + numbers).map {
      lowerer.ir.add(.input($0), $0 < operands ? shape : Shape())
    }
    let broadcast = references.map {
      Reference(value: $0.value, view: $0.view.broadcast(to: shape))
    }
    var values = results.map { lowerer.elementwise($0, broadcast, shape).value }

    // A result goes straight to the operand's memory if nothing reads the operand after it; else
    // through a copy at the end.
    for (operand, value) in values.enumerated() {
      let lastReader = lowerer.ir.values.lastIndex {
        $0.references.contains { $0.value == references[operand].value }
      }
      let isFresh = value >= operands + numbers && values.filter { $0 == value }.count == 1
      if !isFresh || (lastReader ?? 0) > value {
        values[operand] =
          lowerer.ir.addUnshared(.copy(Reference(value: value, view: StridedView(shape))), shape)
      }
    }
    let ir = lowerer.ir
    let grouping = GroupTiles(ir, live: ir.values.map { _ in true })
    let place = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
    let tiled = ir.values.indices.filter { ir.values[$0].isTiled }
    program = TileProgramBuilder.build(
      GroupTiles.Group(space: .init(count: shape.count, width: nil), values: tiled), ir,
      grouping.places, slot: { $0 < operands + numbers ? $0 : place[$0]! },
      isStored: { place[$0] != nil }, mayGoPast: false)
  }

  /// What the threads of a region share.
  private struct Region {
    let program: Unmanaged<TileProgram>
    let slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
    let counts: UnsafePointer<Int>
    let updates: Int
    let stride: Int
    let total: Int
    let scratch: UnsafeMutablePointer<Float>
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
    let threads: Int
  }

  /// Runs one update.
  package func run(
    count: Int, numbers: [Float], updating: UnsafeMutablePointer<Tensor>, reading: Tensor
  ) {
    updating.pointee.makeUnique()
    run(
      counts: [count], pointers: [updating.pointee.storage.pointer, reading.storage.pointer],
      numbers: numbers)
  }

  /// Runs all updates.
  ///
  /// - Parameters:
  ///   - counts: How many elements each update has.
  ///   - pointers: The memory of the operands: all of the first update, then all of the second.
  ///   - numbers: What all updates share.
  package func run(counts: [Int], pointers: [UnsafeMutablePointer<Float>], numbers: [Float]) {
    assert(pointers.count == counts.count * operands && numbers.count == self.numbers)
    let workspace = Workspace.current
    let slots = workspace.slots(stride * counts.count)
    let shared = workspace.numbers(max(numbers.count, 1))
    for (position, number) in numbers.enumerated() { shared[position] = number }
    for update in counts.indices {
      for operand in 0..<operands {
        slots[update * stride + operand] = pointers[update * operands + operand]
      }
      for number in numbers.indices { slots[update * stride + operands + number] = shared + number }
    }
    counts.withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return }
      run(updates: $0.count, counts: base, slots: slots, workspace)
    }
  }

  /// The pointers that an update takes: to each operand, then to each number.
  var stride: Int { operands + numbers }

  /// Runs all updates.
  ///
  /// - Parameters:
  ///   - updates: How many there are.
  ///   - counts: How many elements each has.
  ///   - slots: The `stride` pointers of each.
  ///   - workspace: The calling thread's.
  func run(
    updates: Int, counts: UnsafePointer<Int>,
    slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ workspace: Workspace
  ) {
    if WorkCounting.isOn {
      WorkCounting.add(program, counts: UnsafeBufferPointer(start: counts, count: updates))
    }
    var total = 0
    for update in 0..<updates { total += counts[update] }
    let available = total < TileProgram.parallelThreshold ? 1 : ThreadTeam.count
    let hasTeam = available > 1 && ThreadTeam.tryTake()
    defer { if hasTeam { ThreadTeam.release() } }
    let threads = hasTeam ? available : 1

    let scratch = workspace.scratch(floats: program.scratchSize * threads)
    let locations = workspace.pointers(program.locations.count * threads)
    var region = Region(
      program: Unmanaged.passUnretained(program), slots: slots, counts: counts, updates: updates,
      stride: stride, total: total, scratch: scratch, pointers: locations, threads: threads)
    if threads == 1 {
      let former = nk_flush_denormals()
      UpdateProgram.runShare(0, region)
      nk_restore_denormals(former)
    } else {
      GOMP_parallel(
        { data in
          let former = nk_flush_denormals()
          UpdateProgram.runShare(
            Int(omp_get_thread_num()), data!.assumingMemoryBound(to: Region.self).pointee)
          nk_restore_denormals(former)
        }, &region, UInt32(threads), 0)
    }
  }

  /// The elements from `first` on that are a thread's share, rounded to tiles, across all updates.
  private static func runShare(_ thread: Int, _ region: Region) {
    let program = region.program._withUnsafeGuaranteedRef { $0 }
    let tile = TileProgram.tile
    func bound(_ share: Int) -> Int {
      share == region.threads
        ? region.total : (share * region.total / region.threads + tile - 1) / tile * tile
    }
    let (first, last) = (bound(thread), bound(thread + 1))
    let scratch = region.scratch + thread * program.scratchSize
    let p = region.pointers + thread * program.locations.count
    var start = 0
    for update in 0..<region.updates {
      let count = region.counts[update]
      let lower = max(first - start, 0)
      let upper = min(last - start, count)
      start += count
      if lower >= upper { continue }
      let slots = region.slots + update * region.stride
      program.prepare(p, scratch, scratch, slots)
      for begin in Swift.stride(from: lower, to: upper, by: tile) {
        program.interpret(
          p, slots, scratch, start: begin, row: 0, rows: 1, width: min(tile, upper - begin))
      }
    }
  }
}
