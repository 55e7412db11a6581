import NeuronikaGraphs
import NeuronikaTensors

/// Orders the steps, gives every stored value a slot and memory, and makes the plan.
struct Scheduler {
  private let ir: IR
  private let outputs: Set<Int>
  private var isLive: [Bool]
  private let grouping: GroupTiles
  /// The slot of each stored value.
  private(set) var slots: [Int?]
  private var units: [Unit] = []

  /// Something that becomes a step.
  private struct Unit {
    enum Work {
      case tiles(GroupTiles.Group)
      case alone(Int)
    }
    var work: Work
    var level: Int
    var isBackward: Bool
    var members: [Int]
  }

  init(_ ir: IR, outputs: Set<Int>) {
    self.ir = ir
    self.outputs = outputs
    isLive = [Bool](repeating: false, count: ir.values.count)
    for output in outputs { isLive[output] = true }
    for check in ir.labelChecks { isLive[check.operand.value] = true }
    for index in ir.values.indices.reversed() where isLive[index] {
      for reference in ir.values[index].references { isLive[reference.value] = true }
    }
    grouping = GroupTiles(ir, live: isLive)
    slots = [Int?](repeating: nil, count: ir.values.count)
    collectUnits()
  }

  private mutating func collectUnits() {
    for group in grouping.groups {
      units.append(
        Unit(
          work: .tiles(group), level: grouping.places[group.values[0]]!.level,
          isBackward: ir.values[group.values[0]].isBackward, members: group.values))
    }
    for index in ir.values.indices where isLive[index] {
      if ir.values[index].isAlone {
        units.append(
          Unit(
            work: .alone(index), level: grouping.levels[index],
            isBackward: ir.values[index].isBackward, members: [index]))
      }
    }
    // A level is computed from lower ones; within it, what cares for no rows comes first.
    func rank(_ unit: Unit) -> (Int, Int, Int, Int) {
      let isRow = if case .tiles(let group) = unit.work { group.space.width != nil } else { false }
      return (unit.isBackward ? 1 : 0, unit.level, isRow ? 1 : 0, unit.members[0])
    }
    units.sort { rank($0) < rank($1) }
  }

  /// Makes the plan.
  mutating func plan(
    inputs: [Int], hasSeed: Bool, values: [(position: Int, reference: Reference)],
    gradients: [(position: Int, reference: Reference)], threads: Int, words: [Int], hash: Int
  ) -> Plan {
    // Inputs have the first slots, the seed the one after.
    let inputCount = inputs.count + (hasSeed ? 1 : 0)
    for index in ir.values.indices {
      if case .input(let input) = ir.values[index].kind { slots[index] = input }
    }
    var unitOf = [Int](repeating: -1, count: ir.values.count)
    for (position, unit) in units.enumerated() {
      for member in unit.members { unitOf[member] = position }
    }
    // What is read outside the unit that computes it needs memory; its life goes to the last reader.
    var lastReader = [Int](repeating: -1, count: ir.values.count)
    var crosses = [Bool](repeating: false, count: ir.values.count)
    for (position, unit) in units.enumerated() {
      for member in unit.members {
        for reference in ir.values[member].references where unitOf[reference.value] != position {
          lastReader[reference.value] = max(lastReader[reference.value], position)
          if unit.isBackward && !ir.values[reference.value].isBackward {
            crosses[reference.value] = true
          }
        }
      }
    }
    var isStored = [Bool](repeating: false, count: ir.values.count)
    var slotCount = inputCount
    for unit in units {
      for member in unit.members {
        let alwaysStored =
          switch ir.values[member].kind {
          case .columnSum, .total: true
          default: ir.values[member].isAlone
          }
        if alwaysStored || lastReader[member] >= 0 || outputs.contains(member) {
          isStored[member] = true
          slots[member] = slotCount
          slotCount += 1
        }
      }
    }

    var segments = [Segment(), Segment()]
    var memory = [ArenaPlanner(), ArenaPlanner()]
    for (position, unit) in units.enumerated() {
      let segment = unit.isBackward ? 1 : 0
      for member in unit.members where isStored[member] {
        let count = ir.values[member].shape.count
        if outputs.contains(member) || crosses[member] {
          segments[segment].owned.append(.init(slot: slots[member]!, count: count))
        } else {
          let offset = memory[segment].place(count: count, until: max(lastReader[member], position))
          segments[segment].arena.append(.init(slot: slots[member]!, offset: offset))
        }
      }
      segments[segment].steps.append(step(unit, isStored))
      memory[segment].pass(position)
    }
    for segment in 0...1 { segments[segment].arenaSize = memory[segment].size }
    join(segments)

    func result(_ pair: (position: Int, reference: Reference)) -> Plan.Result {
      Plan.Result(
        position: pair.position, slot: slots[pair.reference.value]!,
        shape: pair.reference.view.shape)
    }
    let plan = Plan(
      inputs: inputs, hasSeed: hasSeed, slotCount: slotCount, forward: segments[0],
      backward: gradients.isEmpty ? nil : segments[1], values: values.map(result),
      gradients: gradients.map(result), threads: threads, words: words, hash: hash)
    plan.unread = Set(unreadInputs().filter { $0 < inputs.count }.map { inputs[$0] })
    return plan
  }

