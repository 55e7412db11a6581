import ArgumentParser
import NeuronikaTutorialKit
import NeuronikaTutorials

/// The command line of the tutorial.
struct Options: NotebookOptions {
  static let abstract = "Teaches a convolutional network to read digits."

  @OptionGroup var run: RunOptions
  @OptionGroup var digits: DigitOptions
  @Option(help: "Passes over the training images.") var epochs = Setting(12, quick: 6)
  @Option(help: "Images in a batch.") var batchSize = Setting(32)
  @Option(help: "The greatest learning rate.") var learningRate = Setting(0.006)
  @Option(
    help: ArgumentHelp(
      "Go on from the checkpoint of an interrupted run.", valueName: "file"))
  var resume: String?

  func validate() throws {
    try atLeastOne("--epochs", epochs, in: run)
    // Batch normalisation needs something to compare an image with.
    guard batchSize.value(quick: run.quick) >= 2 else {
      throw ValidationError("--batch-size must be at least 2.")
    }
    try positive("--learning-rate", learningRate, in: run)
  }
}
