import NeuronikaTensors
import Testing

@Suite struct FactoriesTests {
  @Test("eye has ones on the diagonal")
  func eye() {
    #expect(Tensor.eye(3) == [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    #expect(Tensor.eye(0).shape == [0, 0])
  }

  @Test("eye stops with a sentence where memory could not hold the matrix")
  func hugeEye() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(Tensor.eye(1 << 40))
    }
    expectMessage(result, "has more elements than memory can hold")
  }

  @Test("linspace includes both ends")
  func linspace() {
    #expect(Tensor.linspace(0, 1, 5) == [0, 0.25, 0.5, 0.75, 1])
    #expect(Tensor.linspace(5, -5, 3) == [5, 0, -5])
    #expect(Tensor.linspace(2, 9, 1) == [2])
    #expect(Tensor.linspace(2, 9, 0).shape == [0])
    let tenths = Tensor.linspace(0, 1, 11).elements
    #expect(tenths == (0...10).map { Float(Double($0) / 10) })
  }

  @Test("logspace includes both ends, and a negative base makes all values negative")
  func logspace() {
    #expect(Tensor.logspace(0, 3, 4) == [1, 10, 100, 1000])
    #expect(Tensor.logspace(base: 2, -1, 3, 5) == [0.5, 1, 2, 4, 8])
    #expect(Tensor.logspace(base: -2, 0, 3, 4) == [-1, -2, -4, -8])
    #expect(Tensor.logspace(base: 2, 4, 9, 1) == [16])
  }

  @Test("geomspace includes both ends")
  func geomspace() {
    #expect(Tensor.geomspace(1, 1000, 4) == [1, 10, 100, 1000])
    #expect(Tensor.geomspace(-8, -1, 4) == [-8, -4, -2, -1])
    #expect(Tensor.geomspace(3, 7, 1) == [3])
    #expect(Tensor.geomspace(1e-30, 1e30, 3) == [1e-30, 1, 1e30])
  }

  @Test(
    "geomspace is nil if signs differ or an end is 0",
    arguments: [(0, 1), (1, 0), (-1, 1), (1, -1), (0, 0), (-0.0, -1)] as [(Double, Double)])
  func noGeomspace(_ start: Double, _ end: Double) {
    #expect(Tensor.geomspace(start, end, 3) == nil)
  }

  @Test("range excludes its end")
  func range() {
    #expect(Tensor.range(0, 5) == [0, 1, 2, 3, 4])
    #expect(Tensor.range(0, 5, step: 2) == [0, 2, 4])
    #expect(Tensor.range(5, 0, step: -2) == [5, 3, 1])
    #expect(Tensor.range(0, 5.5) == [0, 1, 2, 3, 4, 5])
    #expect(Tensor.range(0, -1).shape == [0])
    #expect(Tensor.range(3, 3).shape == [0])
  }

  @Test("range excludes its end also where a step of a tenth falls a hair short of it")
  func rangeOfTenths() {
    #expect(Tensor.range(1, 1.3, step: 0.1) == [1, 1.1, 1.2])
    for n in 1...200 {
      #expect(Tensor.range(0, Double(n) * 0.1, step: 0.1).count == n)
      #expect(Tensor.range(0, Double(n) / 10, step: 0.1).count == n)
    }
  }

  @Test("A step of 0 stops with a sentence")
  func zeroStep() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(Tensor.range(0, 1, step: 0))
    }
    expectMessage(result, "range: from 0.0 to 1.0 by 0.0: all finite, and the step not 0")
  }

  @Test("rand stays in [0, 1)")
  func rand() {
    let numbers = Tensor.rand([1000], using: RandomSource(seed: 1))
    #expect(numbers.shape == [1000])
    #expect(numbers.elements.allSatisfy { (0..<1).contains($0) })
  }
}
