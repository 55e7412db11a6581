import CNeuronikaTiles
import NeuronikaGraphs

/// Builds the tile program of a group of values: finds where each operand lies, shares loads, and
/// gives registers to what lives only inside a tile.
struct TileProgramBuilder {
  private let ir: IR
  private let places: [GroupTiles.Place?]
  private let members: Set<Int>
  private let width: Int?
  private let slot: (Int) -> Int
  private let isStored: (Int) -> Bool
  private let mayGoPast: Bool

  private var instructions: [TileProgram.Instruction] = []
  private var locations: [TileProgram.Location] = []
  private var views: [TileProgram.LoadedView] = []
  private var accumulators: [TileProgram.Accumulator] = []
  private var constants: [Float] = []
  private var accumulatorSize = 0
  /// The locations that hold one number a row.
  private var columns: Set<Int> = []
  /// How often each member is read by members.
  private var readers: [Int: Int] = [:]
  /// Where each member's value lies, and each operand from outside.
  private var known: [Source: Int] = [:]
  /// How many registers-to-be there are.
  private var virtualCount = 0

  private enum Source: Hashable {
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
    case .unary(let function, let x):
      emit(function.kernel, action, index, Operand(vector(x, isColumn)))
    case .copy(let x):
      if goesPastCache(index) && readers[index] == nil {
        let out = locate(.stream(slot: slot(index), offset: 0))
        let x = vector(x, isColumn)
        instructions.append(
          TileProgram.Instruction(
            kernel: Kernels.copyPast, action: action, d: out, operands: [x], goesPastCache: true))
        return
      }
      emit(Kernels.copy, action, index, Operand(vector(x, isColumn)))
    case .binary(let function, let x, let y):
      if !isColumn, let (tile, numbers) = numbered(function, x, y) {
        emit(function.numberedKernel!, .numbered, index, Operand(vector(tile, false)), numbers)
        return
      }
      var (a, b) = (operand(x, isColumn), operand(y, isColumn))
      if a.kind == .scalar && b.kind == .scalar { a = Operand(vector(x, isColumn)) }
      emit(function.kernel(a.kind, b.kind), action, index, a, b)
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

