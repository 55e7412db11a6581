import NeuronikaTensors

/// Numbers from a seed (SplitMix64), so that a failure can be met again.
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

  mutating func below(_ bound: Int) -> Int { Int(bits() % UInt64(bound)) }
  mutating func int(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }
  mutating func unit() -> Double { Double(bits() >> 11) / Double(1 << 53) }
  mutating func float(_ range: ClosedRange<Float>) -> Float {
    range.lowerBound + Float(unit()) * (range.upperBound - range.lowerBound)
  }
  mutating func chance(_ probability: Double) -> Bool { unit() < probability }
  mutating func pick<C: RandomAccessCollection>(_ choices: C) -> C.Element {
    choices[choices.index(choices.startIndex, offsetBy: below(choices.count))]
  }
  mutating func shuffled(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for place in stride(from: count - 1, to: 0, by: -1) { order.swapAt(place, below(place + 1)) }
    return order
  }

  mutating func tensor(_ shape: Shape, _ range: ClosedRange<Float> = -1...1) -> Tensor {
    Tensor((0..<shape.count).map { _ in float(range) }, shape: shape)
  }
}
