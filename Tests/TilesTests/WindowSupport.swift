import CNeuronikaTiles
import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// Floats that end exactly where a page that can't be touched begins: one step too far, read or
/// written, ends the process. What lies before them is checked.
final class Fenced {
  private let memory: UnsafeMutableRawPointer
  private let bytes: Int
  let start: UnsafeMutablePointer<Float>
  let count: Int
  private static let guarding: Float = 12345

  init(_ values: [Float]) {
    let page = sysconf(Int32(_SC_PAGESIZE))
    count = values.count
    // At least 64 floats before, to be guarded.
    bytes = ((count + 64) * 4 + page - 1) / page * page + page
    memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
    precondition(memory != MAP_FAILED, "no memory to test in")
    let end = memory + bytes - page
    precondition(mprotect(end, page, PROT_NONE) == 0, "a page can't be fenced off")
    memory.initializeMemory(
      as: Float.self, repeating: Fenced.guarding, count: (bytes - page) / 4)
    start = end.assumingMemoryBound(to: Float.self) - count
    for (place, value) in values.enumerated() { start[place] = value }
  }

  deinit { munmap(memory, bytes) }

  var values: [Float] { Array(UnsafeBufferPointer(start: start, count: count)) }

  /// Whether nothing before the floats was written.
  var isIntact: Bool {
    let first = memory.assumingMemoryBound(to: Float.self)
    return UnsafeBufferPointer(start: first, count: start - first)
      .allSatisfy { $0 == Fenced.guarding }
  }
}

/// What the window kernels are told, and what they should make of it, in the plainest words.
struct Windows: CustomStringConvertible {
  var images = 1
  var input = [1, 1, 1]
  var channels = 1
  /// For each axis and each output position along it the input positions and their weights.
  var rows: [[[(position: Int, weight: Float)]]]
  var isRectified = false

  var output: [Int] { rows.map(\.count) }
  var inputCount: Int { images * input.reduce(channels, *) }
  var outputCount: Int { images * output.reduce(channels, *) }
  /// What a kernel numbers its work by.
  var rowCount: Int { images * output[0] * output[1] }

  /// Whether along every axis every input position is in exactly one row.
  var isPartition: Bool {
    zip(rows, input).allSatisfy { rows, extent in
      rows.flatMap { $0.map(\.position) }.sorted() == Array(0..<extent)
    }
  }

  var description: String {
    "\(images) × \(input) × \(channels) → \(output)\(isPartition ? ", a partition" : "")"
      + "\(isRectified ? ", rectified" : ""), windows \(rows.map { $0.map { $0.map(\.position) } })"
  }

  /// Windows along an axis: a length, how far apart they start and how far apart their elements lie.
  static func rows(
    _ extent: Int, _ length: Int, stride: Int, dilation: Int = 1, padding: Int = 0,
    _ numbers: inout Numbers
  ) -> [[(position: Int, weight: Float)]] {
    var rows: [[(position: Int, weight: Float)]] = []
    var start = -padding
    while start + (length - 1) * dilation < extent + padding {
      let positions = (0..<length).map { start + $0 * dilation }.filter { 0..<extent ~= $0 }
      if !positions.isEmpty { rows.append(positions.map { ($0, numbers.float(-1...1)) }) }
      start += stride
    }
    return rows.isEmpty ? [(0..<extent).map { ($0, 1) }] : rows
  }

  /// Windows of some images of two or three axes; disjoint ones that cover all, or others.
  static func random(channels: Int, partitions: Bool, _ numbers: inout Numbers) -> Windows {
    var windows = Windows(rows: [])
    windows.images = numbers.int(1..<4)
    windows.channels = channels
    for axis in 0..<3 {
      let length = numbers.int(1..<4)
      if axis == 0 && numbers.int(0..<2) == 0 {
        windows.rows.append([[(0, 1)]])
      } else if partitions {
        windows.input[axis] = length * numbers.int(1..<4)
        windows.rows.append(rows(windows.input[axis], length, stride: length, &numbers))
      } else {
        windows.input[axis] = numbers.int(length..<length + 5)
        windows.rows.append(
          rows(
            windows.input[axis], length, stride: numbers.int(1..<4), dilation: numbers.int(1..<3),
            padding: numbers.int(0..<2), &numbers))
      }
    }
    windows.isRectified = numbers.int(0..<2) == 1
    return windows
  }

