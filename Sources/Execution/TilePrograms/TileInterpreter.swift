import CNeuronikaOpenMP
import CNeuronikaTiles

extension TileProgram {
  /// What the threads of a region share.
  private struct Region {
    let program: Unmanaged<TileProgram>
    let slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
    let scratch: UnsafeMutablePointer<Float>
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
    let threads: Int
  }

  /// Runs the program.
  ///
  /// - Parameters:
  ///   - slots: The memory of each slot.
  ///   - threads: How many threads may take part.
  ///   - workspace: The calling thread's.
  func run(
    slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, threads available: Int,
    workspace: Workspace
  ) {
    let threads = threads(of: available)
    let scratch = workspace.scratch(floats: scratchSize * threads)
    let pointers = workspace.pointers(locations.count * threads)
    var region = Region(
      program: Unmanaged.passUnretained(self), slots: slots, scratch: scratch, pointers: pointers,
      threads: threads)
    if threads == 1 {
      runShare(0, region)
    } else {
      withUnsafeMutablePointer(to: &region) { region in
        GOMP_parallel(
          { data in
            let region = data!.assumingMemoryBound(to: Region.self).pointee
            let program = region.program._withUnsafeGuaranteedRef { $0 }
            program.runShare(Int(omp_get_thread_num()), region)
          }, region, UInt32(threads), 0)
      }
    }
    if !accumulators.isEmpty { combine(region) }
  }

  private func runShare(_ thread: Int, _ region: Region) {
    let scratch = region.scratch + thread * scratchSize
    let sums = scratch + registerCount * registerSize
    let p = region.pointers + thread * locations.count
    let slots = region.slots
    let (first, last) = (
      thread * tileCount / region.threads, (thread + 1) * tileCount / region.threads
    )
    prepare(p, sums, scratch, slots)

    for tile in first..<last {
      let row = tile * rowsPerTile
      let start: Int
      let tileRows: Int
      let tileWidth: Int
      if let width {
        start = row * width
        tileRows = min(rowsPerTile, rows - row)
        tileWidth = width
      } else {
        start = tile * TileProgram.tile
        tileRows = 1
        tileWidth = min(TileProgram.tile, count - start)
      }
      let next = streams.isEmpty || tile + 1 == last ? nil : start + tileRows * tileWidth
      if stages.isEmpty {
        interpret(
          p, slots, sums, start: start, row: row, rows: tileRows, width: tileWidth, next: next)
      } else {
        interpretRow(
          p, slots, sums, sums + accumulatorSize, row: row, width: tileWidth, next: next)
      }
    }
    if goesPastCache { nk_fence() }
  }

  /// Runs all instructions on one tile.
  @inline(__always)
  func interpret(
    _ p: UnsafeMutablePointer<UnsafeMutablePointer<Float>>,
    _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ sums: UnsafeMutablePointer<Float>,
    start: Int, row: Int, rows: Int, width: Int, next: Int? = nil
  ) {
    advance(p, slots, start, row)
    for (position, instruction) in instructions.enumerated() {
      if let next { fetch(slots, next, rows * width, part: position, of: instructions.count) }
      execute(instruction, p, slots, sums, start: start, row: row, rows: rows, width: width)
    }
  }

  @inline(__always)
  func execute(
    _ instruction: Instruction, _ p: UnsafeMutablePointer<UnsafeMutablePointer<Float>>,
    _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ sums: UnsafeMutablePointer<Float>,
    start: Int, row: Int, rows: Int, width: Int
  ) {
    let d = Int(instruction.d)
    let a = p[Int(instruction.a)]
    switch instruction.action {
    case .kernel, .numbered, .apart, .reduction, .whole, .wholeApart:
      instruction.kernel.unsafelyUnwrapped(
        p[d], a, p[Int(instruction.b)], p[Int(instruction.c)], rows, width)
    case .rowKernel:
      let (b, c) = (p[Int(instruction.b)], p[Int(instruction.c)])
      let steps = instruction.steps
      for row in 0..<rows {
        instruction.kernel.unsafelyUnwrapped(
          p[d] + row * width, a + row * Int(steps[0]), b + row * Int(steps[1]),
          c + row * Int(steps[2]), 1, width)
      }
    case .columnKernel:
      instruction.kernel.unsafelyUnwrapped(
        p[d], a, p[Int(instruction.b)], p[Int(instruction.c)], 1, rows)
    case .load, .columnLoad:
      let isColumn = instruction.action == .columnLoad
      let view = views[Int(instruction.view)]
      nk_load(
        p[d], slots[view.slot] + view.offset, isColumn ? row : start,
        isColumn ? rows : rows * width, view.rank, view.geometry, view.geometry + Int(view.rank))
    case .columnSum:
      instruction.kernel.unsafelyUnwrapped(
        sums + accumulators[d].offset, a, nil, nil, rows, width)
    case .total:
      addTotal(accumulators[d], a, rows * width, sums)
    }
  }

