import CNeuronikaTiles

// Rows too wide for the first cache go through in pieces, so that what an instruction makes of a piece
// is still there when the next one reads it. A reduction ends a stage: what needs its number waits until
// all pieces are through.

extension TileProgram {
  /// Instructions that are run on all pieces of a row before those of the next stage.
  struct Stage {
    /// What comes first: on the whole row, or on its numbers.
    var whole: Range<Int>
    /// What then is run piece by piece.
    var pieces: Range<Int>
  }

  /// Puts instructions in the order of stages.
  ///
  /// - Parameters:
  ///   - instructions: In an order in which they could be run on whole rows, before registers are given
  ///     out.
  ///   - isTile: Whether a location holds a row, not a number.
  static func inStages(
    _ instructions: [Instruction], isTile: [Bool]
  ) -> (instructions: [Instruction], stages: [Stage]) {
    // From which stage on a location can be read in pieces, and whole.
    var ready = [(pieces: Int, whole: Int)](repeating: (0, 0), count: isTile.count)
    var placed: [(stage: Int, isInPieces: Bool, instruction: Instruction)] = []
    for var instruction in instructions {
      let isInPieces = instruction.isInPieces
      let operands = instruction.operands
      let stage =
        operands.map { isInPieces && isTile[$0] ? ready[$0].pieces : ready[$0].whole }.max() ?? 0
      if instruction.definesLocation {
        let after = instruction.action == .reduction ? stage + 1 : stage
        ready[Int(instruction.d)] = (after, isInPieces ? stage + 1 : stage)
      }
      for (place, operand) in operands.enumerated() {
        instruction.tiles[place] = isTile[operand] ? 1 : 0
      }
      placed.append((stage, isInPieces, instruction))
    }
    var ordered: [Instruction] = []
    var stages: [Stage] = []
    for stage in 0...(placed.map(\.stage).max() ?? 0) {
      func add(_ isInPieces: Bool) -> Range<Int> {
        let first = ordered.count
        ordered += placed.filter { $0.stage == stage && $0.isInPieces == isInPieces }
          .map(\.instruction)
        return first..<ordered.count
      }
      stages.append(Stage(whole: add(false), pieces: add(true)))
    }
    return (ordered, stages)
  }

  /// Runs all instructions on one row.
  ///
  /// - Parameters:
  ///   - partials: For the results of the pieces.
  ///   - next: Where the thread's next row begins.
  @inline(never)
  func interpretRow(
    _ p: UnsafeMutablePointer<UnsafeMutablePointer<Float>>,
    _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ sums: UnsafeMutablePointer<Float>,
    _ partials: UnsafeMutablePointer<Float>, row: Int, width: Int, next: Int?
  ) {
    let start = row * width
    advance(p, slots, start, row)
    let pieceCount = pieceCount
    for (number, stage) in stages.enumerated() {
      for position in stage.whole {
        execute(
          instructions[position], p, slots, sums, start: start, row: row, rows: 1, width: width)
      }
      if stage.pieces.isEmpty { continue }
      for piece in 0..<pieceCount {
        if let next {
          fetch(
            slots, next, width, part: number * pieceCount + piece, of: stages.count * pieceCount)
        }
        let first = piece * TileProgram.tile
        let length = min(TileProgram.tile, width - first)
        var out = partials + piece
        for position in stage.pieces {
          execute(
            instructions[position], p, slots, sums, &out, start: start, first: first, length: length
          )
        }
      }
      var reduced = partials
      for position in stage.pieces where instructions[position].action == .reduction {
        combine(instructions[position], reduced, into: p)
        reduced += pieceCount
      }
    }
  }

  /// Runs an instruction on a piece of a row.
  ///
  /// - Parameter out: Where the next reduction's result goes.
  @inline(__always)
  private func execute(
    _ instruction: Instruction, _ p: UnsafeMutablePointer<UnsafeMutablePointer<Float>>,
    _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ sums: UnsafeMutablePointer<Float>,
    _ out: inout UnsafeMutablePointer<Float>, start: Int, first: Int, length: Int
  ) {
    let d = Int(instruction.d)
    let a = p[Int(instruction.a)] + first * Int(instruction.tiles[0])
    switch instruction.action {
    case .kernel, .rowKernel, .apart:
      instruction.kernel.unsafelyUnwrapped(
        p[d] + first, a, p[Int(instruction.b)] + first * Int(instruction.tiles[1]),
        p[Int(instruction.c)] + first * Int(instruction.tiles[2]), 1, length)
    case .reduction:
      instruction.kernel.unsafelyUnwrapped(out, a, nil, nil, 1, length)
      out += pieceCount
    case .load:
      let view = views[Int(instruction.view)]
      nk_load(
        p[d] + first, slots[view.slot] + view.offset, start + first, length, view.rank,
        view.geometry, view.geometry + Int(view.rank))
    case .columnSum:
      instruction.kernel.unsafelyUnwrapped(
        sums + accumulators[d].offset + first, a, nil, nil, 1, length)
    case .total: addTotal(accumulators[d], a, length, sums)
    case .numbered, .whole, .wholeApart, .columnKernel, .columnLoad:
      fatalError("an instruction that isn't run in pieces")
    }
  }

  /// Makes one number of those of the pieces. Sums meet in double, as they do in the kernel.
  private func combine(
    _ instruction: Instruction, _ partials: UnsafeMutablePointer<Float>,
    into p: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  ) {
    if instruction.isSum {
      p[Int(instruction.d)].pointee = Float(nk_total(partials, pieceCount))
    } else {
      instruction.kernel.unsafelyUnwrapped(
        p[Int(instruction.d)], partials, nil, nil, 1, pieceCount)
    }
  }
}

extension TileProgram.Instruction {
  /// Whether it may be run piece by piece.
  fileprivate var isInPieces: Bool {
    switch action {
    case .kernel, .rowKernel, .apart, .reduction, .load, .columnSum, .total: true
    case .numbered, .whole, .wholeApart, .columnKernel, .columnLoad: false
    }
  }

  /// Whether `d` is a location, not an accumulator.
  var definesLocation: Bool { action != .columnSum && action != .total }
}
