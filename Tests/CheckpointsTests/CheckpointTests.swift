import NeuronikaCheckpoints
import NeuronikaTensors
import Testing

@Suite struct CheckpointTests {
  @Test func everythingComesBackExactly() throws {
    let generator = Generator(seed: .max - 6, nextDraw: 1 << 63)
    let checkpoint = Checkpoint(
      ["model": sample(), "generator": generator.state], epoch: 3, step: 1 << 53 + 1,
      metadata: ["arguments": "--epochs 5"])
    try withFolder { folder in
      try checkpoint.write(to: folder + "/training.safetensors")
      let read = try Checkpoint(contentsOf: folder + "/training.safetensors")
      #expect(read.epoch == 3 && read.step == 1 << 53 + 1)
      #expect(read.metadata == ["arguments": "--epochs 5"])
      #expect(read.names == ["model", "generator"])
      #expect(bits(read["model"]) == bits(sample()))
      #expect(try Generator(state: read["generator"]) == generator)
    }
  }

  @Test func partsAreReplacedAndMissingOnesAreEmpty() throws {
    var checkpoint = Checkpoint(["a": sample(), "ab": sample()])
    var state = State()
    state["x"] = .integer(1)
    checkpoint["a"] = state
    #expect(checkpoint["a"] == state && checkpoint["ab"].count == sample().count)
    #expect(checkpoint["c"].count == 0)
    var reader = checkpoint["a"].reader()
    #expect(throws: StateError.missing(key: "a.y", present: ["a.x"])) {
      _ = try reader.integer("y")
    }
  }

  @Test func filesOfOthersAreNoCheckpoints() throws {
    let bytes = try Safetensors(sample()).bytes()
    #expect(
      failure { _ = try Checkpoint(bytes: bytes, name: "model") }?.description
        == "model: there are tensors, but no training state; read it with Safetensors")
    let later = try Safetensors(sample(), metadata: ["neuronika.checkpoint": "2"]).bytes()
    #expect(failure { _ = try Checkpoint(bytes: later) }?.kind == .notACheckpoint)
    let bare = try Safetensors(State(), metadata: ["neuronika.checkpoint": "1"]).bytes()
    #expect(failure { _ = try Checkpoint(bytes: bare) }?.kind == .notACheckpoint)
  }

  @Test func namesOfPartsStandApart() async {
    let dotted = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Checkpoint(["a.b": sample()]) }
    expect(dotted, says: "Checkpoint: the name of a part is neither empty nor has a dot")
    let twice = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Checkpoint(["a": sample(), "a": State()]) }
    expect(twice, says: "Checkpoint: two parts are called \"a\"")
  }
}
