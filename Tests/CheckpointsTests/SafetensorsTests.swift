import NeuronikaCheckpoints
import NeuronikaTensors
import Testing

@Suite struct SafetensorsTests {
  @Test func everyBitAndTheOrderComeBack() throws {
    let metadata = ["format": "pt", "odd \"\n": "\u{0}é🙂", "": ""]
    try withFolder { folder in
      let path = folder + "/model.safetensors"
      try Safetensors(sample(), metadata: metadata).write(to: path)
      let read = try Safetensors(contentsOf: path)
      #expect(bits(read.state) == bits(sample()))
      #expect(read.metadata == metadata)
      try read.write(to: folder + "/again.safetensors")
      let again = try Safetensors(contentsOf: folder + "/again.safetensors")
      #expect(try again.bytes() == Safetensors(sample(), metadata: metadata).bytes())
    }
  }

  @Test func nothingAtAllIsAFileToo() throws {
    let bytes = try Safetensors(State()).bytes()
    #expect(bytes == file("{}      ", data: 0))
    #expect(try Safetensors(bytes: bytes).state.count == 0)
  }

  @Test func theBytesAreThoseOfTheFormat() throws {
    var state = State()
    state["w"] = .tensor([1, -2])
    state["n"] = .integer(-2)
    let header =
      #"{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"#
      + #""n":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    #expect(
      try Safetensors(state, metadata: ["a": "b"]).bytes()
        == file(padded, data: 0) + [0xFE, 255, 255, 255, 255, 255, 255, 255]
        + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
  }

  @Test func otherTypesBecomeFloats() throws {
    func read(_ type: String, _ count: Int, _ data: [UInt8]) throws -> [Float] {
      let header =
        #"{"x":{"dtype":"\#(type)","shape":[\#(count)],"data_offsets":[0,\#(data.count)]}}"#
      let state = try Safetensors(bytes: file(header, data: 0) + data).state
      guard case .tensor(let tensor) = state["x"] else { return [] }
      return tensor.elements
    }
    #expect(try read("BOOL", 2, [0, 1]) == [0, 1])
    #expect(try read("U8", 2, [7, 255]) == [7, 255])
    #expect(try read("I8", 2, [7, 255]) == [7, -1])
    #expect(try read("U16", 1, [1, 2]) == [513])
    #expect(try read("I16", 1, [0xFF, 0xFF]) == [-1])
    #expect(try read("U32", 1, [0, 0, 0, 0x80]) == [2_147_483_648])
    #expect(try read("I32", 1, [0, 0, 0, 0x80]) == [-2_147_483_648])
    #expect(try read("U64", 1, [0, 0, 0, 0, 0, 0, 0, 0x80]) == [9_223_372_036_854_775_808])
    #expect(try read("I64", 1, [0xFF, 255, 255, 255, 255, 255, 255, 255]) == [-1])
    #expect(try read("F16", 4, [0, 0x3C, 0, 0xC0, 1, 0, 0, 0x7C]) == [1, -2, 0x1p-24, .infinity])
    #expect(try read("BF16", 2, [0x80, 0x3F, 0, 0xC0]) == [1, -2])
    #expect(try read("F64", 1, [0x9A, 0x99, 0x99, 0x99, 0x99, 0x99, 0xB9, 0x3F]) == [0.1])
    #expect(try read("F64", 1, [0, 0, 0, 0, 0, 0, 0xF0, 0x7F]) == [.infinity])
  }

  @Test func numbersThatNoFloatHoldsAreRefusedWithTheirPlace() {
    let header = #"{"ids":{"dtype":"I64","shape":[2],"data_offsets":[0,16]}}"#
    let data: [UInt8] = [5, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 1, 0, 0, 0, 0]
    let error = failure { _ = try Safetensors(bytes: file(header, data: 0) + data, name: "x.st") }
    #expect(error?.kind == .inexact && error?.offset == 8 + header.utf8.count + 8)
    #expect(
      error?.description
        == "x.st, byte \(16 + header.utf8.count) (\"ids\"): no 32-bit float equals 16777217, which "
        + "is of type I64; tensors are of 32-bit floats; convert it to F32 where it comes from")
    let large = #"{"x":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#
    let bytes = file(large, data: 0) + withUnsafeBytes(of: 1e300, Array.init)
    #expect(failure { _ = try Safetensors(bytes: bytes) }?.kind == .inexact)
  }

  @Test func entriesMayStandInAnyOrder() throws {
    let header =
      #" {"b" : {"data_offsets":[4,8],"shape":[1],"dtype":"F32"} , "#
      + #""e":{"dtype":"F32","shape":[0,5],"data_offsets":[4,4]},"#
      + #""\u0061\uD83D\ude42":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"# + "\n\t "
    let state = try Safetensors(
      bytes: file(header, data: 0) + [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]
    ).state
    #expect(state.names == ["b", "e", "a🙂"])
    #expect(state["b"] == .tensor([2]) && state["a🙂"] == .tensor(Tensor(1)))
    #expect(state["e"] == .tensor(.zeros([0, 5])))
  }

  @Test func theNameOfTheMetadataIsTheFormats() {
    var state = State()
    state["__metadata__"] = .integer(1)
    #expect(failure { _ = try Safetensors(state).bytes() }?.kind == .badName)
  }
}

private struct Refusal: CustomTestStringConvertible {
  let testDescription: String
  let header: String
  let data: Int
  let kind: CheckpointError.Kind
  let offset: Int