  /// Lets a pooling's gradient be written as the gradients of a convolution want it, where those are
  /// the next steps and nothing else reads it.
  private func join(_ segments: [Segment]) {
    let steps = segments.flatMap(\.steps)
    for (position, unit) in units.enumerated() {
      guard case .alone(let index) = unit.work, case .windows(let step) = steps[position],
        !outputs.contains(index)
      else { continue }
      let readers = units.indices.flatMap { reader in
        units[reader].members.flatMap { ir.values[$0].references }
          .filter { $0.value == index }.map { _ in reader }
      }
      let convolutions = readers.compactMap { reader -> ConvolutionStep? in
        guard case .convolution(let convolution) = steps[reader],
          units[reader].isBackward == unit.isBackward
        else { return nil }
        return convolution.upstream?.slot == slots[index] ? convolution : nil
      }
      let isNext = readers.elementsEqual(position + 1..<position + 1 + readers.count)
      if isNext, convolutions.count == readers.count { step.precede(convolutions) }
    }
  }

  /// The inputs that nothing live is computed from.
  private func unreadInputs() -> [Int] {
    ir.values.indices.compactMap { index in
      if case .input(let input) = ir.values[index].kind, !isLive[index] { input } else { nil }
    }
  }

  private func step(_ unit: Unit, _ isStored: [Bool]) -> Step {
    switch unit.work {
    case .tiles(let group):
      let slots = slots
      return .tiles(
        TileProgramBuilder.build(
          group, ir, grouping.places, slot: { slots[$0]! }, isStored: { isStored[$0] },
          mayGoPast: true))
    case .alone(let index):
      return step(of: ir.values[index], out: slots[index]!)
    }
  }

  private func step(of value: Value, out: Int) -> Step {
    switch value.kind {
    case .contraction(let product):
      .product(
        ProductStep(
          product, left: operand(product.left), right: operand(product.right),
          bias: product.bias.map(operand), out: out))
    case .convolution(let product):
      .convolution(
        ConvolutionStep(
          product, first: operand(product.first), second: operand(product.second),
          bias: product.bias.map(operand), out: out))
    case .windows(let pass):
      .windows(WindowStep(pass, operands: pass.operands.map(operand), out: out))
    case .assembly(let parts, let places, let background):
      .assembly(
        AssemblyStep(
          parts: zip(parts, places).map { (operand($0), $0.view.collapsed, $1.collapsed) },
          background: Float(bitPattern: background), count: value.shape.count, out: out))
    case .gather(let data, let indices, let slices):
      .slices(SlicesStep(operand(data), at: operand(indices), slices, adds: false, out: out))
    case .scatter(let data, let indices, let slices):
      .slices(SlicesStep(operand(data), at: operand(indices), slices, adds: true, out: out))
    case .opaque(let place, let parts):
      .opaque(
        OpaqueStep(
          ir.functions[place].name, ir.functions[place].function,
          operands: parts.map { (operand($0), $0.view.shape) }, shape: value.shape, out: out))
    case .random(let input):
      .random(RandomStep(input: input, count: value.shape.count, out: out))
    default: fatalError("\(value.name) is no step of its own")
    }
  }

  func isBackward(_ reference: Reference) -> Bool { ir.values[reference.value].isBackward }

  func operand(_ reference: Reference) -> SlotOffset {
    SlotOffset(slot: slots[reference.value]!, offset: reference.view.offset)
  }
}

/// A place in a slot's memory.
struct SlotOffset {
  var slot: Int
  var offset: Int
}

/// Places values that die inside a call in one block of memory, by first fit over their lives.
struct ArenaPlanner {
  private var living: [(offset: Int, size: Int, until: Int)] = []
  private(set) var size = 0

  /// - Parameter until: The step after which the memory is free again.
  mutating func place(count: Int, until: Int) -> Int {
    let needed = (max(count, 1) + 15) & ~15
    var offset = 0
    var position = 0
    while position < living.count {
      if living[position].offset - offset >= needed { break }
      offset = living[position].offset + living[position].size
      position += 1
    }
    living.insert((offset, needed, until), at: position)
    size = max(size, offset + needed)
    return offset
  }

  /// Frees what dies with a step.
  mutating func pass(_ step: Int) { living.removeAll { $0.until <= step } }
}
