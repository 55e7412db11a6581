import Neuronika
import NeuronikaBenchmarking

/// An operation, or a chain of some, as one writes it.
struct OperationBenchmark {
  let id: String
  /// The operands' shapes.
  let shapes: [Shape]
  /// Smaller ones to verify it with, where the specification would take too long.
  var smallShapes: [Shape]?
  /// Floating-point operations of the forward that can't be left out.
  var flops = 0.0
  /// Builds the result from the operands.
  let build: ([VarDiff]) -> VarDiff

  /// The forward by itself, and forward and backward together; both build the graph each time.
  var benchmarks: [Benchmark] { [benchmark(isBoth: false), benchmark(isBoth: true)] }

  private func benchmark(isBoth: Bool) -> Benchmark {
    let cut = id.firstIndex(of: "/") ?? id.endIndex
    let suffix = isBoth ? "-both" : ""
    let elements = shapes.reduce(0) { $0 + Double($1.count) }
    return Benchmark(
      id[..<cut] + suffix + id[cut...], group: "operations",
      summary: shapes.map { "\($0)" }.joined(separator: " · ")
        + (isBoth ? ", forward and backward" : ", forward"),
      work: Benchmark.Work(
        items: elements, unit: "elements", flops: isBoth ? 3 * flops : flops,
        // Each operand is read once; its gradient is written once.
        bytes: elements * (isBoth ? 8 : 4))
    ) {
      let operands = draw(shapes)
      let constants = operands.map { VarDiff(Var($0.data)) }
      let step =
        isBoth
        ? {
          build(operands).backward()
          for operand in operands { operand.zeroGrad() }
        } : { build(constants).forward() }
      return Benchmark.Prepared(
        run: { for _ in 0..<$0 { step() } }, verify: verify, count: { .ofSteadyState(step) })
    }
  }

  private func draw(_ shapes: [Shape]) -> [VarDiff] {
    withSeed(1) { shapes.map { Var.rand($0).requiresGrad() } }
  }

  /// The value and the gradients against those of the operations' specifications in `Double`.
  private func verify() throws {
    let operands = draw(smallShapes ?? shapes)
    let result = build(operands)
    try compare(result.data, with: result.referenceValue(), "\(id): the value")
    // Each element with a weight of its own: the plain sum of a softmax has no gradient.
    let weights = Tensor(
      (0..<result.shape.count).map { 1 + Float($0 % 7) / 7 }, shape: result.shape)
    let total = (result * Var(weights)).sum()
    total.backward()
    for (index, slope) in grad(of: total, wrt: operands).enumerated() {
      let gradient = operands[index].grad
      try compare(gradient, with: slope.referenceValue(), "\(id): gradient \(index)")
    }
  }
}
