import CNeuronikaZlib
import Foundation
import NeuronikaDatasets
import Testing

/// Runs a closure with a folder of its own, and deletes that.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "datasets-\(UUID())").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

func write(_ bytes: [UInt8], _ path: String) throws {
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}

func read(_ path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// What a `DataFileError` says.
func message(_ body: () throws -> Void) -> String? {
  #expect(throws: DataFileError.self, performing: body)?.description
}

/// One gzip member.
func gzipped(_ bytes: [UInt8], level: CInt = Z_DEFAULT_COMPRESSION) -> [UInt8] {
  var stream = z_stream()
  deflateInit2_(
    &stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    CInt(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(bytes.count))))
  let capacity = output.count
  input.withUnsafeMutableBufferPointer { source in
    output.withUnsafeMutableBufferPointer { target in
      stream.next_in = source.baseAddress
      stream.avail_in = uInt(source.count)
      stream.next_out = target.baseAddress
      stream.avail_out = uInt(target.count)
      let status = deflate(&stream, Z_FINISH)
      #expect(status == Z_STREAM_END)
    }
  }
  return Array(output.prefix(capacity - Int(stream.avail_out)))
}

/// An IDX file.
func idx(_ kind: UInt8, _ extents: [Int], _ bytes: [UInt8]) -> [UInt8] {
  [0, 0, kind, UInt8(extents.count)] + extents.flatMap(bigEndian) + bytes
}

func bigEndian(_ value: Int) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
}

/// A folder of four small files: `train` and `test` images of 2 × 3 pixels with ascending labels.
func writeImages(_ folder: String, train: Int, test: Int) throws {
  for (name, count) in [("train", train), ("t10k", test)] {
    let pixels = (0..<(6 * count)).map { UInt8(truncatingIfNeeded: $0) }
    try write(idx(8, [count, 2, 3], pixels), "\(folder)/\(name)-images-idx3-ubyte")
    try write(
      idx(8, [count], (0..<count).map { UInt8($0 % 10) }), "\(folder)/\(name)-labels-idx1-ubyte")
  }
}
