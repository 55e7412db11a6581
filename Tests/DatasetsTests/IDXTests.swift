import Foundation
import NeuronikaDatasets
import NeuronikaTensors
import Testing

@Suite struct IDXTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    let element: IDXFile.Element
    let shape: Shape
    let bytes: [UInt8]
    let values: [Float]
    var testDescription: String { "\(element) \(shape)" }
  }

  static let samples: [Sample] = [
    Sample(element: .uint8, shape: [3], bytes: [0, 127, 255], values: [0, 127, 255]),
    Sample(element: .int8, shape: [3], bytes: [0, 127, 255], values: [0, 127, -1]),
    Sample(element: .int16, shape: [2, 1], bytes: [1, 0, 0x80, 0], values: [256, -32768]),
    Sample(
      element: .int32, shape: [1, 2], bytes: [0, 1, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF],
      values: [65536, 0x1p31]),
    Sample(
      element: .float32, shape: [2], bytes: [0x3F, 0xC0, 0, 0, 0xFF, 0x80, 0, 0],
      values: [1.5, -.infinity]),
    Sample(
      element: .float64, shape: [2],
      bytes: [0xBF, 0xF8, 0, 0, 0, 0, 0, 0, 0x7F, 0xEF, 0, 0, 0, 0, 0, 0],
      values: [-1.5, .infinity]),
    Sample(element: .uint8, shape: [], bytes: [42], values: [42]),
    Sample(element: .int16, shape: [4, 0, 2], bytes: [], values: []),
    Sample(
      element: .uint8, shape: [2, 1, 2, 1, 2], bytes: [1, 2, 3, 4, 5, 6, 7, 8],
      values: [1, 2, 3, 4, 5, 6, 7, 8]),
  ]

  @Test("Numbers of every kind and rank are read, packed or not", arguments: samples)
  func reads(_ sample: Sample) throws {
    let contents = idx(sample.element.rawValue, sample.shape.extents, sample.bytes)
    try withFolder { folder in
      for packed in [contents, gzipped(contents)] {
        try write(packed, folder + "/file")
        let file = try IDXFile(folder + "/file")
        #expect(file.element == sample.element)
        #expect(file.shape == sample.shape)
        #expect(file.bytes == sample.bytes)
        #expect(file.tensor == Tensor(sample.values, shape: sample.shape))
        try file.write(to: folder + "/copy")
        #expect(try read(folder + "/copy") == contents)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
      }
    }
  }

  @Test("A packed file may have several members, and zeros behind them")
  func members() throws {
    let contents = idx(8, [300, 300], (0..<90_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 7) })
    let whole = try IDXFile(contents: contents)
    for cut in [1, 7, 8, 40_000] {
      let (head, tail) = (Array(contents[..<cut]), Array(contents[cut...]))
      let members = gzipped(head) + gzipped([]) + gzipped(tail, level: 0)
      #expect(try IDXFile(contents: members).bytes == whole.bytes)
      #expect(try IDXFile(contents: members + [0, 0, 0]).bytes == whole.bytes)
      let zeros = [UInt8](repeating: 0, count: 100_000)
      #expect(try IDXFile(contents: members + zeros).bytes == whole.bytes)
      let error = #expect(throws: DataFileError.self) {
        try IDXFile(contents: members + zeros + [1], source: "a.gz")
      }
      #expect(error?.kind == .badGzip)
      #expect(
        error?.problem == "something that is not packed data follows it"
          && error!.offset! >= members.count)
    }
  }

  @Test("A pipe is read to its end")
  func pipe() throws {
    try withFolder { folder in
      let contents = idx(8, [100_000], [UInt8](repeating: 9, count: 100_000))
      for contents in [contents, gzipped(contents)] {
        let path = folder + "/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        let writer = Thread { try? write(contents, path) }
        writer.start()
        let shape = try IDXFile(path).shape
        #expect(shape == [100_000])
        unlink(path)
      }
    }
  }

  @Test("Every way to break off a file is an error, packed or not")
  func truncation() throws {
    let contents = idx(8, [2, 3], [1, 2, 3, 4, 5, 6])
    for length in 0..<contents.count {
      let error = #expect(throws: DataFileError.self) {
        try IDXFile(contents: Array(contents.prefix(length)))
      }
      #expect(error?.kind == .truncated && error?.offset == length)
      let packed = gzipped(Array(contents.prefix(length)))
      let same = #expect(throws: DataFileError.self) { try IDXFile(contents: packed) }
      #expect(same?.kind == .truncated && same?.offset == length)
    }
    let packed = gzipped(contents)
    for length in 2..<packed.count {
      let error = #expect(throws: DataFileError.self) {
        try IDXFile(contents: Array(packed.prefix(length)))
      }
      #expect(error?.kind == .badGzip && error?.offset == length)
    }
  }

  @Test("What is wrong with a file is said in one line")
  func messages() {
    func says(_ contents: [UInt8], limit: Int = IDXFile.defaultLimit) -> String? {
      message { _ = try IDXFile(contents: contents, source: "a.idx", limit: limit) }
    }
    let good = idx(8, [2, 2], [1, 2, 3, 4])
    let again = "download or copy it again"
    #expect(
      says([0, 0, 8])
        == "a.idx, byte 3: the first 4 bytes of an IDX file were expected, but the file ends here; "
        + again)
    #expect(
      says(Array("PK\u{3}\u{4}".utf8) + good)
        == "a.idx, byte 0: an IDX file begins with two zero bytes, but this one with 50 4b 03 04; "
        + "name an IDX file, such as train-images-idx3-ubyte, gzipped or not")
    #expect(
      says(idx(10, [1], [1]))
        == "a.idx, byte 2: a number's kind is 8, 9, 11, 12, 13 or 14, but here it is 10; "
        + "if it is an IDX file at all, download or copy it again")
    #expect(
      says([0, 0, 8, 3, 0, 0, 0, 1, 0])
        == "a.idx, byte 9: the extents of 3 axes were expected, but the file ends here; " + again)
    #expect(
      says(good.dropLast())
        == "a.idx, byte 15: extents [2, 2] of uint8 promise 4 bytes behind the header, but the "
        + "file ends after 3; " + again)
    #expect(
      says(good + [5, 6])
        == "a.idx, byte 16: extents [2, 2] of uint8 promise 4 bytes behind the header, but 2 more "
        + "follow; " + again)
    #expect(
      says(gzipped(good + [5, 6]))
        == "a.idx, byte 16: extents [2, 2] of uint8 promise 4 bytes behind the header, but more "
        + "follow; " + again)
    #expect(
      says(idx(14, [1 << 20, 1 << 20], []))
        == "a.idx, byte 4: extents [1048576, 1048576] of float64 promise more than the limit of "
        + "4294967296 bytes; if they are right, raise limit:; else download or copy the file again"
    )
    #expect(says(good, limit: 3)?.contains("more than the limit of 3 bytes") == true)
    var damaged = gzipped(good)
    damaged[damaged.count - 5] ^= 1
    #expect(
      says(damaged)?.hasSuffix(
        "the packed data is damaged (incorrect data check); download or copy the file again")
        == true)
  }

  @Test("Extents whose product no number holds are an error, also beside an empty axis")
  func overflow() {
    for extents in [
      [Int](repeating: 1 << 31, count: 3), [0, 1 << 31, 1 << 31, 1 << 31],
      [1 << 31, 1 << 31, 1 << 31, 0], [Int](repeating: 255, count: 255),
    ] {
      let error = #expect(throws: DataFileError.self) { try IDXFile(contents: idx(8, extents, [])) }
      #expect(error?.kind == .tooLarge)
    }
  }

  @Test("Files that can't be read or written say why")
  func files() throws {
    try withFolder { folder in
      #expect(
        message { _ = try IDXFile(folder + "/none") }
          == "\(folder)/none: there is no such file; "
          + "check the path; relative ones start in the current directory")
      #expect(
        message { _ = try IDXFile(folder) }
          == "\(folder): this is a directory; name a file in it")
      let file = IDXFile([1], shape: [1])
      #expect(
        message { try file.write(to: folder + "/a/b") }
          == "\(folder)/a/b: there is no such file; "
          + "check the path; relative ones start in the current directory")
    }
  }
}
