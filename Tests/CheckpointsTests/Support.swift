import Foundation
import NeuronikaCheckpoints
import NeuronikaTensors
import Testing

/// A folder of a test's own.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "neuronika-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

/// A safetensors file with any header, and so many zeros of data.
func file(_ header: String, data: Int) -> [UInt8] {
  withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init)
    + Array(header.utf8) + [UInt8](repeating: 0, count: data)
}

/// The error that reading must give.
func failure(_ body: () throws -> Void) -> CheckpointError? {
  do {
    try body()
    return nil
  } catch { return error as? CheckpointError }
}

/// All bits of a state, with the names in their order.
func bits(_ state: State) -> [String] {
  state.names.map { name in
    switch state[name]! {
    case .tensor(let tensor):
      "\(name) \(tensor.shape) \(tensor.elements.map { String($0.bitPattern, radix: 16) })"
    case .number(let number): "\(name) number \(String(number.bitPattern, radix: 16))"
    case .integer(let integer): "\(name) integer \(integer)"
    }
  }
}

/// Values whose bits are easily lost.
func sample() -> State {
  var state = State()
  state["z.weight"] = .tensor(
    Tensor(
      [
        0, -0, .leastNonzeroMagnitude, -.infinity, Float(bitPattern: 0x7FC1_2345),
        Float(bitPattern: 0x7F80_0001), 1 / 3, .greatestFiniteMagnitude,
      ], shape: [2, 4]))
  state["seed"] = .integer(Int(bitPattern: 0xFEDC_BA98_7654_3211))
  state["a.rate"] = .number(0.1)
  state["least"] = .integer(.min)
  state["a.empty"] = .tensor(.zeros([0, 3]))
  state["a.scalar"] = .tensor(Tensor(2.5))
  state["best"] = .number(.infinity)
  state["odd"] = .number(Double(bitPattern: 0xFFF8_0000_DEAD_BEEF))
  state["quotes \" \\ \n \u{1} / é 漢 🙂"] = .tensor([1])
  return state
}

func expect(
  _ result: ExitTest.Result?, says sentence: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  #expect(text.contains(sentence), "\(text.prefix(400))", sourceLocation: sourceLocation)
}
