import ArgumentParser
import NeuronikaTutorialKit
import NeuronikaTutorials

/// The command line of the tutorial.
struct Options: NotebookOptions {
  static let abstract = "Teaches a multilayer perceptron to read digits."

  @OptionGroup var run: RunOptions
  @OptionGroup var digits: DigitOptions
  @Option(help: "Passes over the training images.") var epochs = Setting(12, quick: 4)
  @Option(help: "Images in a batch.") var batchSize = Setting(32)
  @Option(help: "The greatest learning rate.") var learningRate = Setting(0.05)
  @Option(
    help: ArgumentHelp(
      "Go on from the checkpoint of an interrupted run.", valueName: "file"))
  var resume: String?

  func validate() throws {
    try atLeastOne("--epochs", epochs, in: run)
    try atLeastOne("--batch-size", batchSize, in: run)
    try positive("--learning-rate", learningRate, in: run)
  }
}
