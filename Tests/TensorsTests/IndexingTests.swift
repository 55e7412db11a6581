import NeuronikaTensors
import Testing

@Suite struct IndexingTests {
  /// The element at [i, j, k] is ijk, read as a number.
  static let cube = Tensor(
    uninitialized: [2, 3, 4],
    { out in for i in 0..<24 { out[i] = Float(i / 12 * 100 + i / 4 % 3 * 10 + i % 4) } })

  @Test("Elements are read and written by their indices")
  func elements() {
    var cube = Self.cube
    #expect(cube[1, 2, 3] == 123)
    cube[1, 2, 3] = -1
    cube[0, 0, 0] += 5
    #expect(cube[1, 2, 3] == -1 && cube[0, 0, 0] == 5 && cube[1, 2, 2] == 122)
    #expect(Self.cube[1, 2, 3] == 123, "copies are values")
    var matrix: Tensor = [[1, 2], [3, 4]]
    matrix[1, 0] = 9
    #expect(matrix == [[1, 2], [9, 4]])
    var vector: Tensor = [1, 2, 3]
    vector[2] = 7
    #expect(vector[2] == 7 && vector[0] == 1)
  }

  @Test("Slices keep ranges and drop single places")
  func slices() {
    let cube = Self.cube
    #expect(cube[1, .all, .all].shape == [3, 4])
    #expect(cube[1, 0..<2, 3] == [103, 113])
    #expect(cube[.all, 1, ..<2] == [[10, 11], [110, 111]])
    #expect(cube[.all, 1...2, 3...] == [[[13], [23]], [[113], [123]]])
    #expect(cube[0..<1, ...1, 0] == [[0, 10]])
    #expect(cube[.all, .all, .all] == cube)
    #expect((cube[1, 1, 1] as Tensor) == Tensor(111))
  }

  @Test("Axes that are not mentioned are taken whole")
  func fewerSelections() {
    #expect(Self.cube[0..<1] == Self.cube[0..<1, .all, .all])
    let row: Tensor = Self.cube[1]
    #expect(row == Self.cube[1, .all, .all])
  }

  @Test("Empty ranges give empty tensors")
  func emptySlices() {
    #expect(Self.cube[0..<0, .all, .all].shape == [0, 3, 4])
    #expect(Self.cube[.all, 3..., .all].shape == [2, 0, 4])
    #expect(Self.cube[.all, ..<0, 1].shape == [2, 0])
  }

  @Test("Every rectangular part holds what its elements say")
  func allParts() {
    let cube = Self.cube
    for i in 0...1 {
      for rows in [0..<3, 0..<2, 1..<3, 1..<2, 2..<2] {
        for columns in [0..<4, 1..<4, 0..<1, 2..<3] {
          let part = cube[i..., rows, columns]
          #expect(part.shape == [2 - i, rows.count, columns.count])
          let expected = (i..<2).flatMap { i in
            rows.flatMap { j in columns.map { Float(100 * i + 10 * j + $0) } }
          }
          #expect(part.elements == expected)
        }
      }
    }
  }

  @Test("A slice is a copy")
  func slicesCopy() {
    var cube = Self.cube
    var slice = cube[1, .all, .all]
    slice[0, 0] = 7
    cube[1, 1, 1] = 8
    #expect(cube[1, 0, 0] == 100)
    #expect(slice[1, 1] == 111)
  }

  @Test("A part is overwritten, and only that part")
  func setSlice() {
    var cube = Self.cube
    cube.setSlice(.all, 1, 2..., to: [[1, 2], [3, 4]])
    #expect(cube[.all, 1, .all] == [[10, 11, 1, 2], [110, 111, 3, 4]])
    #expect(cube[.all, 0, .all] == Self.cube[.all, 0, .all])
    cube.setSlice(0, to: cube[1, .all, .all])
    #expect(cube[0, .all, .all] == cube[1, .all, .all])
  }

  struct Bad: Sendable {
    let selections: [any AxisSelection]
    let message: String
  }

  @Test(
    "A selection outside the tensor says which axis, which place and what there is",
    arguments: [
      Bad(selections: [2], message: "subscript: index 2 on axis 0 is outside 0..<2"),
      Bad(selections: [0, -1], message: "subscript: index -1 on axis 1 is outside 0..<3"),
      Bad(
        selections: [0, Int.max],
        message: "subscript: index \(Int.max) on axis 1 is outside 0..<3"),
      Bad(
        selections: [0..<3],
        message: "subscript: the range 0..<3 on axis 0 does not lie within 0..<2"),
      Bad(
        selections: [.all, .all, 5...] as [any AxisSelection],
        message: "subscript: the range 5..<5 on axis 2 does not lie within 0..<4"),
      Bad(
        selections: [0, -1..<2],
        message: "subscript: the range -1..<2 on axis 1 does not lie within 0..<3"),
      Bad(
        selections: [0, 0, 0, 0],
        message: "subscript: 4 indices for a tensor of shape [2, 3, 4], which has 3 axes; "
          + "an element needs an index for each axis, a slice is written t[2, .all]"),
    ])
  func badSelections(_ bad: Bad) {
    let error = #expect(throws: IndexError.self) {
      try Tensor.shapeOfPart(of: [2, 3, 4], bad.selections)
    }
    #expect(error?.description == bad.message)
  }

  @Test("An element that isn't there stops the program with a sentence")
  func badElement() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let matrix: Tensor = [[1, 2], [3, 4]]
      print(matrix[1, -3] as Float)
    }
    expectMessage(result, "subscript: index -3 on axis 1 is outside 0..<2")
    let rank = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let matrix: Tensor = [[1, 2], [3, 4]]
      print(matrix[1] as Float)
    }
    expectMessage(rank, "subscript: 1 index for a tensor of shape [2, 2], which has 2 axes")
  }

  @Test("Literals nest, and numbers are scalars")
  func literals() {
    let matrix: Tensor = [[1, 2.5], [3, 4]]
    #expect(matrix.shape == [2, 2] && matrix.elements == [1, 2.5, 3, 4])
    let scalar: Tensor = 3
    #expect(scalar.shape == [] && scalar.item == 3)
    let empty: Tensor = []
    #expect(empty.shape == [0])
    let empties: Tensor = [[], []]
    #expect(empties.shape == [2, 0])
    let row: Tensor = [1, 2]
    let stacked: Tensor = [row, row, [3, 4]]
    #expect(stacked == [[1, 2], [1, 2], [3, 4]])
  }

  @Test("A ragged literal stops the program with a sentence")
  func ragged() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tensor: Tensor = [[1, 2], [3]]
      print(tensor)
    }
    expectMessage(
      result,
      "Tensor: the literal is ragged: element 0 has shape [2], element 1 has shape [1]")
  }
}
