import CNeuronikaTiles
import NeuronikaGraphs

/// Builds the tile program of a group of values: finds where each operand lies, shares loads, and
/// gives registers to what lives only inside a tile.
struct TileProgramBuilder {
  let ir: IR
  let places: [GroupTiles.Place?]
  let members: Set<Int>
  let width: Int?
  let slot: (Int) -> Int
  private let isStored: (Int) -> Bool
  private let mayGoPast: Bool

  var instructions: [TileProgram.Instruction] = []
  var locations: [TileProgram.Location] = []
  var views: [TileProgram.LoadedView] = []
  private var accumulators: [TileProgram.Accumulator] = []
  var constants: [Float] = []
  private var accumulatorSize = 0
  /// The locations that hold one number a row.
  var columns: Set<Int> = []
  /// How often each member is read by members.
  private var readers: [Int: Int] = [:]
  /// Where each member's value lies, and each operand from outside.
  var known: [Source: Int] = [:]
  /// How many registers-to-be there are.
  var virtualCount = 0

  enum Source: Hashable {
    case member(Int)
    case expanded(Int)
    case outside(Reference, isColumn: Bool)
    case filled(Reference, isColumn: Bool)
    case number(Reference)
  }

  /// - Parameters:
  ///   - slot: The slot of a value that has one.
  ///   - isStored: Whether a member is read from outside the program.
  ///   - mayGoPast: Whether large results may go past the cache into memory: not what is changed in
  ///     place, which is in the cache.
  static func build(
    _ group: GroupTiles.Group, _ ir: IR, _ places: [GroupTiles.Place?],
    slot: @escaping (Int) -> Int, isStored: @escaping (Int) -> Bool, mayGoPast: Bool
  ) -> TileProgram {
    var builder = TileProgramBuilder(
      ir: ir, places: places, members: Set(group.values), width: group.space.width, slot: slot,
      isStored: isStored, mayGoPast: mayGoPast)
    for value in group.values {
      for reference in ir.values[value].references where builder.members.contains(reference.value) {
        builder.readers[reference.value, default: 0] += 1
      }
    }
    for value in group.values { builder.add(value) }
    let stages = builder.arrange()
    let registers = TileProgram.assignRegisters(
      builder.instructions, stages, in: &builder.locations)
    var rows = 0
    if let width = group.space.width {
      rows = width == 0 ? builder.emptyRows(group) : group.space.count / width
    }
    return TileProgram(
      count: group.space.count, width: group.space.width, rows: rows,
      instructions: builder.instructions, locations: builder.locations, views: builder.views,
      accumulators: builder.accumulators, constants: builder.constants, registerCount: registers,
      accumulatorSize: builder.accumulatorSize, stages: stages,
      cost: group.values.reduce(0) { builder.cost(of: $1) + $0 },
      listing: group.values.map { builder.ir.values[$0].name })
  }

  private init(
    ir: IR, places: [GroupTiles.Place?], members: Set<Int>, width: Int?,
    slot: @escaping (Int) -> Int, isStored: @escaping (Int) -> Bool, mayGoPast: Bool
  ) {
    (self.ir, self.places, self.members, self.width) = (ir, places, members, width)
    (self.slot, self.isStored, self.mayGoPast) = (slot, isStored, mayGoPast)
  }

  /// The rows of a program whose rows are empty: as many as its one value has numbers.
  private func emptyRows(_ group: GroupTiles.Group) -> Int {
    let value = group.values[0]
    return places[value]!.isColumn ? ir.values[value].shape.count : 0
  }

  // MARK: Instructions

  private mutating func add(_ index: Int) {
    let value = ir.values[index]
    let isColumn = places[index]!.isColumn
    let action: TileProgram.Action = isColumn ? .columnKernel : .kernel
    switch value.kind {
    case .unary(.exp, let x) where isJustSubtracted(x, isColumn):
      // One instruction of both.
      var difference = instructions.removeLast()
      difference.kernel =
        difference.action == .numbered ? Kernels.expOfNumberedDifference : Kernels.expOfDifference
      difference.subtractsNumber = false
      append(difference, index)
    case .unary(let function, let x):
      emit(function.kernel, action, index, Operand(vector(x, isColumn)))
    case .copy(let x):
      if goesPastCache(index) && readers[index] == nil {
        return copyPastCache(vector(x, isColumn), index)
      }
      emit(Kernels.copy, action, index, Operand(vector(x, isColumn)))
    case .binary(let function, let x, let y):
      if !isColumn, let (tile, numbers) = numbered(function, x, y) {
        emit(function.numberedKernel!, .numbered, index, Operand(vector(tile, false)), numbers)
        instructions[instructions.count - 1].subtractsNumber = function == .subtract
        return
      }
      var (a, b) = (operand(x, isColumn), operand(y, isColumn))
      if a.kind == .scalar && b.kind == .scalar { a = Operand(vector(x, isColumn)) }
      emit(function.kernel(a.kind, b.kind), action, index, a, b)
      instructions[instructions.count - 1].subtractsNumber =
        function == .subtract && a.kind == .vector && b.kind == .scalar
    case .select(let x, let y, let z):
      let a = Operand(vector(x, isColumn))
      let (b, c) = (operand(y, isColumn), operand(z, isColumn))
      emit(Kernels.select(b.kind, c.kind), action, index, a, b, c)
    case .columnIndex:
      emit(Kernels.column, .whole, index)
    case .rowReduction(let reduction, let x, _):
      emit(
        reduction.rowKernel, reduction.isThatOfItsPieces ? .reduction : .whole, index,
        Operand(vector(x, false)))
      instructions[instructions.count - 1].isSum = reduction == .sum
    case .rowScan(let x, _):
      emit(Kernels.scan, .whole, index, Operand(vector(x, false)))
    case .rowElement(let x, let position, _):
      emit(Kernels.pick, .whole, index, Operand(vector(x, false)), numbers(position))
    case .rowAdding(let x, let amount, let position, _):
      let rows = vector(x, false)
      let isAlone = readers[x.value] == 1 && known[.member(x.value)] == rows && !isStored(x.value)
      emit(
        Kernels.rowAdd, isAlone ? .whole : .wholeApart, index, Operand(rows), numbers(position),
        numbers(amount), into: isAlone ? rows : nil)
    case .columnSum(let x, let scale):
      accumulate(
        index, vector(x, false), .columnSum, Kernels.columnSum,
        TileProgram.Accumulator(
          kernel: nil, isSum: true, scale: scale, slot: slot(index), width: value.shape.count,
          isTotal: false, offset: accumulatorSize, initial: 0))
    case .total(let reduction, let x, let scale):
      accumulate(
        index, vector(x, false), .total, nil,
        TileProgram.Accumulator(
          kernel: reduction.rowKernel, isSum: reduction == .sum, scale: scale, slot: slot(index),
          width: 1, isTotal: true, offset: accumulatorSize, initial: reduction.initial))
    case .input, .constant, .contraction, .convolution, .windows, .assembly, .gather, .scatter,
      .opaque, .random:
      fatalError("a tile program can't compute this")
    }
  }

