/// Numbers from a fixed seed (SplitMix64), so that a failure can be met again.
struct Numbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// The numbers of a name, the same in every process.
  init(named name: String) {
    // FNV-1a; Swift's own hashes are seeded anew in every process.
    state = name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

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

  mutating func int(below bound: Int) -> Int { Int(bits() % UInt64(bound)) }

  mutating func doubles(_ count: Int) -> [Double] {
    (0..<count).map { _ in Double(float(-1...1)) }
  }
}
