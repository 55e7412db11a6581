import CNeuronikaTiles
import Foundation
import Testing

private let shapes: [(rows: Int, width: Int)] =
  [0, 1, 3, 4, 15, 16, 17, 33, 100].flatMap { rows in
    [0, 1, 2, 7, 10, 15, 16, 17, 63, 64, 65, 100, 250].map { (rows, $0) }
  } + [(1, 1000), (1, 1024), (1, 4096), (2, 5000), (1, 100_003)]

@Suite struct RowTests {
  @Test(arguments: shapes)
  func rowReductionsAgreeWithDoubleMathematics(rows: Int, width: Int) {
    var numbers = Numbers(seed: UInt64(rows * 1000 + width))
    let values = numbers.floats(rows * width, -1...1)
    func reduce(_ opcode: nk_opcode, into place: Int? = nil) -> [Float] {
      run(opcode, [values], rows: rows, width: width, results: rows, into: place)
    }
    let sums = reduce(NK_ROW_SUM)
    let maxima = reduce(NK_ROW_MAX)
    let minima = reduce(NK_ROW_MIN)
    for r in 0..<rows {
      let row = values[r * width..<(r + 1) * width]
      let sum = row.reduce(0.0) { $0 + Double($1) }
      let size = row.reduce(0.0) { $0 + abs(Double($1)) }
      #expect(abs(Double(sums[r]) - sum) <= 6e-7 * size)
      #expect(maxima[r] == row.max() ?? -.infinity)
      #expect(minima[r] == row.min() ?? .infinity)
    }
    if width > 0 {
      #expect(sameBits(sums, reduce(NK_ROW_SUM, into: 0)))
      #expect(sameBits(maxima, reduce(NK_ROW_MAX, into: 0)))
    }
  }

  @Test(arguments: [1, 7, 10, 16, 17, 64, 100, 300], [Float.nan, -.nan, .infinity, -.infinity])
  func rowMaximaAndMinimaShowNaNAndInfinity(width: Int, special: Float) {
    for rows in [1, 5, 20] {
      for place in stride(from: 0, to: width, by: 1 + width / 20) {
        var values = [Float](repeating: 1, count: rows * width)
        let row = place % rows
        values[row * width + place] = special
        let maxima = run(NK_ROW_MAX, [values], rows: rows, width: width, results: rows)
        let minima = run(NK_ROW_MIN, [values], rows: rows, width: width, results: rows)
        let sums = run(NK_ROW_SUM, [values], rows: rows, width: width, results: rows)
        for r in 0..<rows {
          let here = values[r * width..<(r + 1) * width].map(Double.init)
          let largest = here.reduce(-.infinity, Double.maximumOrNaN)
          let smallest = -here.map { -$0 }.reduce(-.infinity, Double.maximumOrNaN)
          #expect(distance(maxima[r], from: largest) == 0)
          #expect(distance(minima[r], from: smallest) == 0)
          #expect(distance(sums[r], from: here.reduce(0, +)) == 0)
        }
      }
    }
  }

  @Test(arguments: shapes)
  func rowPositionsAreThoseOfTheFirstExtreme(rows: Int, width: Int) {
    var numbers = Numbers(seed: UInt64(rows * 1000 + width))
    // Few different numbers, so that extremes come more than once.
    let values = numbers.floats(rows * width, -2...2).map { $0.rounded() }
    for (opcode, precedes) in [
      (NK_ROW_ARGMAX, { (a: Float, b: Float) in a > b }), (NK_ROW_ARGMIN, { $0 < $1 }),
    ] {
      let truth = (0..<rows).map { r in
        (0..<width).reduce(0) { best, j in
          precedes(values[r * width + j], values[r * width + best]) ? j : best
        }
      }.map(Float.init)
      #expect(run(opcode, [values], rows: rows, width: width, results: rows) == truth)
      if width > 0 {
        #expect(run(opcode, [values], rows: rows, width: width, results: rows, into: 0) == truth)
      }
    }
  }

  @Test func rowPositionsOfNaNComeFirst() {
    let row: [Float] = [1, 9, .nan, 9, .nan]
    #expect(run(NK_ROW_ARGMAX, [row], rows: 1, width: 5, results: 1) == [2])
    #expect(run(NK_ROW_ARGMIN, [row], rows: 1, width: 5, results: 1) == [2])
  }

  @Test(arguments: shapes)
  func rowScansAddUpInDouble(rows: Int, width: Int) {
    var numbers = Numbers(seed: UInt64(rows * 1000 + width))
    let values = numbers.floats(rows * width, -1...1)
    let scans = run(NK_ROW_SCAN, [values], rows: rows, width: width)
    var truth: [Float] = []
    for r in 0..<rows {
      var sum = 0.0
      for j in 0..<width {
        sum += Double(values[r * width + j])
        truth.append(Float(sum))
      }
    }
    #expect(scans == truth)
    #expect(run(NK_ROW_SCAN, [values], rows: rows, width: width, into: 0) == truth)
  }

  @Test(arguments: shapes.filter { $0.1 > 0 })
  func oneElementOfEachRowIsPickedOrChanged(rows: Int, width: Int) {
    var numbers = Numbers(seed: UInt64(rows * 1000 + width))
    let values = numbers.floats(rows * width, -1...1)
    let places = numbers.floats(rows, 0...0.999).map { ($0 * Float(width)).rounded(.down) }
    let amounts = numbers.floats(rows, -1...1)
    let picked = run(NK_ROW_PICK, [values, places], rows: rows, width: width, results: rows)
    #expect(picked == places.enumerated().map { values[$0 * width + Int($1)] })
    var truth = values
    for row in 0..<rows { truth[row * width + Int(places[row])] += amounts[row] }
    let operands = [values, places, amounts]
    #expect(run(NK_ROW_ADD, operands, rows: rows, width: width) == truth)
    #expect(run(NK_ROW_ADD, operands, rows: rows, width: width, into: 0) == truth)
  }

