/// The hash function SHA-256, fed piece by piece.
///
/// It names data: a file whose hash is the published one is the published file. The few lines are
/// here rather than a cryptographic library, which takes longer to build than all of this package.
/// They take no secrets, so that nothing depends on how long they take.
///
/// **Source:** NIST: *FIPS 180-4, Secure Hash Standard*, 2015, section 6.2.
///
/// **Complexity:** O(bytes), and 300 bytes of memory.
package struct SHA256: Sendable {
  private var hash = initialHash
  /// The bytes that don't fill a block yet.
  private var block: [UInt8] = []
  private var bytes: UInt64 = 0

  package init() { block.reserveCapacity(64) }

  /// Takes more bytes.
  package mutating func update(_ more: UnsafeRawBufferPointer) {
    bytes += UInt64(more.count)
    var rest = more[...]
    if !block.isEmpty {
      let missing = min(64 - block.count, rest.count)
      block.append(contentsOf: rest.prefix(missing))
      rest = rest.dropFirst(missing)
      if block.count < 64 { return }
      block.withUnsafeBytes { mix($0) }
      block.removeAll(keepingCapacity: true)
    }
    while rest.count >= 64 {
      mix(UnsafeRawBufferPointer(rebasing: rest.prefix(64)))
      rest = rest.dropFirst(64)
    }
    block.append(contentsOf: rest)
  }

  /// Takes more bytes.
  package mutating func update(_ more: some Sequence<UInt8>) {
    if more.withContiguousStorageIfAvailable({ update(UnsafeRawBufferPointer($0)) }) == nil {
      Array(more).withUnsafeBytes { update($0) }
    }
  }

  /// The hash of all bytes so far, as 64 hexadecimal digits.
  package var hexadecimal: String {
    var last = self
    let bits = bytes * 8
    // A one bit, zeros, and the length fill the last block.
    last.update([0x80] + [UInt8](repeating: 0, count: Int((119 - bytes % 64) % 64)))
    last.update((0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) })
    return last.hash.indices.map { i in
      let digits = String(last.hash[i], radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  /// Mixes a block of 64 bytes in.
  private mutating func mix(_ block: UnsafeRawBufferPointer) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { w in
      for i in 0..<16 {
        w[i] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self))
      }
      for i in 16..<64 {
        let (x, y) = (w[i - 15], w[i - 2])
        let s0 = turned(x, 7) ^ turned(x, 18) ^ x >> 3
        let s1 = turned(y, 17) ^ turned(y, 19) ^ y >> 10
        w[i] = w[i - 16] &+ s0 &+ w[i - 7] &+ s1
      }
      var (a, b, c, d) = (hash[0], hash[1], hash[2], hash[3])
      var (e, f, g, h) = (hash[4], hash[5], hash[6], hash[7])
      roundConstants.withUnsafeBufferPointer { k in
        for i in 0..<64 {
          let s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
          let t1 = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ k[i] &+ w[i]
          let s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)
          let t2 = s0 &+ ((a & b) ^ (a & c) ^ (b & c))
          (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
        }
      }
      hash &+= SIMD8(a, b, c, d, e, f, g, h)
    }
  }
}

/// The SHA-256 of bytes in memory, as 64 hexadecimal digits.
package func sha256(_ bytes: some Sequence<UInt8>) -> String {
  var hash = SHA256()
  hash.update(bytes)
  return hash.hexadecimal
}

/// The bits of a word turned to the right.
private func turned(_ x: UInt32, _ count: UInt32) -> UInt32 { x >> count | x << (32 - count) }

/// The first 32 bits behind the point of the square roots of the first 8 primes.
private let initialHash = SIMD8<UInt32>(
  0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
  0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19)

/// The first 32 bits behind the point of the cube roots of the first 64 primes.
private let roundConstants: [UInt32] = [
  0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5,
  0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
  0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3,
  0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
  0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc,
  0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
  0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
  0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
  0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13,
  0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
  0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3,
  0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
  0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5,
  0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
  0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208,
  0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
]
