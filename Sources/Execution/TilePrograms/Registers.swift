extension TileProgram {
  /// Gives each register-to-be a register, free again after its last reader.
  ///
  /// - Parameters:
  ///   - stages: Of rows that go through in pieces.
  ///   - locations: Registers with negative numbers get theirs.
  /// - Returns: How many registers there are.
  static func assignRegisters(
    _ instructions: [Instruction], _ stages: [Stage], in locations: inout [Location]
  ) -> Int {
    var last = [Int](repeating: -1, count: locations.count)
    for (position, instruction) in instructions.enumerated() {
      for operand in instruction.operands { last[operand] = position }
    }
    // A row's number is read again for the next piece, after what follows for this one.
    for stage in stages {
      for instruction in instructions[stage.pieces] {
        for (place, operand) in instruction.operands.enumerated()
        where instruction.tiles[place] == 0 {
          last[operand] = .max
        }
      }
    }
    var free: [Int] = []
    var count = 0
    var assigned = [Int?](repeating: nil, count: locations.count)
    for (position, instruction) in instructions.enumerated() {
      let dying = Set(instruction.operands).filter { last[$0] == position }
      func registers(_ places: some Sequence<Int>) -> [Int] {
        places.compactMap { assigned[$0] }.sorted(by: >)
      }
      // Most kernels may write over an operand, but none over the numbers of rows to come.
      let mayBeOverwritten = dying.filter { instruction.mayOverwrite($0) }
      free.append(contentsOf: registers(mayBeOverwritten))
      if instruction.definesLocation, assigned[Int(instruction.d)] == nil,
        case .register(let virtual) = locations[Int(instruction.d)], virtual < 0
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
      if instruction.definesLocation, last[Int(instruction.d)] < position,
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
    case .apart, .wholeApart: false
    case .numbered: Int(b) != location
    case .rowKernel:
      operands.enumerated().allSatisfy { $1 != location || steps[$0] > 1 }
    default: true
    }
  }
}