  /// Starts bringing a part of the next tile into the cache. In parts, because a core waits for no
  /// more than some twenty lines at once: all at a time would be waited for, not computed beside.
  @inline(__always)
  func fetch(
    _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ next: Int, _ size: Int, part: Int,
    of parts: Int
  ) {
    let length = (size / parts + 16) & ~15
    let first = part * length
    let count = min(first + length, size, count - next) - first
    for stream in streams {
      nk_prefetch(
        slots[stream.slot] + stream.offset + next + first, count, stream.isWritten ? 1 : 0)
    }
  }

  /// Sets the pointers that are the same for all tiles, and the accumulators.
  @inline(__always)
  func prepare(
    _ p: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ sums: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>,
    _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  ) {
    for position in locations.indices {
      switch locations[position] {
      case .register(let register): p[position] = scratch + register * registerSize
      case .scalar(let slot, let offset): p[position] = slots[slot] + offset
      case .constant(let constant): p[position] = constants + constant
      case .stream(let slot, let offset), .columnStream(let slot, let offset):
        p[position] = slots[slot] + offset
      }
    }
    for accumulator in accumulators {
      let memory = sums + accumulator.offset
      if accumulator.isTotal {
        UnsafeMutableRawPointer(memory).storeBytes(
          of: accumulator.isSum ? 0 : Double(accumulator.initial), as: Double.self)
      } else {
        memory.update(repeating: 0, count: accumulator.width)
      }
    }
  }

  @inline(__always)
  func advance(
    _ p: UnsafeMutablePointer<UnsafeMutablePointer<Float>>,
    _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ start: Int, _ row: Int
  ) {
    // Rows may be empty.
    if start == 0 && row == 0 { return }
    for position in locations.indices {
      switch locations[position] {
      case .stream(let slot, let offset): p[position] = slots[slot] + offset + start
      case .columnStream(let slot, let offset): p[position] = slots[slot] + offset + row
      default: break
      }
    }
  }

  func addTotal(
    _ accumulator: Accumulator, _ a: UnsafeMutablePointer<Float>, _ count: Int,
    _ sums: UnsafeMutablePointer<Float>
  ) {
    let memory = UnsafeMutableRawPointer(sums + accumulator.offset)
    let former = memory.load(as: Double.self)
    if accumulator.isSum {
      memory.storeBytes(of: former + nk_total(a, count), as: Double.self)
    } else {
      var extreme: Float = 0
      accumulator.kernel!(&extreme, a, nil, nil, 1, count)
      memory.storeBytes(of: extremeOf(former, Double(extreme), accumulator), as: Double.self)
    }
  }

  /// The greater or the lesser of two numbers, by the accumulator's kernel.
  private func extremeOf(_ first: Double, _ second: Double, _ accumulator: Accumulator) -> Double {
    var pair = SIMD2(Float(first), Float(second))
    withUnsafeMutableBytes(of: &pair) { bytes in
      let numbers = bytes.baseAddress!.assumingMemoryBound(to: Float.self)
      accumulator.kernel!(numbers, numbers, nil, nil, 1, 2)
    }
    return Double(pair[0])
  }

  /// Adds up what the threads have accumulated, in their order, and writes the results.
  private func combine(_ region: Region) {
    for accumulator in accumulators {
      let out = region.slots[accumulator.slot]
      func memory(_ thread: Int) -> UnsafeMutablePointer<Float> {
        region.scratch + thread * scratchSize + registerCount * registerSize + accumulator.offset
      }
      if accumulator.isTotal {
        var total = accumulator.isSum ? 0 : Double(accumulator.initial)
        for thread in 0..<region.threads {
          let part = UnsafeMutableRawPointer(memory(thread)).load(as: Double.self)
          total = accumulator.isSum ? total + part : extremeOf(total, part, accumulator)
        }
        out.pointee = Float(total * Double(accumulator.scale))
      } else {
        let sum = memory(0)
        for thread in 1..<max(region.threads, 1) {
          nk_kernel_for(Int32(NK_ADD_VV.rawValue))(
            sum, sum, memory(thread), nil, 1, accumulator.width)
        }
        if accumulator.scale == 1 {
          out.update(from: sum, count: accumulator.width)
        } else {
          var scale = accumulator.scale
          nk_kernel_for(Int32(NK_MUL_VS.rawValue))(out, sum, &scale, nil, 1, accumulator.width)
        }
      }
    }
  }
}
