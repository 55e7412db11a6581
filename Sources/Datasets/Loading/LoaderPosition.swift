import NeuronikaTensors

/// Where in its epochs a training stands. A checkpoint keeps it beside the model, so that the
/// training goes on with the batches that it would have seen.
///
/// ```
/// for epoch in position.epoch..<10 {
///   for (x, y) in loader.epoch(epoch, startingAt: position.batch) {
///     …
///     position.batch += 1
///   }
///   position = LoaderPosition(epoch: epoch + 1)
/// }
/// ```
public struct LoaderPosition: Sendable, Hashable {
  /// The epoch, counted from 0.
  public var epoch: Int
  /// How many of its batches have been used.
  public var batch: Int

  /// A position; without arguments, the beginning.
  public init(epoch: Int = 0, batch: Int = 0) {
    self.epoch = epoch
    self.batch = batch
  }

  /// The position as integers `epoch` and `batch`.
  public var state: State {
    var state = State()
    state["epoch"] = .integer(epoch)
    state["batch"] = .integer(batch)
    return state
  }

  /// The position that a state describes.
  ///
  /// - Throws: `StateError` if a key is missing, superfluous, or no integer from 0 on.
  public init(state: State) throws(StateError) {
    var reader = state.reader()
    epoch = try reader.integer("epoch")
    batch = try reader.integer("batch")
    try reader.finish()
    for (key, value) in [("epoch", epoch), ("batch", batch)] where value < 0 {
      throw .wrongKind(
        key: state.prefix.isEmpty ? key : state.prefix + "." + key,
        expected: "an integer from 0 on", found: "the integer \(value)")
    }
  }
}
