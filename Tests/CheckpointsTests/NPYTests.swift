import NeuronikaCheckpoints
import NeuronikaTensors
import Testing

/// A file of version 1.0 with any header.
private func npy(_ header: String, _ data: [UInt8], version: UInt8 = 1) -> [UInt8] {
  let count = header.utf8.count
  let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
  return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(header.utf8) + data
}

private func header(
  _ type: String = "<f4", _ shape: String = "(1,)", fortran: String = "False"
) -> String {
  "{'descr': '\(type)', 'fortran_order': \(fortran), 'shape': \(shape), }\n"
}

@Suite struct NPYTests {
  @Test(arguments: [[], [0], [5], [2, 3], [4, 0, 2], [1, 2, 3, 4, 5]]) func arraysComeBack(
    _ extents: [Int]
  ) throws {
    let tensor = Tensor.randn(Shape(extents), using: RandomSource(seed: 1))
    try withFolder { folder in
      try tensor.write(npy: folder + "/x.npy")
      #expect(try Tensor(npy: folder + "/x.npy") == tensor)
    }
  }

  @Test(arguments: [UInt8(1), 2, 3]) func versionsDifferInTheLength(_ version: UInt8) throws {
    let bytes = npy(header(), [0, 0, 0x80, 0x3F], version: version)
    #expect(try Tensor(npyBytes: bytes) == [1])
  }

  @Test func otherTypesAndByteOrdersBecomeFloats() throws {
    #expect(try Tensor(npyBytes: npy(header(">f4"), [0x3F, 0x80, 0, 0])) == [1])
    #expect(try Tensor(npyBytes: npy(header(">i2"), [1, 2])) == [258])
    #expect(try Tensor(npyBytes: npy(header("|u1", "(2, 1)"), [1, 2])) == [[1], [2]])
    #expect(try Tensor(npyBytes: npy(header("|b1", "()"), [1])) == Tensor(1))
    #expect(try Tensor(npyBytes: npy(header("<f2"), [0, 0xC0])) == [-2])
    #expect(try Tensor(npyBytes: npy(header("<i8"), [3, 0, 0, 0, 0, 0, 0, 0])) == [3])
    #expect(
      failure { _ = try Tensor(npyBytes: npy(header("<i4"), [1, 0, 0, 1])) }?.kind == .inexact)
  }

  @Test func axesMayLieInFortransOrder() throws {
    let bytes = npy(header("|u1", "(2, 3)", fortran: "True"), [1, 4, 2, 5, 3, 6])
    #expect(try Tensor(npyBytes: bytes) == [[1, 2, 3], [4, 5, 6]])
    let cube = npy(header("|u1", "(2, 2, 2)", fortran: "True"), [0, 4, 2, 6, 1, 5, 3, 7])
    #expect(try Tensor(npyBytes: cube).elements == [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(try Tensor(npyBytes: npy(header("<f4", "(2, 0)", fortran: "True"), [])).count == 0)
  }

  @Test func brokenFilesAreRefused() {
    func kind(_ bytes: [UInt8]) -> CheckpointError.Kind? {
      failure { _ = try Tensor(npyBytes: bytes) }?.kind
    }
    #expect(kind([]) == .otherFormat)
    #expect(kind(Array(npy(header(), []).prefix(9))) == .truncated)
    #expect(kind(Array(npy(header(), []).prefix(40))) == .truncated)
    #expect(kind(npy(header(), [], version: 4)) == .otherFormat)
    #expect(kind(npy(header(), [0, 0, 0])) == .truncated)
    #expect(kind(npy(header("<c8"), [0, 0, 0, 0, 0, 0, 0, 0])) == .unsupportedType)
    #expect(kind(npy(header("|O"), [])) == .unsupportedType)
    #expect(
      kind(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}", []))
        == .unsupportedType)
    #expect(kind(npy(header("<f4", "(4611686018427387904, 4, 0)"), [])) == .truncated)
    #expect(kind(npy("{'descr': '<f4', 'shape': ()}", [0, 0, 0, 0])) == .badHeader)
    #expect(kind(npy(header() + "x", [0, 0, 0, 0])) == .badHeader)
    #expect(kind(npy(header("<f4", "(-1,)"), [])) == .badHeader)
    #expect(kind(npy(header("<f4", fortran: "None"), [])) == .badHeader)
  }
}
