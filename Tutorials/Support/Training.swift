// What a training loop of a tutorial leaves to this file: where to go on after an interruption, when
// to stop, and what is written down.
//
//   for epoch in training.epochs {                    those that are still to do, until Ctrl-C
//     for (x, y) in training.batches(of: epoch) {     those that are still to do, until Ctrl-C
//       …
//       training.step(loss: …, accuracy: …)           history.csv, curves, progress line
//     }
//     training.validated(loss: …, accuracy: …)        the same, and the checkpoint
//   }

import Neuronika
import NeuronikaCharts
import NeuronikaTutorialKit

/// A training as it is written down, which can be stopped with Ctrl-C and gone on with by `--resume`.
///
/// A training that was interrupted, even by `kill -9`, and goes on computes the same bits as one that
/// never was: after each epoch and after Ctrl-C its whole state is in the notebook's checkpoint, and
/// what had been written down until then is written down again.
public final class Training<Options: NotebookOptions> {
  /// The name of its rows in `history.csv`.
  public let name: String
  /// How many epochs there are.
  public let epochCount: Int
  /// What was measured so far, to be drawn.
  public private(set) var curves: TrainingHistory
  /// Whether it was stopped with Ctrl-C.
  public private(set) var isStopped = false
  /// How long it took, interruptions left out.
  public private(set) var duration = Duration.zero

  private let notebook: Notebook<Options>
  private let loader: Loader<ImageDataset>
  private let parts: TrainingParts
  private let checkpoint: TutorialCheckpoint
  private var log = TrainingLog()
  /// How many steps are done.
  private var step = 0
  /// When it began, as if there had been no interruption.
  private var started = ContinuousClock.now

  /// A training that begins, or goes on where the checkpoint of an earlier run stood.
  ///
  /// From here on random numbers without a source of their own, such as dropout's, come from the
  /// notebook's seed.
  ///
  /// - Parameters:
  ///   - notebook: Takes it down.
  ///   - name: Begins with `train`; different for each training of a tutorial.
  ///   - model: Learns.
  ///   - optimizer: Changes the model.
  ///   - schedule: Changes the learning rate.
  ///   - loader: Gives the batches.
  ///   - epochs: How often it goes through them, at least once.
  public init(
    _ notebook: Notebook<Options>, _ name: String = "train", of model: any Module,
    by optimizer: any Optimizer, schedule: (any Schedule)? = nil, on loader: Loader<ImageDataset>,
    epochs: Int, line: UInt = #line
  ) {
    self.name = name
    self.notebook = notebook
    self.loader = loader
    epochCount = epochs
    parts = TrainingParts(model: model, optimizer: optimizer, schedule: schedule)
    curves = TrainingHistory(stepsPerEpoch: loader.count)
    RandomSource.current.generator = Generator(seed: notebook.seed)
    checkpoint = TutorialCheckpoint(of: notebook)
    do {
      guard let saved = try checkpoint.load(name, into: parts) else { return }
      (step, duration, log) = (saved.step, .seconds(saved.seconds), saved.log)
    } catch {
      notebook.stop("\(notebook.options.resume ?? ""): \(error)", line: line)
    }
    repeatLog(line: line)
  }

  /// The numbers of the epochs that are still to do, from 0. Ends early after Ctrl-C.
  public var epochs: some Sequence<Int> {
    started = .now - duration
    return (step / loader.count..<epochCount).lazy.prefix { [self] _ in !isStopped }
  }

  /// The batches of an epoch that are still to do. Ends early after Ctrl-C.
  public func batches(of epoch: Int) -> some Sequence<(records: Tensor, labels: Tensor)> {
    let done = step - epoch * loader.count
    return loader.epoch(epoch, startingAt: done).lazy.prefix { [self] _ in !isStopped }
  }

  /// Takes a step down that is done.
  ///
  /// - Parameters:
  ///   - loss: Of its batch.
  ///   - accuracy: The share of its batch that was right.
  public func step(loss: Float, accuracy: Double, line: UInt = #line) {
    log.steps.append(
      .init(loss: loss, accuracy: Float(accuracy), learningRate: Float(parts.rateOfStep)))
    step += 1
    write(log.steps[step - 1], number: step, line: line)
    parts.rateOfStep = parts.optimizer.learningRate
    duration = .now - started
    isStopped = !notebook.progress(
      step, of: epochCount * loader.count, epoch: epoch(ofStep: step), loss: Double(loss),
      accuracy: accuracy, samples: step * loader.batchSize, line: line)
    if isStopped { save(line: line) }
  }

  /// Takes down how the model does on the validation images after an epoch. Nothing after Ctrl-C: the
  /// epoch has not ended.
  public func validated(_ scores: Scores, line: UInt = #line) {
    guard !isStopped else { return }
    log.validations.append(
      .init(step: step, loss: Float(scores.loss), accuracy: Float(scores.accuracy)))
    write(log.validations[log.validations.count - 1], line: line)
    duration = .now - started
    save(line: line)
  }

  private func epoch(ofStep step: Int) -> Int { (step - 1) / loader.count + 1 }

  private func write(_ row: TrainingLog.Step, number: Int, line: UInt) {
    curves.step(loss: row.loss, accuracy: row.accuracy)
    notebook.history(
      step: number, epoch: epoch(ofStep: number), split: name, loss: short(row.loss),
      accuracy: short(row.accuracy), learningRate: short(row.learningRate), line: line)
  }

  private func write(_ row: TrainingLog.Validation, line: UInt) {
    curves.validation(loss: row.loss, accuracy: row.accuracy)
    notebook.history(
      step: row.step, epoch: epoch(ofStep: row.step), split: "validation" + name.dropFirst(5),
      loss: short(row.loss), accuracy: short(row.accuracy), line: line)
  }

  /// The number that has the fewest digits of all that round to this one.
  private func short(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }

  /// What an earlier run wrote down belongs to this one's document too.
  private func repeatLog(line: UInt) {
    var validations = log.validations[...]
    for (index, row) in log.steps.enumerated() {
      write(row, number: index + 1, line: line)
      while let next = validations.first, next.step == index + 1 {
        write(next, line: line)
        validations = validations.dropFirst()
      }
    }
  }

  private func save(line: UInt) {
    do {
      try checkpoint.save(
        name, SavedTraining(step: step, seconds: duration / .seconds(1), log: log), of: parts)
    } catch {
      notebook.stop("\(error)", status: 73, line: line)
    }
  }
}
