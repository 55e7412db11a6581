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

  private var instructions: [TileProgram.Instruction] = []
  private var locations: [TileProgram.Location] = []
  private var views: [TileProgram.LoadedView] = []
  private var accumulators: [TileProgram.Accumulator] = []
  private var constants: [Float] = []
  private var accumulatorSize = 0
  /// Where each member's value lies, and each operand from outside.
  private var known: [Source: Int] = [:]
  /// For each instruction, the location it defines, for giving out registers.
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
  static func build(
    _ group: GroupTiles.Group, _ ir: IR, _ places: [GroupTiles.Place?],
    slot: @escaping (Int) -> Int,
    isStored: @escaping (Int) -> Bool
  ) -> TileProgram {
    var builder = TileProgramBuilder(
      ir: ir, places: places, members: Set(group.values), width: group.space.width, slot: slot,
      isStored: isStored)
    for value in group.values { builder.add(value) }
    let registers = builder.allocateRegisters()
    var rows = 0
    if let width = group.space.width {
      rows = width == 0 ? builder.emptyRows(group) : group.space.count / width
    }
    return TileProgram(
      count: group.space.count, width: group.space.width, rows: rows,
      instructions: builder.instructions, locations: builder.locations, views: builder.views,
      accumulators: builder.accumulators, constants: builder.constants, registerCount: registers,
      accumulatorSize: builder.accumulatorSize,
      listing: group.values.map { builder.ir.values[$0].name })
  }

  private init(
    ir: IR, places: [GroupTiles.Place?], members: Set<Int>, width: Int?,
    slot: @escaping (Int) -> Int, isStored: @escaping (Int) -> Bool
  ) {
    (self.ir, self.places, self.members, self.width) = (ir, places, members, width)
    (self.slot, self.isStored) = (slot, isStored)
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
      emit(Kernels.copy, action, index, Operand(vector(x, isColumn)))
    case .binary(let function, let x, let y):
      var (a, b) = (operand(x, isColumn), operand(y, isColumn))
      if a.kind == .scalar && b.kind == .scalar { a = Operand(vector(x, isColumn)) }
      emit(function.kernel(a.kind, b.kind), action, index, a, b)
    case .select(let x, let y, let z):
      let a = Operand(vector(x, isColumn))
      let (b, c) = (operand(y, isColumn), operand(z, isColumn))
      emit(Kernels.select(b.kind, c.kind), action, index, a, b, c)
    case .columnIndex:
      emit(Kernels.column, action, index, Operand(0))
    case .rowReduction(let reduction, let x, _):
      emit(reduction.rowKernel, .kernel, index, Operand(vector(x, false)))
    case .rowScan(let x, _):
      emit(Kernels.scan, .kernel, index, Operand(vector(x, false)))
    case .rowElement(let x, let position, _):
      emit(Kernels.pick, .kernel, index, Operand(vector(x, false)), numbers(position))
    case .rowAdding(let x, let amount, let position, _):
      emit(
        Kernels.rowAdd, .apart, index, Operand(vector(x, false)), numbers(position),
        numbers(amount))
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
    _ kernel: nk_kernel, _ action: TileProgram.Action, _ index: Int, _ a: Operand,
    _ b: Operand = Operand(0, .scalar), _ c: Operand = Operand(0, .scalar)
  ) {
    let place = places[index]!
    let d: Int
    if isStored(index) {
      d = locate(
        place.isColumn
          ? .columnStream(slot: slot(index), offset: 0) : .stream(slot: slot(index), offset: 0))
    } else {
      d = register()
    }
    known[.member(index)] = d
    var instruction = TileProgram.Instruction(
      kernel: kernel, action: action, d: Int32(d), a: Int32(a.location), b: Int32(b.location),
      c: Int32(c.location))
    if a.isPerRow || b.isPerRow || c.isPerRow {
      instruction.action = .rowKernel
      instruction.steps = SIMD4(a.step(width!), b.step(width!), c.step(width!), 0)
    }
    instructions.append(instruction)
  }

  private mutating func accumulate(
    _ index: Int, _ a: Int, _ action: TileProgram.Action, _ kernel: nk_kernel?,
    _ accumulator: TileProgram.Accumulator
  ) {
    accumulators.append(accumulator)
    accumulatorSize += ((accumulator.isTotal ? 2 : accumulator.width) + 15) & ~15
    instructions.append(
      TileProgram.Instruction(
        kernel: kernel, action: action, d: Int32(accumulators.count - 1), a: Int32(a)))
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

  /// The location of the numbers that an operand repeats along rows, if those are wide.
  private mutating func column(_ reference: Reference, always: Bool = false) -> Int? {
    guard let width, always || width >= TileProgram.wideRow else { return nil }
    let value = ir.values[reference.value]
    if members.contains(reference.value) {
      return places[reference.value]!.isColumn ? known[.member(reference.value)] : nil
    }
    guard reference.view.isRowExpansion(rows: value.shape.count, width: width) else { return nil }
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
      builder.instructions.append(
        TileProgram.Instruction(
          kernel: nil, action: isColumn ? .columnLoad : .load, d: Int32(d),
          view: Int32(builder.views.count - 1)))
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
    instructions.append(
      TileProgram.Instruction(kernel: kernel, action: action, d: Int32(d), a: Int32(a)))
    return d
  }

  // MARK: Registers

  /// Gives each register-to-be a register, free again after its last reader.
  private mutating func allocateRegisters() -> Int {
    func operands(_ instruction: TileProgram.Instruction) -> [Int] {
      switch instruction.action {
      case .load, .columnLoad: []
      default: [Int(instruction.a), Int(instruction.b), Int(instruction.c)]
      }
    }
    func defines(_ instruction: TileProgram.Instruction) -> Bool {
      instruction.action != .columnSum && instruction.action != .total
    }
    var last = [Int](repeating: -1, count: locations.count)
    for (position, instruction) in instructions.enumerated() {
      for operand in operands(instruction) { last[operand] = position }
    }
    var free: [Int] = []
    var count = 0
    var assigned = [Int?](repeating: nil, count: locations.count)
    for (position, instruction) in instructions.enumerated() {
      let dying = Set(operands(instruction)).filter { last[$0] == position }
      func registers(_ locations: some Sequence<Int>) -> [Int] {
        locations.compactMap { assigned[$0] }.sorted(by: >)
      }
      // Most kernels may write over an operand, but none over the numbers of rows to come.
      let mayBeOverwritten = dying.filter { instruction.mayOverwrite($0) }
      free.append(contentsOf: registers(mayBeOverwritten))
      if defines(instruction), case .register(let virtual) = locations[Int(instruction.d)],
        virtual < 0
      {
        if let register = free.popLast() {
          assigned[Int(instruction.d)] = register
        } else {
          assigned[Int(instruction.d)] = count
          count += 1
        }
      }
      free.append(contentsOf: registers(dying.subtracting(mayBeOverwritten)))
      // A result that nobody reads gives its register back at once.
      if defines(instruction), last[Int(instruction.d)] < position,
        let register = assigned[Int(instruction.d)]
      {
        free.append(register)
      }
    }
    for (position, register) in assigned.enumerated() {
      if let register { locations[position] = .register(register) }
    }
    return count
  }
}

extension TileProgram.Instruction {
  /// Whether the result may lie where an operand does.
  fileprivate func mayOverwrite(_ location: Int) -> Bool {
    switch action {
    case .apart: false
    case .rowKernel:
      zip([a, b, c], [steps[0], steps[1], steps[2]]).allSatisfy {
        Int($0) != location || $1 > 1
      }
    default: true
    }
  }
}