  private mutating func emit(
    _ kernel: nk_kernel, _ action: TileProgram.Action, _ index: Int, _ a: Operand? = nil,
    _ b: Operand? = nil, _ c: Operand? = nil, into taken: Int? = nil
  ) {
    let isColumn = places[index]!.isColumn
    let d = taken ?? register()
    let goesPast = goesPastCache(index)
    if isStored(index) && !goesPast {
      // A location that is taken over was written for this value only.
      locations[d] =
        isColumn
        ? .columnStream(slot: slot(index), offset: 0) : .stream(slot: slot(index), offset: 0)
    }
    if isColumn { columns.insert(d) }
    known[.member(index)] = d
    let operands = [a, b, c].compactMap { $0 }
    var instruction = TileProgram.Instruction(
      kernel: kernel, action: action, d: d, operands: operands.map(\.location))
    if operands.contains(where: \.isPerRow) {
      instruction.action = .rowKernel
      for (place, operand) in operands.enumerated() {
        instruction.steps[place] = operand.step(width!)
      }
    }
    instructions.append(instruction)
    if goesPast {
      let out = locate(.stream(slot: slot(index), offset: 0))
      instructions.append(
        TileProgram.Instruction(
          kernel: Kernels.copyPast, action: .kernel, d: out, operands: [d], goesPastCache: true))
    }
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

  // MARK: Operands

  private mutating func locate(_ location: TileProgram.Location) -> Int {
    locations.append(location)
    return locations.count - 1
  }

  private mutating func register() -> Int {
    virtualCount += 1
    return locate(.register(-virtualCount))
  }

  /// Where an operand lies, and how a kernel takes it.
  private struct Operand {
    var location: Int
    var kind: OperandKind
    /// Whether it is a number for each row.
    var isPerRow: Bool

    init(_ location: Int, _ kind: OperandKind = .vector, isPerRow: Bool = false) {
      (self.location, self.kind, self.isPerRow) = (location, kind, isPerRow)
    }

    /// How far it advances from row to row.
    func step(_ width: Int) -> Int32 {
      isPerRow ? 1 : kind == .vector ? Int32(width) : 0
    }
  }

  /// An operand as a tile, as one number, or as a number for each row, whichever it is.
  private mutating func operand(_ reference: Reference, _ isColumn: Bool) -> Operand {
    if let number = number(reference, isColumn) { return Operand(number, .scalar) }
    if !isColumn, let column = column(reference) {
      return Operand(column, .scalar, isPerRow: true)
    }
    return Operand(vector(reference, isColumn))
  }

  /// An operand that is read as a column, one number after another.
  private mutating func numbers(_ reference: Reference) -> Operand {
    Operand(column(reference, always: true) ?? vector(reference, width != 1))
  }

  /// Of two operands, rows and numbers for them, if a kernel takes both as they are.
  private mutating func numbered(
    _ function: TileBinary, _ x: Reference, _ y: Reference
  ) -> (tile: Reference, numbers: Operand)? {
    guard function.numberedKernel != nil, let width, TileProgram.hasFullLines(width) else {
      return nil
    }
    let (xIsColumn, yIsColumn) = (isColumn(x), isColumn(y))
    if xIsColumn == yIsColumn || (xIsColumn && !function.isCommutative) { return nil }
    let (tile, numbers) = xIsColumn ? (y, x) : (x, y)
    if number(tile, false) != nil || number(numbers, false) != nil { return nil }
    return (tile, Operand(column(numbers, always: true)!))
  }

  /// Whether an operand is a number for each row, repeated along it.
  private func isColumn(_ reference: Reference) -> Bool {
    if members.contains(reference.value) { return places[reference.value]!.isColumn }
    return width.map {
      reference.view.isRowExpansion(rows: ir.values[reference.value].shape.count, width: $0)
    } ?? false
  }

  /// The location of the numbers that an operand repeats along rows, if those are wide.
  private mutating func column(_ reference: Reference, always: Bool = false) -> Int? {
    guard let width, always || width >= TileProgram.wideRow, isColumn(reference) else { return nil }
    if members.contains(reference.value) { return known[.member(reference.value)] }
    return cached(.outside(reference, isColumn: true)) { builder in
      builder.locate(.columnStream(slot: builder.slot(reference.value), offset: 0))
    }
  }

  /// The location of an operand that is the same number everywhere.
  private mutating func number(_ reference: Reference, _ isColumn: Bool) -> Int? {
    let source = Source.number(Reference(value: reference.value, view: reference.view.collapsed))
    if let location = known[source] { return location }
    let value = ir.values[reference.value]
    if case .constant(let bits) = value.kind {
      constants.append(Float(bitPattern: bits))
      let location = locate(.constant(constants.count - 1))
      known[source] = location
      return location
    }
    guard reference.view.isSingle, !members.contains(reference.value) else { return nil }
    let location = locate(.scalar(slot: slot(reference.value), offset: reference.view.offset))
    known[source] = location
    return location
  }

  /// The location of an operand as a tile.
  private mutating func vector(_ reference: Reference, _ isColumn: Bool) -> Int {
    let value = reference.value
    if members.contains(value) {
      let location = known[.member(value)]!
      guard places[value]!.isColumn && !isColumn else { return location }
      return cached(.expanded(value)) { builder in
        builder.fresh(Kernels.expand, .apart, location)
      }
    }
    if case .constant = ir.values[value].kind {
      return cached(.filled(reference, isColumn: isColumn)) { builder in
        let number = builder.number(reference, isColumn)!
        return builder.fresh(Kernels.fill, isColumn ? .columnKernel : .kernel, number)
      }
    }
    return cached(.outside(reference, isColumn: isColumn)) { builder in
      let (slot, view) = (builder.slot(value), reference.view)
      if view.isContiguous {
        return builder.locate(
          isColumn
            ? .columnStream(slot: slot, offset: view.offset)
            : .stream(slot: slot, offset: view.offset))
      }
      if view.isSingle {
        let number = builder.number(reference, isColumn)!
        return builder.fresh(Kernels.fill, isColumn ? .columnKernel : .kernel, number)
      }
      let geometry = view.collapsed
      let rank = geometry.extents.count
      let memory = UnsafeMutablePointer<Int>.allocate(capacity: max(2 * rank, 1))
      for axis in 0..<rank {
        memory[axis] = geometry.extents[axis]
        memory[rank + axis] = geometry.strides[axis]
      }
      builder.views.append(
        TileProgram.LoadedView(
          slot: slot, offset: view.offset, rank: Int32(rank), geometry: memory))
      let d = builder.register()
      if isColumn { builder.columns.insert(d) }
      builder.instructions.append(
        TileProgram.Instruction(
          kernel: nil, action: isColumn ? .columnLoad : .load, d: d, operands: [],
          view: builder.views.count - 1))
      return d
    }
  }

  private mutating func cached(_ source: Source, _ make: (inout Self) -> Int) -> Int {
    if let location = known[source] { return location }
    let location = make(&self)
    known[source] = location
    return location
  }

  private mutating func fresh(_ kernel: nk_kernel, _ action: TileProgram.Action, _ a: Int) -> Int {
    let d = register()
    if action == .columnKernel { columns.insert(d) }
    instructions.append(
      TileProgram.Instruction(kernel: kernel, action: action, d: d, operands: [a]))
    return d
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
