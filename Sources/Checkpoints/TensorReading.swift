import NeuronikaTensors

extension ByteSource {
  /// Reads a tensor of any type of numbers. What it takes has been compared with the size of the
  /// source.
  func tensor(
    _ type: ElementType, _ shape: Shape, at offset: Int, name tensorName: String?,
    bigEndian: Bool = false
  ) throws(CheckpointError) -> Tensor {
    let storage = Storage(count: shape.count)
    let floats = UnsafeMutableBufferPointer(start: storage.pointer, count: shape.count)
    if type == .float32 && !bigEndian {
      // Straight to its place: no bit changes.
      try read(into: UnsafeMutableRawBufferPointer(floats), at: offset)
    } else {
      let bytes = try bytes(offset..<offset + shape.count * type.size)
      let failure = bytes.withUnsafeBytes {
        type.convert($0, to: floats, bigEndian: bigEndian)
      }
      if let failure {
        throw CheckpointError(
          .inexact, file: name, offset: offset + failure.position * type.size, name: tensorName,
          problem: "no 32-bit float equals \(failure.number), which is of type \(type.rawValue)",
          advice: "tensors are of 32-bit floats; convert it to F32 where it comes from")
      }
    }
    return Tensor(shape: shape, storage: storage)
  }

  /// The number of bytes that a tensor takes: `nil` if it, or the product of some of the extents,
  /// is beyond `Int`, even if another extent is 0.
  static func size(of type: ElementType, _ extents: [Int]) -> Int? {
    var product = type.size
    for extent in extents {
      let (value, overflow) = product.multipliedReportingOverflow(by: max(extent, 1))
      if overflow { return nil }
      product = value
    }
    return extents.contains(0) ? 0 : product
  }
}
