import Foundation
import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// Numbers from a seed (SplitMix64).
struct Numbers {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func bits() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func tensor(_ shape: Shape) -> Tensor {
    Tensor((0..<shape.count).map { _ in Float(bits() >> 40) / Float(1 << 23) - 1 }, shape: shape)
  }
}

/// A tensor of numbers between −1 and 1, the same for the same seed.
func random(_ shape: Shape, _ seed: UInt64 = 1) -> Tensor {
  var numbers = Numbers(seed)
  return numbers.tensor(shape)
}

extension Tensor {
  /// Whether all elements are this near, relatively to the greatest.
  func isNear(_ other: Tensor, _ tolerance: Float = 1e-5) -> Bool {
    let greatest = other.elements.reduce(1) { max($0, $1.magnitude) }
    return shape == other.shape
      && zip(elements, other.elements).allSatisfy { ($0 - $1).magnitude <= tolerance * greatest }
  }

  func mapped(_ transform: (Float) -> Float) -> Tensor {
    Tensor(elements.map(transform), shape: shape)
  }

  /// NaN is NaN.
  var bits: [UInt32] { elements.map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern } }
}

extension Optional<ExitTest.Result> {
  /// Whether the process said a sentence before it stopped.
  func says(_ sentence: String) -> Bool { text.contains(sentence) }
  var text: String { String(decoding: self?.standardErrorContent ?? [], as: UTF8.self) }
}

/// What another thread found.
final class Findings<Value>: @unchecked Sendable {
  var value: Value?
}

/// Runs the body on a thread with a stack of so many kilobytes.
func onStack<Value>(kilobytes: Int, _ body: @escaping @Sendable () -> Value) -> Value {
  let findings = Findings<Value>()
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    findings.value = body()
    done.signal()
  }
  thread.stackSize = kilobytes << 10
  thread.start()
  done.wait()
  return findings.value!
}

/// An operation that counts how often it is differentiated.
struct Counted: NeuronikaGraphs.Operation {
  static let name = "counted"
  nonisolated(unsafe) static var pullbacks = 0

  func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }
  func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { $0 * 3 }
  }
  func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    Counted.pullbacks += 1
    return [upstream * 3]
  }
  func lowering(of operands: [Shape], to shape: Shape) -> Lowering { .elementwise(.operand(0) * 3) }
}
