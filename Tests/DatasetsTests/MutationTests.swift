import Foundation
import NeuronikaDatasets
import NeuronikaTensors
import Testing

/// Readers of files get bytes that no program wrote: right ones, changed at random.
///
/// `NEURONIKA_MUTATIONS` says how many for each reader; 5,000 without it.
@Suite struct MutationTests {
  static let count =
    ProcessInfo.processInfo.environment["NEURONIKA_MUTATIONS"].flatMap(Int.init) ?? 5_000

  /// Bytes with one to four changes of the kinds that find mistakes: other bytes, extreme ones,
  /// pieces cut out, doubled or moved, and the end cut off.
  ///
  /// - Parameter alphabet: Bytes that mean something to the reader.
  static func mutated(
    _ bytes: [UInt8], alphabet: [UInt8], _ generator: inout Generator
  ) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      guard !bytes.isEmpty else { break }
      // Half of the changes hit the first bytes, where the headers are.
      let near = Bool.random(using: &generator) ? min(bytes.count, 24) : bytes.count
      let place = Int.random(in: 0..<near, using: &generator)
      let end = min(place + Int.random(in: 1...9, using: &generator), bytes.count)
      switch Int.random(in: 0..<8, using: &generator) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 2: bytes[place] = alphabet.randomElement(using: &generator)!
      case 3: bytes.removeSubrange(place..<end)
      case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 5: for i in place..<end { bytes[i] = 0xFF }
      case 6: bytes.removeSubrange(place...)
      default: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &generator))
      }
    }
    return bytes
  }

  /// The most memory the process has ever asked for, in bytes, whether it used it or not.
  static func peak() throws -> Int {
    #if os(Linux)
      let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = status.split(separator: "\n").first { $0.hasPrefix("VmPeak:") }
      return Int(line!.filter(\.isNumber))! * 1024
    #else
      return 0
    #endif
  }

  /// Runs a reader on mutations of seeds, and gives how many of them it took.
  static func survive(
    _ seeds: [[UInt8]], alphabet: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF],
    _ reader: ([UInt8]) throws -> Void
  ) throws -> (taken: Int, refused: Int) {
    var generator = Generator(seed: 99)
    var (taken, refused) = (0, 0)
    let before = try peak()
    for number in 0..<count {
      do {
        try reader(mutated(seeds[number % seeds.count], alphabet: alphabet, &generator))
        taken += 1
      } catch {
        refused += 1
      }
    }
    // Headers promise gigabytes in these; the bound leaves room for tests that run beside.
    #expect(try peak() - before < 1 << 30)
    return (taken, refused)
  }

  static let arrays: [[UInt8]] = [
    idx(8, [5, 4, 4], (0..<80).map { UInt8($0) }), idx(0x0B, [3], [1, 2, 3, 4, 5, 6]),
    idx(0x0E, [2, 1], [UInt8](repeating: 7, count: 16)), idx(9, [], [3]),
  ]

  @Test("Changed IDX files are read, or refused by an error") func idxFiles() throws {
    let result = try Self.survive(Self.arrays) { bytes in
      let file = try IDXFile(contents: bytes)
      #expect(file.bytes.count == file.shape.count * file.element.byteCount)
      #expect(file.tensor.count == file.shape.count)
    }
    #expect(result.taken > 0 && result.refused > 0)
  }

  @Test("Changed gzip files are unpacked, or refused by an error") func gzipFiles() throws {
    let long = idx(8, [600, 100], (0..<60_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 9) })
    let seeds = (Self.arrays + [long]).flatMap { array in
      [
        gzipped(array), gzipped(array, level: 0),
        gzipped(Array(array.prefix(9))) + gzipped(Array(array.dropFirst(9))),
      ]
    }
    let result = try Self.survive(seeds) { _ = try IDXFile(contents: $0) }
    #expect(result.taken > 0 && result.refused > 0)
  }

  @Test("Changed tables are read, or refused by an error") func tables() throws {
    let text = "a,\"b \"\"c\"\"\",d\r\n1,-2.5e3,x\n4, 5 ,\"y\n,\"\n?,1e-40,\n"
    let blanks = "  1   2\t 3  \r\n4 5 6\n"
    let formats = [
      CSVFormat(missing: .mean, text: [3]), CSVFormat(missing: .dropRow, ignoring: ["d"]),
      CSVFormat(delimiter: .semicolon, hasHeader: false),
      CSVFormat(delimiter: .blanks, hasHeader: false), CSVFormat(delimiter: .character("¦")),
    ]
    let seeds = [text, blanks, text.replacing(",", with: "¦"), text.replacing(",", with: ";")]
    var number = 0
    let result = try Self.survive(
      seeds.map { Array($0.utf8) }, alphabet: Array("\",;\n\r 1.e-?\u{FEFF}x".utf8)
    ) { bytes in
      number += 1
      let table = try Table(csvBytes: bytes, formats[number / seeds.count % formats.count])
      #expect(try table.matrix().shape[0] == table.count)
      _ = table.describe()
    }
    #expect(result.taken > 0 && result.refused > 0)
  }
}
