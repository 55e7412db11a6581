import NeuronikaTensors

/// Where a training stands, in one file: the states of model, optimizer, schedules and generators
/// under names, and how far it has come.
///
/// ```swift
/// let model = Linear(3, 1)
/// let optimizer = Adam(model.parameters)
/// let schedule = StepLR(optimizer, every: 10)
/// let source = RandomSource(seed: 7)
///
/// let checkpoint = Checkpoint(
///   [
///     "model": model.state, "optimizer": optimizer.state, "schedule": schedule.state,
///     "generator": source.generator.state,
///   ], epoch: 12, step: 3456)
/// try checkpoint.write(to: "training.safetensors")
///
/// let saved = try Checkpoint(contentsOf: "training.safetensors")
/// try model.load(saved["model"])
/// try optimizer.load(saved["optimizer"])
/// try schedule.load(saved["schedule"])
/// source.generator = try Generator(state: saved["generator"])
/// print(saved.epoch, saved.step)  // 12 3456
/// ```
///
/// A training that goes on from it computes the same bits as one that was never interrupted:
/// tensors, numbers, seeds and counts come back exactly. The file is a ``Safetensors`` file, and
/// written as atomically as one.
public struct Checkpoint: Sendable, Equatable {
  /// How many epochs have ended.
  public var epoch: Int
  /// How many steps the optimizer has made.
  public var step: Int
  /// Texts that go with it, such as what the training was called with.
  public var metadata: [String: String]
  private var parts = State()

  /// A checkpoint.
  ///
  /// - Parameters:
  ///   - parts: States under names that are neither empty nor have a dot, none twice. Anything else
  ///     stops the program.
  ///   - epoch: How many epochs have ended.
  ///   - step: How many steps the optimizer has made.
  ///   - metadata: Texts that go with it.
  public init(
    _ parts: KeyValuePairs<String, State> = [:], epoch: Int = 0, step: Int = 0,
    metadata: [String: String] = [:]
  ) {
    (self.epoch, self.step, self.metadata) = (epoch, step, metadata)
    for (name, state) in parts {
      Checkpoint.check(name)
      guard !names.contains(name) else {
        stopProgram("Checkpoint: two parts are called \"\(name)\"")
      }
      self.parts.insert(state, under: name)
    }
  }

  /// The names of the parts that hold something, in their order.
  public var names: [String] {
    var known: Set<Substring> = []
    return parts.names.map { $0.prefix { $0 != "." } }.filter { known.insert($0).inserted }
      .map(String.init)
  }

  /// The state of a part: an empty one if there is none, which whoever loads it refuses with the
  /// names that are missing.
  public subscript(name: String) -> State {
    get { parts.nested(name) }
    set {
      Checkpoint.check(name)
      for key in parts.names where key.hasPrefix(name + ".") { parts[key] = nil }
      parts.insert(newValue, under: name)
    }
  }

  private static func check(_ name: String) {
    guard !name.isEmpty, !name.contains(".") else {
      stopProgram(
        "Checkpoint: the name of a part is neither empty nor has a dot, which separates the names of "
          + "a path, but one is \"\(name)\"")
    }
  }
}

// MARK: Files

extension Checkpoint {
  /// Marks a file that was written as a checkpoint, with the version of what is in it.
  private static let mark = (key: "neuronika.checkpoint", version: "1")

  /// Reads a file.
  ///
  /// - Throws: `CheckpointError`, with the place in the file, or if the file holds tensors but was
  ///   not written as a checkpoint: then it is a file for ``Safetensors``.
  public init(contentsOf path: String) throws(CheckpointError) {
    try self.init(Safetensors(contentsOf: path), name: path)
  }

  /// Reads bytes in memory.
  ///
  /// - Parameter name: What errors call them.
  /// - Throws: `CheckpointError`, as for a file.
  public init(bytes: [UInt8], name: String = "bytes") throws(CheckpointError) {
    try self.init(Safetensors(bytes: bytes, name: name), name: name)
  }

  private init(_ file: Safetensors, name: String) throws(CheckpointError) {
    var (state, metadata) = (file.state, file.metadata)
    let version = metadata.removeValue(forKey: Checkpoint.mark.key)
    guard version == Checkpoint.mark.version else {
      throw CheckpointError(
        .notACheckpoint, file: name,
        problem: version.map { "this is a checkpoint of version \(CheckpointError.quoted($0))" }
          ?? "there are tensors, but no training state",
        advice: version == nil
          ? "read it with Safetensors" : "read it with the version of the library that wrote it")
    }
    guard case .integer(let epoch) = state["epoch"], case .integer(let step) = state["step"] else {
      throw CheckpointError(
        .notACheckpoint, file: name,
        problem: "the integers \"epoch\" and \"step\" are not both there",
        advice: "the file was changed by another program; get it again")
    }
    state["epoch"] = nil
    state["step"] = nil
    (self.epoch, self.step, self.metadata, parts) = (epoch, step, metadata, state)
  }

  /// Writes a file, over a former one of that name.
  ///
  /// - Throws: `CheckpointError` if the file can't be written; then a former one is as it was.
  public func write(to path: String) throws(CheckpointError) { try file.write(to: path) }

  /// The bytes of the file.
  public func bytes() throws(CheckpointError) -> [UInt8] { try file.bytes() }

  private var file: Safetensors {
    var state = State()
    state["epoch"] = .integer(epoch)
    state["step"] = .integer(step)
    state.insert(parts, under: "")
    var metadata = metadata
    metadata[Checkpoint.mark.key] = Checkpoint.mark.version
    return Safetensors(state, metadata: metadata)
  }
}
