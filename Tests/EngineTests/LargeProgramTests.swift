import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// Programs whose rows go through in pieces, and those whose results go past the cache.
@Suite struct LargeProgramTests {
  /// What is computed by rows, of a matrix and of targets `[rows]`.
  private static let functions: [(name: String, function: @Sendable (VarDiff, Var) -> VarDiff)] = [
    ("softmax", { x, _ in x.softmax(axis: 1) }),
    ("logSoftmax", { x, _ in x.logSoftmax(axis: 1) }),
    ("crossEntropy", { x, labels in x.crossEntropy(labels) }),
    ("layerNorm", { x, _ in x.layerNorm() }),
    ("logSumExp", { x, _ in x.logSumExp(axes: 1, keepingAxes: true) * x }),
    ("standardDeviation", { x, _ in x / x.standardDeviation(axes: 1, keepingAxes: true) }),
    ("max", { x, _ in x - x.max(axes: 1, keepingAxes: true) }),
    ("argmax", { x, _ in x * VarDiff(x.argmax(axis: 1, keepingAxes: true)) }),
    ("cumsum", { x, _ in x.cumsum(axis: 1).tanh() }),
    (
      "two means",
      { x, _ in
        let centered = x - x.mean(axes: 1, keepingAxes: true)
        let other = (x * 2).tanh() - (x * x).sum(axes: 1, keepingAxes: true) * 1e-4
        return (centered * other).sigmoid() + centered
      }
    ),
    ("by columns", { x, _ in (x - x.mean(axes: 1, keepingAxes: true)).square().sum(axes: 0) }),
  ]

  @Test(arguments: functions.indices, [4095, 4096, 5000, 9216])
  func wideRowsAgreeWithTheSpecification(_ number: Int, _ width: Int) {
    let (name, function) = LargeProgramTests.functions[number]
    let source = RandomSource(seed: UInt64(number))
    let x = Var.randn(3, width, using: source).requiresGrad()
    let labels = Var.from([0, Float(width - 1), 1030])
    let y = function(x, labels)
    let seed = Tensor.randn(y.shape, using: source)
    let slope = grad(of: (y * Var(seed)).sum(), wrt: [x])[0]
    let expected = ReferenceExecutor.evaluate([y.node, slope.node])
    expectClose(y.data, expected[0], "\(name), \(width)")
    expectClose(slope.data, expected[1], "gradient of \(name), \(width)")
    y.backward(seed)
    expectClose(x.grad, expected[1], "backward of \(name), \(width)")
  }

  private func expectClose(_ tensor: Tensor, _ expected: ReferenceTensor, _ what: String) {
    let greatest = expected.elements.reduce(0) { max($0, $1.magnitude) }
    let worst = zip(tensor.elements, expected.elements).reduce(0) {
      max($0, (Double($1.0) - $1.1).magnitude)
    }
    #expect(worst <= 4e-6 * max(greatest, 1e-3), "\(what): \(worst) of \(greatest)")
  }

  /// One instruction does both where it can.
  @Test(arguments: [10, 64, 200, 5000])
  func exponentialsOfDifferencesAgreeWithTheSpecification(_ width: Int) {
    let x = Var.randn(40, width, using: RandomSource(seed: 6)).requiresGrad()
    let column = Var.randn(40, 1, using: RandomSource(seed: 7)).requiresGrad()
    let results = [
      (x - x.max(axes: 1, keepingAxes: true)).exp(), (x - 1.5).exp(), (1.5 - x).exp(),
      (x - column).exp(), (column - x).exp(),
      // The difference is a number for each row, the exponential a row.
      (x.max(axes: 1, keepingAxes: true) - 3).broadcast(to: x.shape).exp() + x,
      (column.broadcast(to: x.shape) - 1).exp() + x,
      // Both operands are numbers.
      (Var.from([0.5]).requiresGrad().broadcast(to: x.shape) - 1).exp(),
      column.broadcast(to: x.shape).softmax(axis: 1), (column - column.max()).exp(),
      // Others read the difference.
      (x - 2).exp() + (x - 2), (x - column).exp().sum(axes: 1) + (x - column).sum(axes: 1),
    ]
    for (number, y) in results.enumerated() {
      let slopes = grad(of: (y * y).sum() + (x * column).sum(), wrt: [x, column])
      let expected = ReferenceExecutor.evaluate([y.node, slopes[0].node, slopes[1].node])
      expectClose(y.data, expected[0], "\(number), \(width)")
      expectClose(slopes[0].data, expected[1], "first gradient of \(number), \(width)")
      expectClose(slopes[1].data, expected[2], "second gradient of \(number), \(width)")
    }
  }

  /// Both halves by themselves are small enough to stay in the cache.
  @Test func whatGoesPastTheCacheIsTheSame() {
    let (rows, width) = (3200, 1001)
    let source = RandomSource(seed: 3)
    let (whole, seed) = (
      Tensor.randn([rows, width], using: source), Tensor.randn([rows, width], using: source)
    )
    func both(_ function: (VarDiff) -> VarDiff, _ part: Range<Int>) -> (
      value: [Float], slope: [Float]
    ) {
      let x = Var(whole[part, .all]).requiresGrad()
      let y = function(x)
      y.forward()
      let value = y.data.elements
      y.backward(seed[part, .all])
      return (value, x.grad.elements)
    }
    let functions: [(VarDiff) -> VarDiff] = [
      { ($0 * 2).relu() + 1 }, { $0.softmax(axis: 1) }, { $0.layerNorm() },
      { $0.reshape([$0.shape.count]).tanh().reshape($0.shape) },
    ]
    for function in functions {
      let all = both(function, 0..<rows)
      let (first, second) = (both(function, 0..<1500), both(function, 1500..<rows))
      #expect(all.value == first.value + second.value)
      #expect(all.slope == first.slope + second.slope)
    }
  }

  /// The gradient of a label's row is written where it was computed, then past the cache.
  @Test func aCrossEntropyThatGoesPastTheCacheIsTheSame() {
    let (rows, width) = (3200, 1001)
    let whole = Tensor.randn([rows, width], using: RandomSource(seed: 4))
    let labels = (0..<rows).map { Float($0 * 7 % width) }
    func slope(_ part: Range<Int>) -> [Float] {
      let x = Var(whole[part, .all]).requiresGrad()
      let loss = x.crossEntropy(Var(Tensor(Array(labels[part]))), reduction: .sum)
      loss.backward()
      return x.grad.elements
    }
    #expect(slope(0..<rows) == slope(0..<1500) + slope(1500..<rows))
  }
}
