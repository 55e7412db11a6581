import ArgumentParser
import Foundation
import Neuronika
import NeuronikaTutorialKit
import NeuronikaTutorials

/// The command line of the regression tutorial.
struct Options: NotebookOptions {
  static let abstract = "Fits a linear model to a table, then a network to what a line can't fit."

  @OptionGroup var run: RunOptions
  @Option(help: "Passes over the training data for the linear model.")
  var epochs = Setting(200, quick: 100)
  @Option(help: "Passes over the training data for the network.")
  var networkEpochs = Setting(200, quick: 40)
  @Option(help: "Rows in a batch.") var batchSize = Setting(32)
  @Option(help: "First learning rate of the linear model.") var learningRate = Setting(0.05)

  @Option(help: ArgumentHelp("Learn from this table instead.", valueName: "file"))
  var csv: String?
  @Option(
    help: ArgumentHelp("The column to predict, by name or by number from 1.", valueName: "column"))
  var target: String?
  @Option(help: ArgumentHelp("A column to leave out; may be given again.", valueName: "column"))
  var ignore: [String] = []
  @Option(
    help: ArgumentHelp(
      "What separates columns: a character, tab or blanks.", valueName: "delimiter"))
  var delimiter: String = ","
  @Flag(help: "The first line is data, not names.") var noHeader = false
  @Option(help: "What to do with missing values: error, drop or mean.")
  var missing: MissingPolicy = .error
  @Option(help: .hidden) var drawPanels: String?

  func validate() throws {
    if csv != nil && target == nil {
      throw ValidationError("--csv needs --target: the name or number of the column to predict.")
    }
    if csv == nil && (target != nil || !ignore.isEmpty || noHeader || delimiter != ",") {
      throw ValidationError(
        "--target, --ignore, --delimiter and --no-header describe a table given with --csv.")
    }
    if Delimiter(argument: delimiter) == nil {
      throw ValidationError(
        "--delimiter takes one character, \"tab\" or \"blanks\", not \"\(delimiter)\".")
    }
    try atLeastOne("--epochs", epochs, in: run)
    try atLeastOne("--network-epochs", networkEpochs, in: run)
    try atLeastOne("--batch-size", batchSize, in: run)
    try positive("--learning-rate", learningRate, in: run)
  }
}

extension MissingPolicy: @retroactive ExpressibleByArgument {}

/// What the tutorial learns from.
struct Source {
  var features: Tensor
  var targets: Tensor
  var names: [String]
  var targetName: String
  var fileName: String
  /// Whether it is the table that ships with the tutorial.
  var isPanels: Bool
  var summary: [ColumnSummary]

  /// The axis of residuals, with the unit that stands in brackets in the target's name.
  var residualName: String {
    guard let unit = targetName.firstRange(of: /\[[^\[\]]+\]\s*$/) else { return "residual" }
    return "residual \(targetName[unit])"
  }
}

extension Notebook<Options> {
  /// Reads the table that the command line names, or the one that ships with the tutorial.
  ///
  /// A broken table ends the run with one line that says where and what.
  func readTable(line: UInt = #line) -> Source {
    if let file = options.drawPanels { drawPanels(file) }
    let path = options.csv ?? Panels.path
    let target = ColumnReference.argument(options.target ?? Panels.target)
    let format = CSVFormat(
      delimiter: Delimiter(argument: options.delimiter)!, hasHeader: !options.noHeader,
      missing: options.missing, ignoring: options.ignore.map { .argument($0) },
      needing: [target])
    do {
      let table = try Table(csv: path, format)
      let features = try table.columns(except: [target])
      let name = try table.name(of: target)
      guard !features.isEmpty else {
        stop("\(path): there is no column left to predict \"\(name)\" from", line: line)
      }
      guard table.count >= 20 else {
        stop("\(path): \(table.count) rows are too few to split; 20 are needed", line: line)
      }
      try data(options.csv == nil ? "panels" : fileName(path), contentsOf: path, line: line)
      report(table, line: line)
      return Source(
        features: try table.matrix(columns: features), targets: try table.matrix(columns: [target]),
        names: try features.map { column throws(CSVError) in try table.name(of: column) },
        targetName: name, fileName: fileName(path),
        isPanels: options.csv == nil, summary: table.describe())
    } catch {
      stop("\(error)", line: line)
    }
  }

  /// Draws the table that ships with the tutorial anew, and ends the run.
  private func drawPanels(_ file: String) -> Never {
    do {
      try Panels.draw(rows: 1500, seed: 1).write(toFile: file, atomically: true, encoding: .utf8)
    } catch { stop("\(file): \(error.localizedDescription)", status: 73) }
    exit(0)
  }

  /// Says what the table is.
  func introduce(_ table: Source, line: UInt = #line) {
    note(
      table.isPanels
        ? "Each row is a solar panel at some moment: the sun's *irradiance*, the *angle* at which "
          + "its light falls, air *temperature* and *wind*, and the *power* that the panel gave. "
          + "The table is drawn from a law, with normal noise of 4 W, so the truth is known; the "
          + "last section states it."
        : "The table is *\(table.fileName)*; the column to predict is *\(table.targetName)*.",
      line: line)
  }

  /// Says what became of missing values.
  private func report(_ table: Table, line: UInt) {
    if table.droppedRows > 0 {
      note("\(table.droppedRows) rows were left out because a value is missing.", line: line)
    }
    if !table.filledValues.isEmpty {
      let filled = table.filledValues.sorted { $0.key < $1.key }.map {
        "\($0.value) in *\($0.key)*"
      }
      note(
        "Missing values were replaced by the mean of their column: "
          + filled.joined(separator: ", ") + ".", line: line)
    }
  }

  private func fileName(_ path: String) -> String {
    URL(fileURLWithPath: path).lastPathComponent
  }
}
