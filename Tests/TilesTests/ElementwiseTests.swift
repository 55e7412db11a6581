import CNeuronikaTiles
import Foundation
import Testing

@Suite struct ElementwiseTests {
  @Test(arguments: unaryContracts)
  func unaryKernelsAgreeWithDoubleMathematics(contract: Contract) {
    check(contract, [grid()])
  }

  @Test(arguments: binaryContracts + selectContracts + [fillContract])
  func otherKernelsAgreeWithDoubleMathematics(contract: Contract) {
    if contract.operands.allSatisfy({ $0 == .tile }) {
      let pairs = specialValues.flatMap { x in specialValues.map { y in (x, y) } }
      check(contract, [pairs.map(\.0), pairs.map(\.1), pairs.map { _ in 4 }])
      check(contract, [grid(seed: 1), grid(seed: 2), grid(seed: 3)])
      return
    }
    for scalar in specialValues {
      check(
        contract, contract.operands.map { $0 == .scalar ? [scalar] : specialValues },
        quietly: true)
    }
    check(contract, contract.operands.map { $0 == .scalar ? [0.7] : grid() })
    check(contract, contract.operands.map { $0 == .scalar ? [-2] : grid() }, quietly: true)
  }

  @Test func powersNearOneAndOfModerateSizeAreAccurate() throws {
    let contract = try #require(binaryContracts.first { $0.opcode == NK_POW_VV })
    var numbers = Numbers(seed: 5)
    check(contract, [numbers.floats(20_000, 0.999...1.001), numbers.floats(20_000, -9e4...9e4)])
    check(contract, [numbers.floats(20_000, 0...10), numbers.floats(20_000, -40...40)])
    let wholes = (0..<20_000).map { _ in Float(numbers.int(-20..<21)) }
    check(contract, [numbers.floats(20_000, -10...10), wholes])
  }

  @Test(arguments: elementwiseContracts)
  func anElementsResultDependsOnNeitherSizeNorPlaceNorAliasing(contract: Contract) {
    let values = [grid(seed: 7), grid(seed: 8), grid(seed: 9)].map { Array($0[30..<1054]) }
    for count in [0, 1, 7, 16, 17, 31, 1000, 1024] {
      let operands = contract.operands.enumerated().map { k, kind in
        kind == .tile ? Array(values[k][..<count]) : [Float(0.75)]
      }
      let together = run(contract.opcode, operands, rows: 1, width: count)
      let alone = (0..<count).map { i in
        run(
          contract.opcode, operands.map { $0.count == 1 ? $0 : [$0[i]] }, rows: 1, width: 1)[0]
      }
      #expect(sameBits(together, alone), "\(contract), \(count) elements")
      if count.isMultiple(of: 8) {
        let inRows = run(contract.opcode, operands, rows: 8, width: count / 8)
        #expect(sameBits(together, inRows), "\(contract), 8 rows of \(count / 8)")
      }
      for (k, kind) in contract.operands.enumerated() where kind == .tile {
        let inPlace = run(contract.opcode, operands, rows: 1, width: count, into: k)
        #expect(sameBits(together, inPlace), "\(contract), \(count) elements, into operand \(k)")
      }
      if contract.operands == [.tile, .tile], count > 0 {
        squares(contract, values[0], count)
      }
    }
  }

  @Test func everyOpcodeHasAKernelAndATest() {
    let others = [
      NK_COLUMN, NK_EXPAND, NK_ROW_SUM, NK_ROW_MAX, NK_ROW_MIN, NK_ROW_ARGMAX, NK_ROW_ARGMIN,
      NK_ROW_SCAN, NK_ROW_PICK, NK_ROW_ADD, NK_COLUMN_SUM, NK_COPY_PAST, NK_ADD_VR, NK_SUB_VR,
      NK_MUL_VR, NK_DIV_VR, NK_EXP_SUB_VS, NK_EXP_SUB_VR,
    ]
    let tested = Set((elementwiseContracts.map(\.opcode) + others).map(\.rawValue))
    #expect(tested == Set(0..<NK_OPCODE_COUNT.rawValue))
  }

  /// Both operands and the destination one tile.
  private func squares(_ contract: Contract, _ values: [Float], _ count: Int) {
    let apart = run(
      contract.opcode, [Array(values[..<count]), Array(values[..<count])], rows: 1, width: count)
    var tile = Array(values[..<count])
    tile.withUnsafeMutableBufferPointer {
      let p = $0.baseAddress!
      nk_kernel_for(Int32(contract.opcode.rawValue))(p, p, p, nil, 1, count)
    }
    #expect(sameBits(apart, tile), "\(contract), \(count) elements, all aliased")
  }

  private func check(_ contract: Contract, _ operands: [[Float]], quietly: Bool = false) {
    let operands = Array(operands.prefix(contract.operands.count))
    let count = operands.map(\.count).max()!
    let results = run(contract.opcode, operands, rows: 1, width: count)
    var worst = 0.0
    var place = 0
    for i in 0..<count {
      let inputs = operands.map { Double($0.count == 1 ? $0[0] : $0[i]) }
      let off = distance(results[i], from: contract.specification(inputs))
      if off > worst { (worst, place) = (off, i) }
    }
    let inputs = operands.map { $0.count == 1 ? $0[0] : $0[place] }
    #expect(
      worst <= contract.tolerance, "\(contract) of \(inputs) gave \(results[place])")
    if !quietly && contract.tolerance > 0 {
      print("\(contract): at most \(String(format: "%.3f", worst)) ulp, at \(inputs)")
    }
  }
}
