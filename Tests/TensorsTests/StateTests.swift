import NeuronikaTensors
import Testing

@Suite struct StateTests {
  static func sample() -> State {
    var layer = State()
    layer["weight"] = .tensor([[1, 2], [3, 4]])
    layer["bias"] = .tensor([5, 6])
    var state = State()
    state["step"] = .integer(12)
    state["rate"] = .number(0.5)
    state.insert(layer, under: "encoder.0")
    return state
  }

  @Test("Names keep their order and nest with dots")
  func names() {
    let state = Self.sample()
    #expect(state.names == ["step", "rate", "encoder.0.weight", "encoder.0.bias"])
    #expect(state.nested("encoder").names == ["0.weight", "0.bias"])
    #expect(state.nested("enc").names == [])
    #expect(state["encoder.0.bias"] == .tensor([5, 6]))
    #expect(state["nothing"] == nil)
  }

  @Test("Setting replaces, setting nil removes")
  func setting() {
    var state = Self.sample()
    state["step"] = .integer(13)
    #expect(state["step"] == .integer(13) && state.count == 4)
    state["step"] = nil
    state["never"] = nil
    #expect(state.names == ["rate", "encoder.0.weight", "encoder.0.bias"])
  }

  @Test("Everything that is there can be read, and then nothing is left")
  func reading() throws {
    var reader = Self.sample().reader()
    #expect(try reader.integer("step") == 12)
    #expect(try reader.number("rate") == 0.5)
    var layer = reader.nested("encoder").nested("0").reader()
    try reader.finish()
    #expect(try layer.tensor("weight", shape: [2, 2]) == [[1, 2], [3, 4]])
    #expect(try layer.tensor("bias") == [5, 6])
    try layer.finish()
  }

  @Test("Errors name the whole path")
  func errors() {
    var reader = Self.sample().nested("encoder").nested("0").reader()
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return "no error"
    }
    #expect(
      message { _ = try reader.tensor("gain") }
        == "state: \"encoder.0.gain\" is missing; "
        + "there are \"encoder.0.weight\", \"encoder.0.bias\""
    )
    #expect(
      message { _ = try reader.tensor("weight", shape: [2, 3]) }
        == "state: \"encoder.0.weight\" has shape [2, 2] where [2, 3] was expected")
    #expect(
      message { _ = try reader.integer("bias") }
        == "state: \"encoder.0.bias\" is a tensor of shape [2] where an integer was expected")
    #expect(
      message { try Self.sample().reader().finish() }
        == "state: \"step\", \"rate\", \"encoder.0.weight\", \"encoder.0.bias\" "
        + "are not expected here"
    )
    var empty = State().reader()
    #expect(
      message { _ = try empty.number("x") } == "state: \"x\" is missing; there are no keys at all")
  }

  @Test("An integer reads as a number, a number not as an integer")
  func kinds() throws {
    var reader = Self.sample().reader()
    #expect(try reader.number("step") == 12)
    #expect(
      throws: StateError.wrongKind(
        key: "rate", expected: "an integer", found: "the number 0.5")
    ) { try reader.integer("rate") }
  }

  @Test("Two parts with one name stop the program")
  func collision() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var state = StateTests.sample()
      state.insert(StateTests.sample().nested("encoder"), under: "encoder")
    }
    expectMessage(result, "State: \"encoder.0.weight\" is there already")
  }
}