  @Test func aPlaceOutsideItsRowIsThatOfNoElement() {
    let (values, places) = ([Float](repeating: 1, count: 12), [-1, 3, 1e12, .nan] as [Float])
    let picked = run(NK_ROW_PICK, [values, places], rows: 4, width: 3, results: 4)
    #expect(picked.allSatisfy { $0.isNaN })
    #expect(run(NK_ROW_ADD, [values, places, [5, 5, 5, 5]], rows: 4, width: 3) == values)
  }

  @Test(arguments: shapes)
  func columnSumsAreAddedToWhatIsThere(rows: Int, width: Int) {
    var numbers = Numbers(seed: UInt64(rows * 1000 + width))
    let values = numbers.floats(rows * width, -1...1)
    let start = numbers.floats(width, -1...1)
    let sums = run(
      NK_COLUMN_SUM, [values], rows: rows, width: width, results: width, start: start)
    for j in 0..<width {
      let column = (0..<rows).map { Double(values[$0 * width + j]) } + [Double(start[j])]
      #expect(abs(Double(sums[j]) - column.reduce(0, +)) <= 1e-6 * column.map(abs).reduce(0, +))
    }
  }

  @Test(arguments: shapes)
  func columnsAndExpandedRowsFillTheirTileAndNoMore(rows: Int, width: Int) {
    var numbers = Numbers(seed: 3)
    let values = numbers.floats(rows, -1...1)
    let columns = run(NK_COLUMN, [], rows: rows, width: width)
    let expanded = run(NK_EXPAND, [values], rows: rows, width: width)
    #expect(columns == (0..<rows * width).map { Float($0 % width) })
    #expect(expanded == (0..<rows * width).map { values[$0 / width] })
  }

  @Test(arguments: [0, 1, 3, 16, 33], [16, 32, 48, 64, 112])
  func rowsWithANumberEachAreAsIfItWereRepeated(rows: Int, width: Int) {
    var numbers = Numbers(seed: UInt64(rows + width))
    let tile = numbers.floats(rows * width, -1...1)
    let each = numbers.floats(rows, 0.5...1)
    let repeated = run(NK_EXPAND, [each], rows: rows, width: width)
    for (opcode, elementwise) in [
      (NK_ADD_VR, NK_ADD_VV), (NK_SUB_VR, NK_SUB_VV), (NK_MUL_VR, NK_MUL_VV),
      (NK_DIV_VR, NK_DIV_VV),
    ] {
      let expected = run(elementwise, [tile, repeated], rows: rows, width: width)
      #expect(sameBits(run(opcode, [tile, each], rows: rows, width: width), expected))
      #expect(sameBits(run(opcode, [tile, each], rows: rows, width: width, into: 0), expected))
    }
  }

  @Test(arguments: [1, 3, 16], [16, 32, 48, 64, 112])
  func exponentialsOfDifferencesAreThoseOfTwoKernels(rows: Int, width: Int) {
    let values = Array((grid() + grid(seed: 2)).prefix(rows * width))
    for number in [0, 1.5, -80, Float.infinity] {
      let each = (0..<rows).map { number + Float($0) }
      let one = run(NK_SUB_VS, [values, [number]], rows: rows, width: width)
      #expect(
        sameBits(
          run(NK_EXP_SUB_VS, [values, [number]], rows: rows, width: width),
          run(NK_EXP, [one], rows: rows, width: width)))
      let differences = run(NK_SUB_VR, [values, each], rows: rows, width: width)
      let expected = run(NK_EXP, [differences], rows: rows, width: width)
      #expect(sameBits(run(NK_EXP_SUB_VR, [values, each], rows: rows, width: width), expected))
      #expect(
        sameBits(run(NK_EXP_SUB_VR, [values, each], rows: rows, width: width, into: 0), expected))
    }
  }

  @Test(arguments: [0, 1, 15, 16, 17, 100, 1024], [0, 1, 15])
  func copiesPastTheCacheFillTheirPlaceAndNoMore(count: Int, offset: Int) {
    let values = (0..<count).map(Float.init)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 4 * (count + 48), alignment: 64)
      .bindMemory(to: Float.self, capacity: count + 48)
    memory.initialize(repeating: -1, count: count + 48)
    nk_kernel_for(Int32(NK_COPY_PAST.rawValue))(memory + 16 + offset, values, nil, nil, 1, count)
    nk_fence()
    let all = Array(UnsafeBufferPointer(start: memory, count: count + 48))
    let before = [Float](repeating: -1, count: 16 + offset)
    let after = [Float](repeating: -1, count: 32 - offset)
    #expect(all == before + values + after)
    memory.deallocate()
  }

  @Test(arguments: [0, 1, 7, 63, 64, 65, 1000, 1024, 1_000_003])
  func totalsAreSumsInDouble(count: Int) {
    var numbers = Numbers(seed: UInt64(count))
    let values = numbers.floats(count, 0...1)
    let truth = values.reduce(0.0) { $0 + Double($1) }
    #expect(abs(nk_total(values, count) - truth) <= 1e-12 * truth)
  }

  @Test(arguments: [0, 1, 7, 63, 64, 65, 1000, 16_384], [Float(1), 1e-30, 1e30])
  func totalsOfSquaresNeitherOverflowNorVanish(count: Int, scale: Float) {
    var numbers = Numbers(seed: UInt64(count))
    let values = numbers.floats(count, -1...1).map { $0 * scale }
    let truth = values.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(nk_total_squares(values, count) - truth) <= 1e-12 * truth)
  }
}
