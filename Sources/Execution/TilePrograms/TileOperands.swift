import CNeuronikaTiles
import NeuronikaGraphs

// Where the operands of a tile program's instructions lie, and how kernels take them.

extension TileProgramBuilder {
  mutating func locate(_ location: TileProgram.Location) -> Int {
    locations.append(location)
    return locations.count - 1
  }

  mutating func register() -> Int {
    virtualCount += 1
    return locate(.register(-virtualCount))
  }

  /// Where an operand lies, and how a kernel takes it.
  struct Operand {
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
  mutating func operand(_ reference: Reference, _ isColumn: Bool) -> Operand {
    if let number = number(reference, isColumn) { return Operand(number, .scalar) }
    if !isColumn, let column = column(reference) {
      return Operand(column, .scalar, isPerRow: true)
    }
    return Operand(vector(reference, isColumn))
  }

  /// An operand that is read as a column, one number after another.
  mutating func numbers(_ reference: Reference) -> Operand {
    Operand(column(reference, always: true) ?? vector(reference, width != 1))
  }

  /// Of two operands, rows and numbers for them, if a kernel takes both as they are.
  mutating func numbered(
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
  mutating func vector(_ reference: Reference, _ isColumn: Bool) -> Int {
    let value = reference.value
    if members.contains(value) {
      let location = known[.member(value)]!
      guard places[value]!.isColumn && !isColumn else { return location }
      return cached(.expanded(value)) { builder in
        builder.fresh(Kernels.expand, .apart, location)
      }
    }
    if case .constant = ir.values[value].kind {
      return cached(.filled(reference, isColumn: isColumn)) { $0.filled(reference, isColumn) }
    }
    return cached(.outside(reference, isColumn: isColumn)) { builder in
      let (slot, view) = (builder.slot(value), reference.view)
      if view.isContiguous {
        return builder.locate(
          isColumn
            ? .columnStream(slot: slot, offset: view.offset)
            : .stream(slot: slot, offset: view.offset))
      }
      if view.isSingle { return builder.filled(reference, isColumn) }
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

  /// The location of a tile full of one number.
  private mutating func filled(_ reference: Reference, _ isColumn: Bool) -> Int {
    fresh(
      Kernels.fill, isColumn ? .columnKernel : .kernel, number(reference, isColumn)!)
  }

  private mutating func cached(_ source: Source, _ make: (inout Self) -> Int) -> Int {
    if let location = known[source] { return location }
    let location = make(&self)
    known[source] = location
    return location
  }

  mutating func fresh(_ kernel: nk_kernel, _ action: TileProgram.Action, _ a: Int) -> Int {
    let d = register()
    if action == .columnKernel { columns.insert(d) }
    instructions.append(
      TileProgram.Instruction(kernel: kernel, action: action, d: d, operands: [a]))
    return d
  }
}
