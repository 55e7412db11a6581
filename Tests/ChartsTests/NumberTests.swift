import NeuronikaCharts
import Testing

extension ChartsTests {
  @Suite("Axes and numbers")
  struct Numbers {
    @Test(
      "Ticks have exact, short labels",
      arguments: [
        (0, 0, "0"), (5, 0, "5"), (-5, -1, "−0.5"), (10, -1, "1.0"), (25, -2, "0.25"),
        (1, 3, "1000"), (2, 4, "20\u{202F}000"), (15, 5, "1.5·10⁶"), (1, -5, "10⁻⁵"),
        (-2, -7, "−2·10⁻⁷"), (1, -4, "0.0001"), (100, 12, "10¹⁴"), (105, 10, "1.05·10¹²"),
      ])
    func tickLabels(digits: Int, exponent: Int, label: String) {
      #expect(Tick(digits: digits, exponent: exponent).label == label)
    }

    @Test("A linear axis has round marks within its range")
    func linearTicks() {
      let axis = Axis(covering: [0, 1], scale: .linear)
      #expect(axis.ticks(about: 6).map(\.label) == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    }

    @Test("A log axis marks decades, or parts of them if it spans few")
    func logTicks() {
      let wide = Axis(covering: [1e-4, 10], scale: .log)
      #expect(wide.ticks(about: 6).map(\.label) == ["0.0001", "0.001", "0.01", "0.1", "1", "10"])
      let narrow = Axis(covering: [0.2, 5], scale: .log)
      #expect(narrow.ticks(about: 6).map(\.label) == ["0.2", "0.5", "1", "2", "5"])
    }

    @Test(
      "Every range has an extent",
      arguments: [[], [0], [3], [-2, -2], [.nan], [1e300], [1e-300], [1e15, 1e15 + 1]]
        as [[Double]],
      [AxisScale.linear, .log])
    func ranges(values: [Double], scale: AxisScale) {
      let axis = Axis(covering: values, scale: scale)
      #expect(axis.lower < axis.upper)
      #expect(scale == .linear || axis.lower > 0)
      #expect(!axis.ticks(about: 5).isEmpty)
    }

    @Test("The moving average of a constant is that constant from the first step on")
    func debiased() {
      let average = movingAverage([3, 3, .nan, 3, 3], window: 50)
      #expect(average[2].isNaN)
      #expect([0, 1, 3, 4].allSatisfy { abs(average[$0] - 3) < 1e-12 })
    }

    @Test("The moving average weighs as its formula says")
    func weights() {
      // β = 1/2: weights 1/4 and 1/2, which add up to 3/4.
      #expect(movingAverage([1, 4], window: 2) == [1, (0.25 * 1 + 0.5 * 4) / 0.75])
    }

    @Test("A histogram counts every finite value once")
    func histogram() {
      let (edges, counts) = binned([0, 0.5, 1, 1.5, 2, .nan], bins: 4)
      #expect(edges == [0, 0.5, 1, 1.5, 2])
      #expect(counts == [1, 1, 1, 2])
      #expect(binned([7, 7], bins: 4).counts == [2])
      #expect(binned([], bins: 4).counts == [])
    }

    @Test("Recall looks along rows, precision along columns")
    func recallAndPrecision() {
      let matrix = ConfusionMatrix(counts: [[6, 2], [1, 0]], classes: ["a", "b"])
      #expect(matrix.recall(0) == 0.75)
      #expect(matrix.precision(0) == 6.0 / 7)
      #expect(matrix.precision(1) == 0)
    }
  }
}
