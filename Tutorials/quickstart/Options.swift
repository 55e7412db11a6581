import ArgumentParser
import NeuronikaTutorialKit
import NeuronikaTutorials

/// The command line of the quickstart.
struct Options: NotebookOptions {
  static let abstract = "A tour of variables, lazy graphs and gradients, with pictures of them."

  @OptionGroup var run: RunOptions
  @Option(help: "Steps of gradient descent, plain and with momentum.")
  var steps = Setting(10_000, quick: 1000)
  @Option(help: "Its learning rate.") var learningRate = Setting(0.001)

  func validate() throws {
    let steps = steps.value(quick: run.quick)
    guard steps >= 200 else { throw ValidationError("--steps must be at least 200, not \(steps).") }
    try positive("--learning-rate", learningRate, in: run)
  }
}