  /// Whether an operand is what the last instruction computed by subtracting a number, or a number for
  /// each row, and nobody else reads it.
  private func isJustSubtracted(_ x: Reference, _ isColumn: Bool) -> Bool {
    guard let last = instructions.last else { return false }
    return last.subtractsNumber && known[.member(x.value)] == Int(last.d)
      && readers[x.value] == 1 && !isStored(x.value) && places[x.value]!.isColumn == isColumn
  }

  private mutating func emit(
    _ kernel: nk_kernel, _ action: TileProgram.Action, _ index: Int, _ a: Operand? = nil,
    _ b: Operand? = nil, _ c: Operand? = nil, into taken: Int? = nil
  ) {
    let d = taken ?? register()
    let operands = [a, b, c].compactMap { $0 }
    var instruction = TileProgram.Instruction(
      kernel: kernel, action: action, d: d, operands: operands.map(\.location))
    if operands.contains(where: \.isPerRow) {
      instruction.action = .rowKernel
      for (place, operand) in operands.enumerated() {
        instruction.steps[place] = operand.step(width!)
      }
    }
    append(instruction, index)
  }

  /// Appends what computes a value, and stores it if others read it. A location that was there before
  /// is this value's from here on.
  private mutating func append(_ instruction: TileProgram.Instruction, _ index: Int) {
    let (d, isColumn) = (Int(instruction.d), places[index]!.isColumn)
    let goesPast = goesPastCache(index)
    if isStored(index) && !goesPast {
      locations[d] =
        isColumn
        ? .columnStream(slot: slot(index), offset: 0) : .stream(slot: slot(index), offset: 0)
    }
    if isColumn { columns.insert(d) }
    known[.member(index)] = d
    instructions.append(instruction)
    if goesPast { copyPastCache(d, index) }
  }

  /// Stores what lies at a location past the cache.
  private mutating func copyPastCache(_ a: Int, _ index: Int) {
    let d = locate(.stream(slot: slot(index), offset: 0))
    instructions.append(
      TileProgram.Instruction(
        kernel: Kernels.copyPast, action: .kernel, d: d, operands: [a], goesPastCache: true))
  }

  /// Whether a result goes past the cache into memory.
  private func goesPastCache(_ index: Int) -> Bool {
    mayGoPast && isStored(index) && !places[index]!.isColumn
      && ir.values[index].shape.count >= TileProgram.pastCache
      && (width ?? 0) <= TileProgram.widestPastCache
  }

  private mutating func accumulate(
    _ index: Int, _ a: Int, _ action: TileProgram.Action, _ kernel: nk_kernel?,
    _ accumulator: TileProgram.Accumulator
  ) {
    accumulators.append(accumulator)
    accumulatorSize += ((accumulator.isTotal ? 2 : accumulator.width) + 15) & ~15
    instructions.append(
      TileProgram.Instruction(
        kernel: kernel, action: action, d: accumulators.count - 1, operands: [a]))
  }

  /// What a value costs for each element, as a multiple of an addition; of numbers for rows, nothing.
  private func cost(of index: Int) -> Int {
    if places[index]!.isColumn && !ir.values[index].reducesRows { return 0 }
    return switch ir.values[index].kind {
    case .unary(let function, _): function.cost
    case .binary(.power, _, _): 40
    default: 1
    }
  }

  // MARK: Stages

  /// Puts the instructions of rows that go through in pieces in their order.
  private mutating func arrange() -> [TileProgram.Stage] {
    guard let width, width >= TileProgram.piecedRow else { return [] }
    let isTile = locations.enumerated().map { place, location in
      switch location {
      case .register, .stream: !columns.contains(place)
      case .columnStream, .scalar, .constant: false
      }
    }
    let (ordered, stages) = TileProgram.inStages(instructions, isTile: isTile)
    instructions = ordered
    return stages
  }
}
