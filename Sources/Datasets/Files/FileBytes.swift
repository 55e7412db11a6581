/// The bytes of a file in memory, with room for one more behind them.
///
/// Read rather than mapped: a mapped file that another program shortens kills the process.
final class FileBytes {
  private(set) var pointer: UnsafeMutablePointer<UInt8>
  private(set) var count = 0

  /// A copy of bytes that are in memory already.
  init(_ bytes: some Collection<UInt8>) {
    pointer = .allocate(capacity: bytes.count + 1)
    for byte in bytes {
      pointer[count] = byte
      count += 1
    }
  }

  /// Reads a whole file: a regular one at once, a pipe to its end.
  init(path: String) throws(SystemError) {
    let file = try FileReader(path: path)
    var capacity = max((file.size ?? 0) + 1, 1 << 16)
    pointer = .allocate(capacity: capacity)
    while true {
      if count + 1 >= capacity {
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * capacity)
        larger.update(from: pointer, count: count)
        pointer.deallocate()
        (pointer, capacity) = (larger, 2 * capacity)
      }
      let room = UnsafeMutableRawBufferPointer(start: pointer + count, count: capacity - 1 - count)
      let got = try file.read(into: room)
      count += got
      if got < room.count { break }
    }
  }

  deinit { pointer.deallocate() }
}
