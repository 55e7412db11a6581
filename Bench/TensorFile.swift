import Foundation

/// Named tensors in one file, which the peers write and read too: the safetensors layout, a JSON
/// header of names, shapes and places before the numbers.
nonisolated struct TensorFile {
  private struct Entry: Codable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
  }

  private var entries: [String: Entry] = [:]
  private var body = Data()

  init() {}

  mutating func add(_ name: String, _ values: [Float], _ shape: [Int]) {
    let start = body.count
    values.withUnsafeBytes { body.append(contentsOf: $0) }
    entries[name] = Entry(dtype: "F32", shape: shape, data_offsets: [start, body.count])
  }

  /// - Parameters:
  ///   - description: What else the peers have to know.
  ///   - key: Its name in the metadata.
  func write(_ description: some Encodable, as key: String, to file: URL) throws {
    let encoder = JSONEncoder()
    let described = String(decoding: try encoder.encode(description), as: UTF8.self)
    var header = String(decoding: try encoder.encode(entries), as: UTF8.self)
    let metadata = String(decoding: try encoder.encode([key: described]), as: UTF8.self)
    let separator = entries.isEmpty ? "" : ","
    header = "{\"__metadata__\":\(metadata)\(separator)" + header.dropFirst()
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    var output = Data()
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { output.append(contentsOf: $0) }
    output.append(contentsOf: header.utf8)
    output.append(body)
    try output.write(to: file)
  }

  /// Reads a file of `Double`s without metadata, as the peers write it.
  init(contentsOf file: URL) throws {
    let data = try Data(contentsOf: file)
    let length = data.withUnsafeBytes {
      Int(UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)))
    }
    entries = try JSONDecoder().decode([String: Entry].self, from: data[8..<8 + length])
    body = Data(data[(8 + length)...])
  }

  /// The shape and the elements of a tensor of `Double`s, or `nil` if there is none of the name.
  func doubles(_ name: String) -> (shape: [Int], elements: [Double])? {
    guard let entry = entries[name], entry.dtype == "F64" else { return nil }
    let places = stride(from: entry.data_offsets[0], to: entry.data_offsets[1], by: 8)
    let elements = body.withUnsafeBytes { bytes in
      places.map { bytes.loadUnaligned(fromByteOffset: $0, as: Double.self) }
    }
    return (entry.shape, elements)
  }
}
