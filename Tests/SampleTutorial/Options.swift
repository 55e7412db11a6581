import ArgumentParser
import Foundation
import NeuronikaTutorialKit

/// The command line of the sample.
struct Options: NotebookOptions {
  static let abstract = "Does what tutorials do, and on demand what they never should."
  @OptionGroup var run: RunOptions
  @Option(help: "What goes wrong.") var mischief: Mischief?
  @Option(help: "Steps of its training.") var steps = Setting(40, quick: 30)
  @Option(help: "Go on from the checkpoint of an interrupted run.") var resume: String?
}

/// Where the source stands. A test may put a copy elsewhere, so that `Expected/` is not written here.
func source(_ file: String = #filePath) -> String {
  ProcessInfo.processInfo.environment["SAMPLE_SOURCE"] ?? file
}

/// What may go wrong, all of it in the fifth cell where nothing else is said.
enum Mischief: String, ExpressibleByArgument, CaseIterable {
  case fatalError, outOfBounds, segmentationFault, flood, exit, giveUp, noNumber, noNewline
  /// Writes one word to standard error between two to standard output.
  case standardError
  /// Ends right after a row of the history.
  case lastRow
  /// The loop in the fourth cell goes on until Ctrl-C, or does not even listen to that.
  case endless, deaf
  /// Leaves out the figure of the third cell.
  case noFigure
  /// The seventh loss of the fourth cell is off by one part in 10,000.
  case otherLoss
  /// The metric of the sixth cell lies outside its band.
  case otherMetric
}

/// The smallest PNG.
struct Dot: NotebookFigure {
  func write(into directory: String, name: String) throws {
    let base64 =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Erk"
      + "Jggg=="
    try Data(base64Encoded: base64)?.write(to: URL(fileURLWithPath: "\(directory)/\(name).png"))
  }
}

/// Holds a lock on a file as long as this process lives, however it ends.
func showLife(in directory: String) {
  flock(open(directory + "/alive", O_CREAT | O_RDWR | O_CLOEXEC, 0o666), LOCK_EX)
}

/// More than ten megabytes.
func printLines(_ count: Int) {
  for line in 0..<count { print("line \(line) of a long output, with still more after it") }
}

/// What a program says last may be a row.
func endWithRow(_ step: Int, in notebook: Notebook<Options>, line: UInt = #line) -> Never {
  notebook.history(step: step, epoch: 2, loss: 0.125, line: line)
  exit(0)
}
