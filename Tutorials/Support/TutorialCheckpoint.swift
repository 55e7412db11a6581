import Foundation
import Neuronika
import NeuronikaTutorialKit

/// What changes while a model is trained.
final class TrainingParts {
  let model: any Module
  let optimizer: any Optimizer
  let schedule: (any Schedule)?
  /// The learning rate of the step that is being made; a schedule may change the optimizer's before
  /// the step is written down.
  var rateOfStep: Double

  init(model: any Module, optimizer: any Optimizer, schedule: (any Schedule)?) {
    (self.model, self.optimizer, self.schedule) = (model, optimizer, schedule)
    rateOfStep = optimizer.learningRate
  }

  var state: State {
    var state = State()
    state.insert(model.state, under: "model")
    state.insert(optimizer.state, under: "optimizer")
    if let schedule { state.insert(schedule.state, under: "schedule") }
    state.insert(RandomSource.current.generator.state, under: "generator")
    return state
  }

  func load(_ state: State) throws {
    try model.load(state.nested("model"))
    try optimizer.load(state.nested("optimizer"))
    try schedule?.load(state.nested("schedule"))
    RandomSource.current.generator = try Generator(state: state.nested("generator"))
    rateOfStep = optimizer.learningRate
  }
}

/// What a training wrote down, as numbers that a checkpoint keeps exactly.
struct TrainingLog {
  struct Step {
    var loss: Float
    var accuracy: Float
    var learningRate: Float
  }

  struct Validation {
    var step: Int
    var loss: Float
    var accuracy: Float
  }

  var steps: [Step] = []
  var validations: [Validation] = []
}

extension TrainingLog {
  var state: State {
    func column<Row>(_ rows: [Row], _ value: (Row) -> Float) -> State.Value {
      .tensor(Tensor(rows.map(value)))
    }
    var state = State()
    state["loss"] = column(steps, \.loss)
    state["accuracy"] = column(steps, \.accuracy)
    state["learningRate"] = column(steps, \.learningRate)
    for (index, row) in validations.enumerated() {
      state["validation.\(index).step"] = .integer(row.step)
      state["validation.\(index).scores"] = .tensor(Tensor([row.loss, row.accuracy]))
    }
    return state
  }

  init(state: State) throws(StateError) {
    var reader = state.reader()
    let loss = try reader.tensor("loss").elements
    let count = Shape(loss.count)
    let accuracy = try reader.tensor("accuracy", shape: count).elements
    let rates = try reader.tensor("learningRate", shape: count).elements
    steps = loss.indices.map {
      Step(loss: loss[$0], accuracy: accuracy[$0], learningRate: rates[$0])
    }
    while state["validation.\(validations.count).step"] != nil {
      let index = validations.count
      let step = try reader.count("validation.\(index).step")
      let scores = try reader.tensor("validation.\(index).scores", shape: [2])
      validations.append(Validation(step: step, loss: scores[0], accuracy: scores[1]))
    }
    try reader.finish()
  }
}

/// How far a training had come.
struct SavedTraining {
  var step: Int
  /// How long it had taken.
  var seconds: Double
  var log: TrainingLog
}

/// The checkpoint of a notebook: where each of its trainings stands, in one file.
///
/// A run goes on from it only with the hyper-parameters, seed and data with which it was written:
/// anything else would be neither the one run nor the other.
struct TutorialCheckpoint {
  private let path: String
  private let resumes: Bool
  private let metadata: [String: String]

  init<Options>(of notebook: Notebook<Options>) {
    path = notebook.checkpoint
    resumes = notebook.options.resume != nil
    var metadata = notebook.settings
    metadata["seed"] = "\(notebook.seed)"
    metadata["quick"] = "\(notebook.isQuick)"
    for (name, sha256) in notebook.dataHashes { metadata["data"] = "\(name) (\(sha256))" }
    self.metadata = metadata
  }

  /// Brings a training to where the file says that it stands.
  ///
  /// - Returns: `nil` if there is nothing to go on from, or the file was written before this training
  ///   began.
  func load(_ name: String, into parts: TrainingParts) throws -> SavedTraining? {
    guard resumes else { return nil }
    let file = try Checkpoint(contentsOf: path)
    let differing = metadata.keys.sorted().filter { file.metadata[$0] != metadata[$0] }
    guard differing.isEmpty else {
      let list = differing.map {
        "\($0) \(metadata[$0] ?? "none") instead of \(file.metadata[$0] ?? "none")"
      }
      throw Mismatch(
        description: "it belongs to another run: this one has \(list.joined(separator: ", ")). "
          + "Give the options of that run, or leave out --resume")
    }
    guard file.names.contains(name) else { return nil }
    var reader = file[name].reader()
    let step = try reader.count("step")
    let seconds = try reader.number("seconds")
    let log = try TrainingLog(state: reader.nested("log"))
    let state = reader.nested("parts")
    try reader.finish()
    try parts.load(state)
    return SavedTraining(step: step, seconds: seconds, log: log)
  }

  /// Puts a training's part into the file, and leaves those of others as they are.
  func save(_ name: String, _ saved: SavedTraining, of parts: TrainingParts) throws {
    let isThere = FileManager.default.fileExists(atPath: path)
    var file = isThere ? try Checkpoint(contentsOf: path) : Checkpoint()
    var state = State()
    state["step"] = .integer(saved.step)
    state["seconds"] = .number(saved.seconds)
    state.insert(saved.log.state, under: "log")
    state.insert(parts.state, under: "parts")
    file[name] = state
    file.metadata = metadata
    file.step = saved.step
    try file.write(to: path)
  }

  struct Mismatch: Error, CustomStringConvertible {
    let description: String
  }
}
