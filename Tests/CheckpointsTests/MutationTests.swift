import Foundation
import NeuronikaCheckpoints
import NeuronikaTensors
import Testing

/// Files with random damage. `NEURONIKA_MUTATIONS` says how many; 100,000 take some seconds.
@Suite struct MutationTests {
  private static let count =
    ProcessInfo.processInfo.environment["NEURONIKA_MUTATIONS"].flatMap(Int.init) ?? 3_000

  /// Numbers and signs that mean something in headers.
  private static let words = [
    "0", "1", "-1", "00", "9223372036854775807", "9223372036854775808", "18446744073709551616",
    "4611686018427387904", "1e9", "1.5", "\"", "\\", "\\u", "\\ud800", "{", "}", "[", "]", "(", ")",
    ",", ":", "'", "\"F64\"", "\"I64\"", "\"BF16\"", "\"F8_E5M2\"", "null", "\"__metadata__\"",
    "True", "<f8", ">i4", "\u{0}", "é",
  ].map { Array($0.utf8) }

  private func mutated(_ original: [UInt8], _ generator: inout Generator) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: bytes.indices, using: &generator)
      switch Int.random(in: 0..<7, using: &generator) {
      case 0: bytes[place] = .random(in: 0...255, using: &generator)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 2: bytes.removeSubrange(place..<min(place + 1 + place % 5, bytes.count))
      case 3: bytes.removeSubrange(place...)
      case 4: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
      case 5: bytes.insert(contentsOf: Self.words.randomElement(using: &generator)!, at: place)
      default:
        let word = Self.words.randomElement(using: &generator)!
        bytes.replaceSubrange(place..<min(place + word.count, bytes.count), with: word)
      }
    }
    return bytes
  }

  /// With the length of the header made right again, so that damage reaches what lies behind it.
  private func mended(_ bytes: [UInt8], data: Int) -> [UInt8] {
    guard bytes.count >= 8 + data else { return bytes }
    let length = UInt64(bytes.count - 8 - data)
    return withUnsafeBytes(of: length, Array.init) + bytes[8...]
  }

  @Test func damagedSafetensorsAreReadOrRefused() throws {
    var generator = Generator(seed: 11)
    let original = try Safetensors(sample(), metadata: ["a": "b", "c": "d\n"]).bytes()
    let data = original.count - 8 - Int(original[0]) - Int(original[1]) << 8
    var (read, refused) = (0, 0)
    for round in 0..<Self.count {
      var bytes = mutated(original, &generator)
      if !round.isMultiple(of: 4) { bytes = mended(bytes, data: data) }
      do {
        let file = try Safetensors(bytes: bytes)
        read += 1
        // What is read can be written, and is the same again.
        let again = try Safetensors(bytes: file.bytes())
        #expect(bits(again.state) == bits(file.state) && again.metadata == file.metadata)
      } catch {
        refused += 1
        #expect((error.offset ?? 0) <= bytes.count && !error.description.contains("\n"))
      }
    }
    #expect(read > Self.count / 100 && refused > Self.count / 2)
  }

  @Test func damagedArraysAreReadOrRefused() throws {
    var generator = Generator(seed: 12)
    let original = try withFolder { folder in
      try Tensor.randn([3, 2, 4], using: RandomSource(seed: 1)).write(npy: folder + "/x.npy")
      return [UInt8](try Data(contentsOf: URL(filePath: folder + "/x.npy")))
    }
    for _ in 0..<Self.count {
      let bytes = mutated(original, &generator)
      let error = failure { _ = try Tensor(npyBytes: bytes) }
      #expect((error?.offset ?? 0) <= bytes.count)
    }
  }
}