  /// Windows of 2 × 2, whose columns lie side by side; if they aren't a partition, then with rows apart
  /// or a column too many.
  static func squares(channels: Int, isPartition: Bool, _ numbers: inout Numbers) -> Windows {
    var windows = Windows(rows: [])
    windows.images = numbers.int(1..<4)
    windows.channels = channels
    let (depth, height, width) = (numbers.int(1..<3), numbers.int(1..<4), numbers.int(1..<12))
    windows.rows.append((0..<depth).map { [($0, 1)] })
    if isPartition {
      windows.input = [depth, 2 * height, 2 * width]
      windows.rows.append(rows(2 * height, 2, stride: 2, &numbers))
    } else {
      windows.input = [depth, height + 2, 2 * width + numbers.int(0..<2)]
      windows.rows.append(rows(height + 2, 2, stride: 1, dilation: 2, &numbers))
    }
    windows.rows.append(rows(windows.input[2], 2, stride: 2, &numbers))
    windows.isRectified = numbers.int(0..<2) == 1
    return windows
  }

  /// Calls the closure with the number of each output float and those of its window's input floats,
  /// in order, with weights.
  func forEach(_ body: (_ output: Int, _ taps: [(place: Int, weight: Float)]) -> Void) {
    var place = 0
    for image in 0..<images {
      for d in rows[0] {
        for h in rows[1] {
          for w in rows[2] {
            for c in 0..<channels {
              var taps: [(Int, Float)] = []
              for i in d {
                for j in h {
                  for k in w {
                    let line = (image * input[0] + i.position) * input[1] + j.position
                    taps.append(
                      (
                        (line * input[2] + k.position) * channels + c,
                        i.weight * j.weight * k.weight
                      ))
                  }
                }
              }
              body(place, taps)
              place += 1
            }
          }
        }
      }
    }
  }

  /// The place of the greatest of some elements: of the first NaN, else of the first greatest.
  func greatest(_ x: [Float], _ taps: [(place: Int, weight: Float)]) -> Int {
    if let place = taps.first(where: { x[$0.place].isNaN })?.place { return place }
    return taps.reduce(taps[0].place) { x[$1.place] > x[$0] ? $1.place : $0 }
  }

  /// Calls the closure with the structure that says the same in C.
  func withTables(_ body: (nk_windows) -> Void) {
    var (starts, positions, weights) = ([[Int32]](), [[Int32]](), [[Float]]())
    for axis in rows {
      starts.append(axis.reduce(into: [0]) { $0.append($0.last! + Int32($1.count)) })
      positions.append(axis.flatMap { $0.map { Int32($0.position) } })
      weights.append(axis.flatMap { $0.map(\.weight) })
    }
    // One after another in memory that stays where it is.
    let offsets = (0..<3).map { axis in
      (
        starts[..<axis].reduce(0) { $0 + $1.count }, positions[..<axis].reduce(0) { $0 + $1.count }
      )
    }
    starts.flatMap { $0 }.withUnsafeBufferPointer { s in
      positions.flatMap { $0 }.withUnsafeBufferPointer { p in
        weights.flatMap { $0 }.withUnsafeBufferPointer { w in
          func at<T>(_ pointer: UnsafeBufferPointer<T>, _ offset: Int) -> UnsafePointer<T> {
            pointer.baseAddress! + offset
          }
          body(
            nk_windows(
              images: images, input: (input[0], input[1], input[2]),
              output: (output[0], output[1], output[2]), channels: channels,
              starts: (at(s, offsets[0].0), at(s, offsets[1].0), at(s, offsets[2].0)),
              positions: (at(p, offsets[0].1), at(p, offsets[1].1), at(p, offsets[2].1)),
              weights: (at(w, offsets[0].1), at(w, offsets[1].1), at(w, offsets[2].1)),
              is_partition: isPartition ? 1 : 0, is_rectified: isRectified ? 1 : 0))
        }
      }
    }
  }
}