  init(
    _ what: String, _ header: String, data: Int = 4, _ kind: CheckpointError.Kind, at offset: Int
  ) {
    (testDescription, self.header, self.data, self.kind, self.offset) = (
      what, header, data, kind, offset
    )
  }
}

/// A header with one tensor.
private func one(
  _ type: String = "F32", _ shape: String = "[1]", _ offsets: String = "[0,4]"
) -> String {
  "{\"x\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}}"
}

private let refusals = [
  Refusal("no object", "[]", .badHeader, at: 8),
  Refusal("nothing", "", .badHeader, at: 8),
  Refusal("no end", #"{"x":"#, .badHeader, at: 13),
  Refusal("a name without end", #"{"x"#, .badHeader, at: 9),
  Refusal("a comma too many", #"{"__metadata__":{},}"#, .badHeader, at: 27),
  Refusal("something behind the end", one() + "x", .badHeader, at: 8 + one().count),
  Refusal("a control character", "{\"a\n\":1}", .badHeader, at: 11),
  Refusal("an unknown escape", #"{"\x":1}"#, .badHeader, at: 11),
  Refusal("half a surrogate", #"{"\ud83d":1}"#, .badHeader, at: 16),
  Refusal("a bad digit", #"{"\u00g0":1}"#, .badHeader, at: 14),
  Refusal("metadata of numbers", #"{"__metadata__":{"a":1}}"#, .badHeader, at: 29),
  Refusal("an unknown key", #"{"x":{"kind":"F32"}}"#, .badHeader, at: 14),
  Refusal("a missing key", #"{"x":{"dtype":"F32","shape":[]}}"#, .badHeader, at: 9),
  Refusal("a negative extent", one("F32", "[-1]"), .badHeader, at: 37),
  Refusal("a fraction", one("F32", "[1.0]"), .badHeader, at: 38),
  Refusal("an extent beyond 64 bits", one("F32", "[9223372036854775808]"), .badHeader, at: 37),
  Refusal("a leading zero", one("F32", "[01]"), .badHeader, at: 37),
  Refusal(
    "a name twice", "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"x\":",
    .duplicateName, at: 62),
  Refusal("a key twice", #"{"x":{"dtype":"F32","dtype":"F32"}}"#, .duplicateName, at: 28),
  Refusal("metadata twice", #"{"__metadata__":{"a":"b","a":"b"}}"#, .duplicateName, at: 33),
  Refusal("an unknown type", one("F31"), .unknownType, at: 14),
  Refusal("a type that can't be read", one("F8_E4M3"), .unsupportedType, at: 14),
  Refusal("an end before the beginning", one("F32", "[1]", "[4,0]"), .badOffsets, at: 9),
  Refusal("an end beyond the data", one("F32", "[2]", "[0,8]"), .badOffsets, at: 9),
  Refusal("three offsets", one("F32", "[1]", "[0,4,4]"), .badOffsets, at: 9),
  Refusal("a size that isn't the shape's", one("F32", "[2]"), .badOffsets, at: 9),
  Refusal(
    "a shape that overflows to the size",
    one("F32", "[4611686018427387904,4,4]", "[0,0]"), .badOffsets, at: 9),
  Refusal(
    "a shape that overflows before a 0", one("F32", "[4611686018427387904,4,0]", "[0,0]"),
    .badOffsets, at: 9),
  Refusal(
    "bytes that belong to nothing at the end", one(), data: 8, .badOffsets, at: 8 + one().count + 4),
  Refusal(
    "bytes that belong to nothing between", one("F32", "[1]", "[4,8]"), data: 8, .badOffsets, at: 9),
  Refusal(
    "two tensors in one place",
    #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
      + #""y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, .badOffsets, at: 62),
]

@Suite struct SafetensorsRefusalTests {
  @Test(arguments: refusals) private func brokenFilesAreRefusedWithTheirPlace(_ sample: Refusal) {
    let error = failure { _ = try Safetensors(bytes: file(sample.header, data: sample.data)) }
    #expect(error?.kind == sample.kind && error?.offset == sample.offset, "\(error as Any)")
  }

  @Test func namesThatAreNoTextAreRefused() {
    var bytes = file(#"{"??":{}}"#, data: 0)
    (bytes[10], bytes[11]) = (0xC3, 0x28)
    #expect(failure { _ = try Safetensors(bytes: bytes) }?.kind == .badHeader)
  }

  @Test func aLyingLengthAllocatesNothing() {
    for (length, kind) in [
      (UInt64.max, CheckpointError.Kind.otherFormat), (100_000_001, .otherFormat),
      (100_000_000, .truncated), (9, .truncated),
    ] {
      var bytes = file("{}      ", data: 0)
      bytes.replaceSubrange(0..<8, with: withUnsafeBytes(of: length, Array.init))
      let error = failure { _ = try Safetensors(bytes: bytes) }
      #expect(error?.kind == kind && error?.offset == 0)
    }
    #expect(failure { _ = try Safetensors(bytes: [1, 2, 3]) }?.kind == .truncated)
  }

  @Test func everyPrefixOfAFileIsRefused() throws {
    let bytes = try Safetensors(sample()).bytes()
    for count in bytes.indices {
      #expect(failure { _ = try Safetensors(bytes: Array(bytes[..<count])) } != nil)
    }
  }

  @Test func manyNamesAreReadInNoTime() throws {
    var state = State()
    for name in 0..<20_000 { state["layer.\(name)"] = .integer(name) }
    #expect(try Safetensors(bytes: Safetensors(state).bytes()).state == state)
  }
}
