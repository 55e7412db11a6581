import Foundation
import NeuronikaBenchmarking

/// Models drawn from a seed, so that no special case for one shape can hide: 2 to 6 layers, widths
/// that are no multiples of 16, all activations, with and without biases and extra terms.
func randomModels(_ count: Int, seed: UInt64) -> [TrainingTask] {
  var random = SplitMix(seed: seed)
  func logarithmic(_ range: ClosedRange<Int>) -> Int {
    let (low, high) = (Float(range.lowerBound), Float(range.upperBound))
    return Int(low * pow(high / low, random.uniform(0, 1)))
  }
  func width() -> Int {
    let drawn = logarithmic(10...1000)
    return drawn % 16 == 0 ? drawn + 1 : drawn
  }
  return (0..<count).map { number in
    let layers = Int.random(in: 2...6, using: &random)
    let terms = TrainingTask.Term.Kind.allCases.compactMap { kind -> TrainingTask.Term? in
      guard Int.random(in: 0..<3, using: &random) == 0 else { return nil }
      return TrainingTask.Term(kind: kind, factor: kind == .weights ? 1e-4 : 1e-2)
    }
    let widths = (0...layers).map { _ in width() }
    return TrainingTask(
      id: "random-\(seed)-\(number)",
      input: [widths[0]],
      layers: .linear(
        Array(widths.dropFirst()), [.relu, .tanh, .softplus].randomElement(using: &random)!),
      hasBias: Bool.random(using: &random),
      batch: logarithmic(1...600),
      loss: Bool.random(using: &random) ? .crossEntropy : .squaredError,
      learningRate: 0.01, terms: terms, batches: 4,
      goal: .ratios(["PyTorch": 0.48, "JAX": 1.2]))
  }
}
