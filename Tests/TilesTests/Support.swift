import CNeuronikaTiles
import Foundation

/// Numbers from a fixed seed (SplitMix64), so that a failure can be met again.
struct Numbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func bits() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func float(_ range: ClosedRange<Float>) -> Float {
    let unit = Float(bits() >> 40) / Float(1 << 24)
    return range.lowerBound + unit * (range.upperBound - range.lowerBound)
  }

  mutating func int(_ range: Range<Int>) -> Int {
    range.lowerBound + Int(bits() % UInt64(range.count))
  }

  mutating func floats(_ count: Int, _ range: ClosedRange<Float>) -> [Float] {
    (0..<count).map { _ in float(range) }
  }
}

let specialValues: [Float] = [
  0, -0.0, 1, -1, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 2, -2, 3, -3, 10, -10, 16_777_215, -16_777_215,
  16_777_216, 1e5, -1e5, 1.1e5, -1.1e5, 1e10, -1e10, 1e-10, -1e-10, 1e-30, -1e-30, 1e30, -1e30,
  88, 89, 90, -87, -88, -104, -150, .pi, -.pi, .leastNormalMagnitude, -.leastNormalMagnitude,
  .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .infinity, -.infinity, .nan,
]

/// Special values, then magnitudes of all sizes, then ordinary ones.
func grid(seed: UInt64 = 1) -> [Float] {
  var numbers = Numbers(seed: seed)
  var values = specialValues
  for _ in 0..<20_000 {
    let size = exp2(numbers.float(-125...127))
    values.append(numbers.bits() & 1 == 0 ? size : -size)
  }
  values += numbers.floats(20_000, -100...100)
  values += numbers.floats(20_000, -1...1)
  values += numbers.floats(5_000, -100_000...100_000)
  return values
}

/// The distance of a result from the truth in units in the last place; infinite when one is NaN
/// and the other is not. Results that should be denormal may be any denormal or 0.
func distance(_ result: Float, from truth: Double) -> Double {
  if truth.isNaN || result.isNaN { return truth.isNaN && result.isNaN ? 0 : .infinity }
  let tiny = Double(Float.leastNormalMagnitude)
  if abs(truth) < tiny { return abs(Double(result)) <= tiny ? 0 : .infinity }
  let greatest = Double(Float.greatestFiniteMagnitude)
  if abs(truth) > greatest {
    let isNear = abs(truth) < greatest * (1 + 1e-6)
    let isRight = result.isInfinite && (result < 0) == (truth < 0)
    return isRight || isNear && abs(Double(result)) == greatest ? 0 : .infinity
  }
  if result.isInfinite { return .infinity }
  return abs(Double(result) - truth) / Double(Float(truth).ulp)
}

func sameBits(_ a: [Float], _ b: [Float]) -> Bool {
  a.count == b.count
    && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
}

/// Floats in memory of their own, one float off alignment, between guards that must survive.
private struct Guarded {
  private let memory: UnsafeMutableBufferPointer<Float>
  private static let margin = 33
  private static let guarding: Float = 12345

  init(_ values: [Float]) {
    memory = .allocate(capacity: values.count + 2 * Guarded.margin)
    memory.initialize(repeating: Guarded.guarding)
    for (i, value) in values.enumerated() { start[i] = value }
  }

  var start: UnsafeMutablePointer<Float> { memory.baseAddress! + Guarded.margin }

  /// The first `count` floats; frees the memory.
  func finish(_ count: Int) -> [Float] {
    let values = Array(UnsafeBufferPointer(start: start, count: count))
    let around = memory.prefix(Guarded.margin) + memory.suffix(Guarded.margin)
    precondition(around.allSatisfy { $0 == Guarded.guarding }, "a guard was overwritten")
    memory.deallocate()
    return values
  }
}

/// Runs a kernel on copies of its operands, optionally into one of them.
func run(
  _ opcode: nk_opcode, _ operands: [[Float]], rows: Int, width: Int, results: Int? = nil,
  start: [Float]? = nil, into place: Int? = nil
) -> [Float] {
  let count = results ?? rows * width
  let tiles = operands.map(Guarded.init)
  let destination = Guarded(start ?? [Float](repeating: -7, count: count))
  let pointers = tiles.map(\.start) + [UnsafeMutablePointer<Float>?](repeating: nil, count: 3)
  let target = place.map { tiles[$0].start } ?? destination.start
  nk_kernel_for(Int32(opcode.rawValue))(
    target, pointers[0], pointers[1], pointers[2], rows, width)
  let apart = destination.finish(count)
  var result = apart
  for (k, tile) in tiles.enumerated() {
    let after = tile.finish(k == place ? count : operands[k].count)
    if k == place {
      result = after
    } else {
      precondition(sameBits(after, operands[k]), "an operand was overwritten")
    }
  }
  return result
}
